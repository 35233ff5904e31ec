"""PAdES: a PDF signed by the house's key, with the block of who signs shown on its last page.

With an authority of time the file carries all that validates it for long (B-LTA); without, its signature alone (B-B).

Source: ETSI EN 319 142-1 (PAdES baseline levels), ISO 32000-2, 12.8 and 14.9.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from io import BytesIO

from cryptography.x509 import Certificate
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, LayoutError, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigner, PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ged.errors import Refused, Unavailable
from ged.ports import SignedPdf, TimestampAuthority
from ged.seal.pades_time import PortStamper, long_term_context
from ged.seal.place import Place, find_place
from ged.seal.sealing_key import KeySource, SealingKey, to_pem
from ged.seal.trust import TrustStore

logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)  # nothing is fetched, on purpose
_FIELD = "Signature"
_WHOLE = SimpleBoxLayoutRule(
    AxisAlignment.ALIGN_MIN,
    AxisAlignment.ALIGN_MIN,
    Margins(0, 0, 0, 0),
    inner_content_scaling=InnerScaling.STRETCH_FILL,
)
"""The block fills its place, with no margin of its own."""


class PadesSigner:
    """Signs PDF with the key of today that seals, wherever it is kept."""

    def __init__(
        self,
        source: KeySource,
        authorities: Sequence[TimestampAuthority] = (),
        stamps: Sequence[Certificate] = (),
    ) -> None:
        """Sign by the key of `source`; `stamps` are the roots to which the authorities' certificates lead."""
        self._source, self._authorities, self._stamps = source, tuple(authorities), tuple(stamps)

    def sign(self, pdf: bytes, block: bytes, *, name: str, reason: str, at: datetime) -> SignedPdf:
        """Return the PDF signed, its block in the place that its template says, or in free room."""
        about = PdfSignatureMetadata(
            field_name=_FIELD, name=name, reason=reason, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
        )
        try:
            pdf, place = find_place(pdf, block)
            if self._authorities:
                with suppress(Unavailable, SigningError, ValidationError):
                    return SignedPdf(self._signed(pdf, block, place, self._lasting(about), at, timed=True), "B-LTA")
            return SignedPdf(self._signed(pdf, block, place, about, at, timed=False), "B-B")
        except (PdfError, LayoutError, ValueError) as error:
            raise Refused(
                "pades.unreadable",
                "Ce PDF ne peut pas être signé : il est protégé ou abîmé. Faites-en un autre, puis recommencez.",
                reason=str(error)[:200],
            ) from error

    def _lasting(self, about: PdfSignatureMetadata) -> PdfSignatureMetadata:
        """Return the same with everything that validates it put into the file, under a time-stamp of the whole."""
        context = long_term_context(TrustStore.from_pem(self._source.trust_pem), self._stamps)
        return replace(about, embed_validation_info=True, use_pades_lta=True, validation_context=context)

    def _signed(
        self, pdf: bytes, block: bytes, place: Place, about: PdfSignatureMetadata, at: datetime, *, timed: bool
    ) -> bytes:
        # pyHanko wants a path; in memory, nothing is left behind by a process that is killed.
        with os.fdopen(os.memfd_create("bloc.pdf"), "wb") as drawn:
            drawn.write(block)
            drawn.flush()
            made = _SignedAt(
                about,
                _KeySigner(self._source.current()),
                timestamper=PortStamper(self._authorities, at) if timed else None,
                stamp_style=StaticStampStyle.from_pdf_file(
                    f"/proc/self/fd/{drawn.fileno()}", border_width=0, background_layout=_WHOLE
                ),
                new_field_spec=SigFieldSpec(_FIELD, on_page=place.page, box=place.box),
            )
            made.at = at
            signed = BytesIO()
            # pyHanko runs an event loop of its own, which a thread that has one already would refuse.
            with ThreadPoolExecutor(1) as apart:
                apart.submit(
                    made.sign_pdf, IncrementalPdfFileWriter(BytesIO(pdf), strict=False), output=signed
                ).result()
            return signed.getvalue()


class _KeySigner(Signer):
    """pyHanko's view of a sealing key: the private part stays where it is kept."""

    def __init__(self, key: SealingKey) -> None:
        chain = list(load_certs_from_pemder_data(to_pem(*key.chain)))
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        super().__init__(signing_cert=chain[0], cert_registry=store)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"sealing keys sign over SHA-256, not {digest_algorithm}")
        return bytes(512) if dry_run else self._key.sign(data)


class _SignedAt(PdfSigner):
    """Writes the time that the caller's clock says, the same as in the block and the register."""

    at: datetime

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session
