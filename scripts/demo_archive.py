"""What the archivist of the demonstration finds: old letters in their box, one of them held, and a case file.

They were scanned long after they came, as a ministry does when it starts: the law's twenty years run from their seal.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.box import BoxSheet
from ged.mail.item import Letter
from ged.mail.legal_hold import Scope
from ged.mail.moves import Move, Order
from ged.services import boxes, classify, consult, dossier, dossier_pieces, hold
from ged.services.capture import Door
from ged.services.route import move
from ged.services.sign_in import actor_of
from ingest.capture.receive import keep, receive
from scripts.demo_morning import qualified
from scripts.sample_letters.generate import generate_old

_OLD = (("facture", 2003), ("facture", 2004), ("facture", 2005), ("transmission", 2004))


_PIECES = (
    ("appel_offres", "Avis d'appel d'offres", "Préparation"),
    ("rapport", "Rapport d'analyse des offres", "Consultation"),
)


def play_archive(house: House, folder: Path) -> None:
    """Bring the old letters, written into a folder, and what the archivist did with them."""
    old = [_filed(house, generate_old(kind, year, 900 + 50 * at, folder)) for at, (kind, year) in enumerate(_OLD)]
    archivist = _who(house, "archives")
    _boxed(house, archivist, old)
    review = house.clock().date() + timedelta(days=180)
    held = hold.NewHold(Scope.LETTER, old[0].id, "Facture contestée devant le tribunal de commerce.", review_on=review)
    hold.place(held, store=house.store, actor=archivist, clock=house.clock)
    _case_file(house, folder)


def _filed(house: House, scan: Path) -> Letter:
    """Register an old letter, qualify it as it was written, and close it: it was answered in its time."""
    clerk, director = _who(house, "kossi"), _who(house, "daf")
    with scan.open("rb") as stream:
        receipt = receive(stream, scan.name, door=Door.FOLDER, actor=clerk, entrance=house.entrance)
    letter = consult.letter_file(receipt.letter_id, store=house.store, actor=clerk, clock=house.clock).letter
    letter = qualified(house, letter, scan, "DAF")
    consult.letter_file(letter.id, store=house.store, actor=director, clock=house.clock)
    move(letter.id, Order(Move.FINISH, None), store=house.store, actor=director, clock=house.clock)
    return letter


def _boxed(house: House, archivist: Actor, letters: list[Letter]) -> None:
    sheet = BoxSheet("DAF-2005/1", "Factures 2003 à 2005", "Magasin A", "3", "2", 200, "DAF")
    box = boxes.make(sheet, store=house.store, actor=archivist, clock=house.clock)
    numbers = "\n".join(letter.number for letter in letters)
    boxes.put(box.id, numbers, store=house.store, actor=archivist, clock=house.clock)


def _case_file(house: House, folder: Path) -> None:
    """A public contract that is being prepared, with two documents that came by no mail."""
    director = _who(house, "daf")
    contract = next(each for each in dossier_pieces.dossier_model(store=house.store).templates if each.code == "marche")
    opened = dossier.begin(
        "",
        "Marché des lampadaires solaires de Tabligbo",
        "DAF",
        ("DGE",),
        contract.parts,
        store=house.store,
        actor=director,
        clock=house.clock,
    )
    classify.file_dossier(opened.id, "C3", store=house.store, actor=_who(house, "archives"), clock=house.clock)
    for kind, title, part in _PIECES:
        scan = generate_old(kind, house.clock().year, 1700, folder)
        with scan.open("rb") as stream:
            paper = keep(stream, scan.name, door=Door.UPLOAD, actor=director, entrance=house.entrance, opened=False)
        brought = dossier_pieces.Brought(paper.stored, paper.media_type, title + scan.suffix)
        dossier_pieces.bring(opened.id, brought, part, store=house.store, actor=director, clock=house.clock)


def _who(house: House, login: str) -> Actor:
    return actor_of(login, store=house.store, clock=house.clock)
