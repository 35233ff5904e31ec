"""The report of an audit on paper: what was checked, what was found and what to do, what was not checked."""

from __future__ import annotations

from api.prints import ARCHIVED, print_pdf
from api.views.words import AUDIT_DEPTHS, AUDIT_OUTCOMES
from ged.mail.audit import Audit
from ged.services.audit.meanings import MEANINGS
from ged.services.audit.table import BY_CODE


def report_pdf(audit: Audit) -> bytes:
    """Return a report, in French, as the PDF/A that is signed and kept."""
    return print_pdf(
        "prints/audit.html",
        "fr",
        variant=ARCHIVED,
        audit=audit,
        checks=BY_CODE,
        meanings=MEANINGS,
        depth=AUDIT_DEPTHS[audit.depth],
        outcome=AUDIT_OUTCOMES[audit.outcome][0],
    )
