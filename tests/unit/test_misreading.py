"""Which names OCR makes of one, and which are somebody else's."""

from __future__ import annotations

import pytest

from ged.mail.correspondent import name_key
from ged.mail.misreading import misreading


def faults(read: str, known: str) -> int | None:
    return misreading(name_key(read).split(), name_key(known).split())


@pytest.mark.parametrize(
    ("read", "known", "count"),
    [
        ("Mairie de Kpalimé 1", "MAIRIE DE KPALIME 1", 0),
        ("Zlo Trarsit SA", "Zio Transit SA", 2),
        ("Société Les Granulats de I'Est", "Société Les Granulats de l'Est", 1),
        ("Direction desRoutes", "Direction des Routes", 1),
        ("Direction des Rou tes", "Direction des Routes", 1),
        ("Ministère de l'Économie Finances", "Ministère de l'Économie et des Finances", 2),
        ("C0mité de développcment de Agoè-Asslyéyé", "Comité de développement de Agoè-Assiyéyé", 3),
    ],
)
def test_faults_of_reading_are_counted(read: str, known: str, count: int) -> None:
    assert faults(read, known) == count


@pytest.mark.parametrize(
    ("read", "known"),
    [
        ("Mairie de Kpalimé 1", "Mairie de Kpalimé 2"),
        ("Commune de Bassar", "Commune de Badou"),
        ("Société des Barrages du Mono", "Société des Carrières du Mono"),
        ("Direction du Budget", "Direction du Budget et des Marchés"),
        ("Kéran Mines SA", "Kéran Mines SARL"),
        ("Yao Dogbé", "Yawa Dogbé"),
    ],
)
def test_another_name_is_somebody_else_s(read: str, known: str) -> None:
    assert faults(read, known) is None
