"""What a disposal works with in a whole installation: its engines, and the certificate made and signed."""

from __future__ import annotations

from datetime import datetime

from api.wiring import House
from ged.mail.disposal import Certificate
from ged.mail.signature_block import SignatureBlock
from retention.disposal.carry_out import Fault, Hands, lines_to_tell, no_fault, when_backups_end
from retention.paper_certificates import PaperCertificate, PaperHands


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


def paper_hands_of(house: House) -> PaperHands:
    """Return what certificates of paper destroyed are made with."""
    return PaperHands(
        store=house.store,
        vault=house.vault,
        ledger=house.ledger,
        signer=house.signer,
        clock=house.clock,
        render=lambda certificate: signed_paper_certificate(certificate, house),
        organisation=house.settings.seal.organisation,
    )


def signed_certificate(certificate: Certificate, house: House) -> bytes:
    """Return a certificate of disposal, in French, as PDF/A signed by this installation's own key."""
    from api.prints import ARCHIVED, print_pdf  # noqa: PLC0415 - loads WeasyPrint, which only certificates need

    one = certificate.disposal
    at = one.finished_at or house.clock()
    with house.store.unit() as unit:
        subjects = [line.subject_id for line in certificate.lines]
        letters, pieces = unit.letters.many(subjects), unit.dossier_pieces.kept(subjects)
    dates = {each.id: each.letter_date or each.received_at.date() for each in letters}
    dates |= {each.piece.id: each.brought_at.date() for each in pieces}
    pdf = print_pdf(
        "prints/disposal.html",
        "fr",
        variant=ARCHIVED,
        certificate=certificate,
        told=lines_to_tell(certificate.lines),
        dates=dates,
        backups_end=when_backups_end(at, certificate.backup_days),
    )
    title = "Certificat d'élimination, signé par l'installation elle-même"
    return _signed(pdf, SignatureBlock(title, certificate.organisation, "", _said(at), one.number), at, house)


def signed_paper_certificate(certificate: PaperCertificate, house: House) -> bytes:
    """Return a certificate of paper destroyed, in French, as PDF/A signed by this installation's own key."""
    from api.prints import ARCHIVED, print_pdf  # noqa: PLC0415 - loads WeasyPrint, which only certificates need

    pdf = print_pdf("prints/paper_destroyed.html", "fr", variant=ARCHIVED, certificate=certificate)
    title = "Certificat de destruction du papier, signé par l'installation elle-même"
    number, at = certificate.disposal.number, certificate.gone.recorded_at
    return _signed(pdf, SignatureBlock(title, certificate.organisation, "", _said(at), number), at, house)


def _said(at: datetime) -> str:
    return f"Signé électroniquement le {at:%d/%m/%Y} à {at:%H h %M} (UTC)"


def _signed(pdf: bytes, block: SignatureBlock, at: datetime, house: House) -> bytes:
    drawn = house.press.print_block(block)
    return house.pdf_signer.sign(pdf, drawn, name=block.name, reason=block.number, at=at).data
