"""The configuration folder: the pilot ministry is right, and each mistake is named by its file and line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from api.model_export import write_folder
from api.model_folder import read_folder
from ged.errors import Refused
from ged.mail.access import Role
from ged.mail.lists import letterhead_of, templates_of
from ged.mail.organisation import upwards
from rooms.house import PILOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PILOT, tmp_path / "pilote"))


def faults(folder: Path) -> list[str]:
    with pytest.raises(Refused) as error:
        read_folder(folder)
    found = error.value.diagnostics()["faults"]
    assert isinstance(found, (list, tuple))
    return [str(one) for one in found]


def test_the_pilot_ministry_is_whole() -> None:
    found = read_folder(PILOT)
    tenants = {entity.id for entity in found.entities if entity.parent_id is None}
    assert tenants == {"MME", "CEET", "AT2ER", "ARSE", "ANE", "SME"}
    assert len([entity for entity in found.entities if entity.tenant_id == "MME" and entity.parent_id]) >= 31
    assert {position.role for position in found.positions} == set(Role)
    schedule = found.schedules["CEET"]
    assert set(found.schedules) == tenants
    assert {kind.rule for kind in found.kinds} <= {rule.code for rule in schedule.rules}
    assert all(schedule.rule_filed(line.code) for line in schedule.plan)
    assert set(schedule.by_kind(date(2026, 6, 1))) == {kind.code for kind in found.kinds}
    assert {holding.login for holding in found.holdings} == {person.login for person in found.people}


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("entites.csv", "NEUF;INCONNU;N;Neuf;New;non;;;;", "INCONNU"),
        ("entites.csv", "DAF;MME;DAF;Encore;Again;non;;;;", "DAF"),
        ("entites.csv", "NEUF;DAF;N;Neuf;New;non;;;2026-02-01;2026-01-01", "précède"),
        ("entites.csv", "NEUF;DAF;N;Neuf;New;non;;;hier;", "hier"),
        ("postes.csv", "P-X;NULLE;Chef;responsable;interne;", "NULLE"),
        ("postes.csv", "P-X;DAF;Chef;empereur;interne;", "empereur"),
        ("postes.csv", "P-X;DAF;Chef;responsable;ultra;", "ultra"),
        ("postes.csv", "P-X;DAF;Secrétaire;secretaire;interne;NULLE", "NULLE"),
        ("postes.csv", "P-X;DAF;Secrétaire;secretaire;interne;DAF-A1", "responsable"),
        ("postes.csv", "P-X;DAF;Secrétaire;secretaire;interne;CEET-DG-1", "autre organisation"),
        ("postes.csv", "P-X;DAF;Agent;agent;interne;DAF-1", "réservé"),
        ("stations.csv", "S;Scanner;guichet-1/sous;BOC-1;arrivee;;", "contient"),
        ("stations.csv", "S;Scanner;../ailleurs;BOC-1;arrivee;;", "ailleurs"),
        ("stations.csv", "S;Scanner;autre;NULLE;arrivee;;", "NULLE"),
        ("stations.csv", "S;Scanner;autre;DAF-1;arrivee;;", "n'enregistre pas"),
        ("stations.csv", "S;Scanner;autre;BOC-1;sortie;;", "sortie"),
        ("stations.csv", "S;Scanner;autre;BOC-1;arrivee;fusee;", "fusee"),
        ("stations.csv", "S;Scanner;autre;BOC-1;arrivee;;poeme", "poeme"),
        ("affectations.csv", "inconnu;BOC-1;2024-01-01;", "inconnu"),
        ("affectations.csv", "kossi;NULLE;2024-01-01;", "NULLE"),
        ("affectations.csv", "kossi;BOC-1;le 3 mars;", "le 3 mars"),
        ("natures.csv", "neuve;Neuve;New;SANS;", "SANS"),
        ("conservation.csv", "R;R;vingt;date_courrier;tri;un sur 2;parce que;", "vingt"),
        ("conservation.csv", "R;R;20 ans;un_jour;tri;un sur 2;parce que;", "un_jour"),
        ("conservation.csv", "R;R;20 ans;evenement;elimination;;parce que;", "se nomme"),
        ("conservation.csv", "R;R;20 ans;cloture;tri;;parce que;", "ce qu'il garde"),
        ("conservation.csv", "R;R;20 ans;cloture;tri;un peu;parce que;", "un peu"),
        ("conservation.csv", "R;=1+1;20 ans;cloture;elimination;;parce que;", "formule"),
        ("conservation.csv", "R;R;20 ans;cloture;elimination;;parce que;NULLE", "NULLE"),
        ("plan_classement.csv", "Z;Fin;NULLE;;;;;;", "NULLE"),
        ("plan_classement.csv", "Z;Fin;Z;;;;;;", "sous elle-même"),
        ("plan_classement.csv", "Z;Fin;;SANS;;;;;", "SANS"),
        ("plan_classement.csv", "Z Z;Fin;;;;;;;", "sans espace"),
        ("plan_classement.csv", "Z;Fin;;;;;;facture;", "déjà par défaut"),
        ("plan_classement.csv", "Z;Fin;;;;2026-02-01;2026-01-01;;", "précède"),
        ("absences.csv", "nobody;2026-01-01;2026-01-02", "nobody"),
        ("absences.csv", "daf;2026-01-03;2026-01-02", "précède"),
        ("delegations.csv", "SG-1;nobody;interim;2026-01-01;2026-02-01;1;", "nobody"),
        ("delegations.csv", "NULLE;dircab;interim;2026-01-01;2026-02-01;1;", "NULLE"),
        ("delegations.csv", "SG-1;dircab;interim;2026-01-01;2026-02-01;;", "acte"),
        ("delegations.csv", "SG-1;dircab;titulaire;2026-01-01;2026-02-01;1;", "titulaire"),
        ("delegations.csv", "SG-1;dircab;delegation;2026-01-01;;1;poeme", "poeme"),
        ("delegations.csv", "SG-1;sg;interim;2026-01-01;2026-02-01;1;", "occupe déjà"),
        ("delegations.csv", "SG-1;comptable;interim;2026-01-01;2026-02-01;1;", "habilité"),
        ("delegations.csv", "SG-1;ceetdg;interim;2026-01-01;2026-02-01;1;", "aucun poste"),
        ("delegations.csv", "DIRCAB;sg;interim;2025-08-10;2025-08-12;1;", "rond"),
        ("acheminements.csv", "poste;Encore la poste;Post", "poste"),
        ("bordereaux.csv", "neuf;;New", "libelle_fr"),
        ("confidentialite.csv", "ultra;Ultra;Ultra", "ultra"),
        ("entetes.csv", "NULLE;L'État;;Lomé;", "NULLE"),
        ("entetes.csv", "DRH;;;Lomé;", "lignes_fr"),
        ("circuits.csv", "neuf;MME;Neuf;New;visa chef", "signature"),
        ("circuits.csv", "neuf;MME;Neuf;New;tampon DAF > signature MIN", "tampon DAF"),
        ("circuits.csv", "neuf;MME;Neuf;New;visa NULLE > signature MIN", "NULLE"),
        ("circuits.csv", "neuf;MME;Neuf;New;visa DAF > signature SG", "un poste"),
        ("circuits.csv", "neuf;MME;Neuf;New;visa MIN > signature MIN", "deux fois"),
        ("circuits.csv", "neuf;DAF;Neuf;New;visa DAF > signature MIN", "racine"),
        ("circuits.csv", "neuf;NULLE;Neuf;New;visa DAF > signature MIN", "NULLE"),
        ("renvois.csv", "forme;Encore;Again", "forme"),
        ("modeles.csv", "neuf;Neuf;New;absent.docx;;", "absent.docx"),
        ("modeles.csv", "neuf;Neuf;New;../postes.csv;;", "sans dossier"),
        ("modeles.csv", "neuf;Neuf;New;faux.docx;;", "pas un document Word"),
        ("modeles.csv", "neuf;Neuf;New;reponse.docx;NULLE;", "NULLE"),
        ("modeles.csv", "neuf;Neuf;New;reponse.docx;;NULLE", "NULLE"),
    ],
)
def test_each_mistake_is_named_by_its_file_its_line_and_its_word(folder: Path, file: str, line: str, said: str) -> None:
    (folder / "modeles" / "faux.docx").write_text("Ceci n'est pas un modèle.", encoding="utf-8")
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    number = len(path.read_text(encoding="utf-8").splitlines())
    (fault,) = faults(folder)
    assert file in fault
    assert str(number) in fault
    assert said in fault


def test_every_mistake_is_said_at_once(folder: Path) -> None:
    for file, line in (("entites.csv", "A;INCONNU;A;A;A;non;;;;"), ("natures.csv", "b;B;B;SANS;")):
        with (folder / file).open("a", encoding="utf-8") as rows:
            rows.write(line + "\n")
    assert len(faults(folder)) == 2


def test_a_missing_file_is_said(folder: Path) -> None:
    (folder / "postes.csv").unlink()
    assert any("postes.csv" in fault for fault in faults(folder))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        read_folder(tmp_path / "nothing")


def test_a_circle_of_entities_is_refused(folder: Path) -> None:
    with (folder / "entites.csv").open("a", encoding="utf-8") as rows:
        rows.write("X;Y;X;X;X;non;;;;\nY;X;Y;Y;Y;non;;;;\n")
    assert faults(folder)


def test_a_level_without_its_name_is_refused(folder: Path) -> None:
    path = folder / "confidentialite.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("secret;")]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    (fault,) = faults(folder)
    assert "secret" in fault


@pytest.mark.parametrize(("text", "said"), [("{{ salaire }}", "salaire"), ("{{ objet", "mal écrit")])
def test_a_template_whose_field_nobody_fills_is_refused(folder: Path, text: str, said: str) -> None:
    paper = Document()
    paper.add_paragraph(text)
    paper.save(str(folder / "modeles" / "reponse.docx"))
    (fault,) = faults(folder)
    assert "modeles.csv" in fault
    assert said in fault


def test_what_is_written_back_is_what_was_read(tmp_path: Path) -> None:
    found = read_folder(PILOT)
    write_folder(found, tmp_path / "ecrit")
    again = read_folder(tmp_path / "ecrit")
    assert again == found


def test_a_letterhead_and_templates_come_from_the_nearest_entity_above() -> None:
    found = read_folder(PILOT)
    head = letterhead_of(upwards("DAF-COMPTA", found.entities), found.letterheads)
    assert head is not None
    assert head.entity_id == "DAF"
    assert letterhead_of(upwards("ARSE-DG", found.entities), found.letterheads) is None
    mine = {each.code for each in templates_of(upwards("DAF-COMPTA", found.entities), found.templates)}
    theirs = {each.code for each in templates_of(upwards("CEET-DG", found.entities), found.templates)}
    assert mine - theirs == {"note_service"}


def test_a_unit_does_not_outlive_the_one_above(folder: Path) -> None:
    path = folder / "entites.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    ended = [f"{line}2026-01-31" if line.startswith("DAF;") else line for line in lines]
    path.write_text("\n".join(ended), encoding="utf-8")
    found = faults(folder)
    assert len(found) == 2
    assert all("DAF" in fault and "ferme avant" in fault for fault in found)
