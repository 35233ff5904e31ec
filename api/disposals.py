"""What a disposal works with in a whole installation: its engines, and the certificate made and signed."""

from __future__ import annotations

from api.wiring import House
from ged.mail.disposal import Certificate
from ged.mail.signature_block import SignatureBlock
from retention.disposal.carry_out import Fault, Hands, lines_to_tell, no_fault, when_backups_end


def hands_of(house: House, fault: Fault = no_fault) -> Hands:
    """Return what a disposal of this installation works with."""
    return Hands(
        store=house.store,
        vault=house.vault,
        ledger=house.ledger,
        signer=house.signer,
        clock=house.clock,
        render=lambda certificate: signed_certificate(certificate, house),
        organisation=house.settings.seal.organisation,
        backup_days=house.settings.disposal.backup_days,
        fault=fault,
    )


def signed_certificate(certificate: Certificate, house: House) -> bytes:
    """Return a certificate of disposal, in French, as PDF/A signed by this installation's own key."""
    from api.prints import ARCHIVED, print_pdf  # noqa: PLC0415 - loads WeasyPrint, which only certificates need

    one = certificate.disposal
    at = one.finished_at or house.clock()
    with house.store.unit() as unit:
        letters = unit.letters.many([line.letter_id for line in certificate.lines])
    dates = {each.id: each.letter_date or each.received_at.date() for each in letters}
    pdf = print_pdf(
        "prints/disposal.html",
        "fr",
        variant=ARCHIVED,
        certificate=certificate,
        told=lines_to_tell(certificate.lines),
        dates=dates,
        backups_end=when_backups_end(at, certificate.backup_days),
    )
    block = SignatureBlock(
        "Certificat d'élimination, signé par l'installation elle-même",
        certificate.organisation,
        "",
        f"Signé électroniquement le {at:%d/%m/%Y} à {at:%H h %M} (UTC)",
        one.number,
    )
    return house.pdf_signer.sign(
        pdf, house.press.print_block(block), name=certificate.organisation, reason=one.number, at=at
    ).data
