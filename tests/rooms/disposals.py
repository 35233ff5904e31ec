"""Letters of other years, closed and over, and the way of a list through two people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import psycopg

from api.disposals import hands_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.disposal import MOST_LINES, Disposal
from ged.mail.item import Reading, State
from ged.services import classify, dossier, dossier_pieces
from ged.services.seal import seal
from ged.services.seal_pieces import seal_piece
from retention.disposal import lists
from retention.disposal.carry_out import carry_out
from retention.nightly import sweep_letters
from rooms.house import driver_url
from rooms.letters import decide, letter_pdf, read_all, send
from rooms.values import a_page

Who = Callable[[str], Actor]


def own(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def over(house: House, kossi: Actor, mark: str, *, kind: str = "demande", **said: Any) -> str:
    """Register and seal a letter of 2001 whose twenty years are over, and close it; `read` has the machine read it."""
    data = said.pop("data", None) or letter_pdf(reference=mark, body=f"Le mot {mark} n'est écrit nulle part ailleurs.")
    receipt = send(house, kossi, data)
    if said.pop("read", False):
        read_all(house)
    else:
        seal(
            receipt.letter_id, store=house.store, vault=house.vault, signer=house.signer, ledger=house.ledger,
            clock=house.clock,
        )  # fmt: skip
    decide(house, kossi, receipt.letter_id, letter_date=date(2001, 3, 3), kind=kind, sender_reference="", **said)
    received_in_2001(house, receipt.letter_id)
    close(house, receipt.letter_id)
    return receipt.letter_id


def received_in_2001(house: House, letter_id: str) -> None:
    """Have a letter received when it was written: the law's twenty years run from the later of both."""
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None, lock=True)
        unit.letters.change(letter, received_at=datetime(2001, 3, 3, 9, tzinfo=UTC))
        unit.commit()


def close(house: House, letter_id: str, state: State = State.DONE) -> None:
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None, lock=True)
        unit.letters.change(letter, state=state, closed_on=house.clock().date(), reading=Reading.READY)
        unit.outbox.add(letter_id, house.clock())
        unit.commit()


def over_piece(
    house: House, who: Who, mark: str, *versions: bytes, file_code: str = "A1", read: bool = True
) -> tuple[str, str]:
    """Bring and seal a piece, its versions of 2001, in a dossier of its own, closed; ids of the dossier and of it.

    Without `read` it waits for the machine.
    """
    daf = who("daf")
    then = own(house, daf) | {"clock": lambda: datetime(2001, 3, 3, 9, tzinfo=UTC)}
    case = dossier.begin("", f"Affaire {mark}", "DAF", (), **own(house, daf))
    classify.file_dossier(case.id, file_code, **own(house, who("archives")))
    piece = None
    for number, data in enumerate(versions or (letter_pdf(reference=mark),)):
        stored = house.vault.put(BytesIO(data), media_type="application/pdf", tenant_id="MME")
        file = dossier_pieces.Brought(stored, "application/pdf", f"{mark}.pdf")
        if piece is None:
            piece = dossier_pieces.bring(case.id, file, **then)
        else:
            dossier_pieces.bring_version(case.id, piece.id, file, made_from=number, **then)
    assert piece is not None
    seal_versions(house, piece.id)
    if read:
        read_as(house, piece.id, mark)
    dossier.close(case.id, closing=True, **own(house, daf))
    return case.id, piece.id


def read_as(house: House, piece_id: str, text: str) -> None:
    """Have the last version of a piece read, one page that says a text."""
    with house.store.unit() as unit:
        last = unit.dossier_pieces.versions([piece_id])[piece_id][0]
        unit.version_texts.keep(last.id, text, [a_page(text)])
        unit.version_texts.settle(last.id, text, 1)
        unit.outbox.add_pieces([piece_id], house.clock())
        unit.commit()


def seal_versions(house: House, piece_id: str) -> None:
    with house.store.unit() as unit:
        versions = unit.dossier_pieces.versions([piece_id])[piece_id]
    for each in versions:
        seal_piece(
            each.id, store=house.store, vault=house.vault, signer=house.signer, ledger=house.ledger, clock=house.clock
        )


def prepared(house: House, who: Who, most: int = MOST_LINES) -> Disposal:
    sweep_letters(house.store, house.clock)
    return lists.prepare(most=most, **own(house, who("archives")))


def approved(house: House, who: Who) -> Disposal:
    """Make a list of what is due, visaed by the archivist and approved by the secretary general."""
    made = prepared(house, who)
    lists.visa(made.id, "SG-1", **own(house, who("archives")))
    return lists.approve(made.id, **own(house, who("sg")))


def disposed(house: House, who: Who) -> Disposal:
    """Destroy what is due, whole."""
    done = carry_out(approved(house, who).id, hands_of(house))
    assert done is not None
    return done


def everything_kept(house: House) -> Iterator[tuple[str, bytes]]:
    """Every file of the installation, and every row of its database."""
    for path in house.settings.data.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    with psycopg.connect(driver_url(house.database_url)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                yield table, b"".join(bytes(piece) for piece in copy)
