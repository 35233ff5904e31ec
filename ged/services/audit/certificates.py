"""The certificates that seals rest on: valid today, and for how long still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ged.mail.audit import Finding, Weight
from ged.mail.said import Said
from ged.seal.trust import TrustStore, named
from ged.services.audit.ground import Ground, Step

_WARNED = timedelta(days=365)


def check_certificates(ground: Ground, position: str) -> Iterator[Step]:
    """Read the chain and say which certificate has ended, or ends within a year."""
    if position:
        return
    now, found = ground.clock(), list[Finding]()
    try:
        trust = TrustStore.from_pem(ground.trust_pem)
    except ValueError:
        yield Step(
            "fini", 0, findings=(Finding("certificate.unreadable", "chaîne de certificats", "Elle ne se lit pas."),)
        )
        return
    chain = (*trust.authorities, *trust.links, *trust.seals)
    for each in chain:
        about, end = named(each), each.not_valid_after_utc
        if end < now:
            found.append(
                Finding("certificate.ended", about, Said("Fini le %(day)s.", day=f"{end:%d/%m/%Y}"), Weight.REMARK)
            )
        elif end - now < _WARNED:
            found.append(
                Finding("certificate.ends", about, Said("Finit le %(day)s.", day=f"{end:%d/%m/%Y}"), Weight.REMARK)
            )
    yield Step("fini", len(chain), total=len(chain), findings=tuple(found))
