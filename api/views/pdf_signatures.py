"""The signatures of a PDF that came in: three answers for each, asked from the letter's page."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from api.views.signature_words import shown
from ged.errors import Refused
from ged.mail.pdf_signature import PdfSignature
from ged.services.pdf_signatures import judge_signatures
from ingest.readers.pdf_signatures import pdf_signatures

router = APIRouter()


@router.post("/courrier/{letter_id}/signatures", dependencies=[FormCheck])
def judge(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Say of each signature whether it is intact, valid and trusted, under the authorities that the site trusts."""
    trusted = trusted_pem(house.settings.seal.trusted_ca)

    def asked(path: Path) -> list[PdfSignature]:
        return house.confined.call(pdf_signatures, path, trusted)

    letter, found = judge_signatures(
        letter_id, asked, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return page(
        request, "pdf_signatures.html", letter=letter, signatures=[shown(each) for each in found], listed=bool(trusted)
    )


def trusted_pem(folder: Path | None) -> str:
    """Return the certificates and revocation lists (PEM) of the site's folder of trusted authorities, joined.

    Raises:
        Refused: `config.faulty`, the folder cannot be read.
    """
    if folder is None:
        return ""
    try:
        return "".join(path.read_text(encoding="ascii") + "\n" for path in sorted(folder.glob("*.pem")))
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            "config.faulty",
            f"Le dossier des autorités de confiance ({folder}) ne se lit pas : il faut des fichiers PEM.",
            folder=str(folder),
        ) from error
