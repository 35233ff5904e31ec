"""Whom to believe, and when: chains, dates, revocations, and what a claimed time is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from engines.site_authority import SiteAuthority, p256, pem
from ged.seal.trust import Moment, TrustStore

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SITE = SiteAuthority()
SEAL = SITE.issue(p256().public_key(), NOW - 100 * DAY, NOW + 100 * DAY)


def believed(store: TrustStore, certificate: x509.Certificate, at: datetime, *, proved: bool) -> bool:
    path, holds = store.path(certificate), True
    try:
        store.judge(path, Moment(at, proved))
    except ValueError:
        holds = False
    span = store.span(path)
    assert span is None or (span[0] <= at <= span[1]) is holds
    return holds


def test_one_file_of_pem_sorts_itself() -> None:
    link = SiteAuthority("AC fille", above=SITE)
    seal, revoked = link.issue(p256().public_key()), SITE.revoke(SEAL, NOW)
    store = TrustStore.from_pem(pem(seal, link.certificate, SEAL, SITE.certificate, revoked, SEAL))
    assert store.authorities == (SITE.certificate,)
    assert store.links == (link.certificate,)
    assert store.seals == (seal, SEAL)
    assert store.lists == (revoked,)
    assert store.path(seal) == (seal, link.certificate, SITE.certificate)


def test_a_link_may_come_with_the_signature_and_an_authority_may_not() -> None:
    link = SiteAuthority("AC fille", above=SITE)
    seal = link.issue(p256().public_key())
    store = TrustStore.from_pem(pem(seal, SITE.certificate))
    with pytest.raises(ValueError, match="autorité"):
        store.path(seal)
    assert store.path(seal, (link.certificate,)) == (seal, link.certificate, SITE.certificate)
    other = SiteAuthority("Une autre")
    strange = other.issue(p256().public_key())
    with pytest.raises(ValueError, match="autorité"):
        TrustStore.from_pem(pem(strange, SITE.certificate)).path(strange, (other.certificate,))


def test_another_certificate_of_the_same_authority_seals_nothing() -> None:
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate))
    with pytest.raises(ValueError, match="cachet"):
        store.path(SITE.issue(p256().public_key()))


def test_a_certificate_that_certifies_nothing_is_no_link() -> None:
    key = p256()
    impostor = SiteAuthority("Cachet du courrier", key=key)
    impostor.certificate = SITE.issue(key.public_key())
    seal = impostor.issue(p256().public_key())
    store = TrustStore.from_pem(pem(seal, impostor.certificate, SITE.certificate))
    with pytest.raises(ValueError, match="autorité"):
        store.path(seal, (impostor.certificate,))


@pytest.mark.parametrize(("days", "holds"), [(-101, False), (-99, True), (99, True), (101, False)])
@pytest.mark.parametrize("proved", [False, True])
def test_a_certificate_is_believed_within_its_dates(days: int, holds: bool, proved: bool) -> None:
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate))
    assert believed(store, SEAL, NOW + days * DAY, proved=proved) is holds


def test_what_nothing_revoked_is_believed_from_the_last_beginning_to_the_first_end() -> None:
    short = SiteAuthority("AC courte", end=NOW)
    seal = short.issue(p256().public_key(), NOW - 100 * DAY, NOW + 100 * DAY)
    store = TrustStore.from_pem(pem(seal, short.certificate))
    assert store.span(store.path(seal)) == (NOW - 100 * DAY, NOW)
    for at, holds in ((NOW, True), (NOW + timedelta(seconds=1), False), (NOW - 100 * DAY, True)):
        assert believed(store, seal, at, proved=False) is holds
    revoked = TrustStore.from_pem(pem(seal, short.certificate, short.revoke(seal, NOW)))
    assert revoked.span(revoked.path(seal)) is None


def test_an_authority_that_ended_before_is_believed_for_nothing_after() -> None:
    short = SiteAuthority("AC courte", end=NOW)
    seal = short.issue(p256().public_key())
    store = TrustStore.from_pem(pem(seal, short.certificate))
    assert believed(store, seal, NOW - DAY, proved=True)
    assert not believed(store, seal, NOW + DAY, proved=True)


def test_only_a_proved_time_before_the_revocation_outlives_it() -> None:
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate, SITE.revoke(SEAL, NOW)))
    assert believed(store, SEAL, NOW - DAY, proved=True)
    assert not believed(store, SEAL, NOW - DAY, proved=False)
    assert not believed(store, SEAL, NOW, proved=True)
    assert not believed(store, SEAL, NOW + DAY, proved=True)


def test_a_theft_counts_from_the_day_it_is_suspected() -> None:
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate, SITE.revoke(SEAL, NOW, suspected=NOW - 10 * DAY)))
    assert believed(store, SEAL, NOW - 11 * DAY, proved=True)
    assert not believed(store, SEAL, NOW - 9 * DAY, proved=True)


def test_no_later_list_takes_a_revocation_back() -> None:
    other = SITE.issue(p256().public_key())
    lists = SITE.revoke(SEAL, NOW), SITE.revoke(other, NOW + DAY), SITE.revoke(SEAL, NOW + 2 * DAY)
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate, *lists))
    found = store.revocation(SEAL, SITE.certificate)
    assert found is not None
    assert (found.at, found.reason) == (NOW, "keyCompromise")


def test_a_list_that_the_issuer_did_not_sign_counts_for_nothing() -> None:
    impostor = SiteAuthority()
    store = TrustStore.from_pem(pem(SEAL, SITE.certificate, impostor.revoke(SEAL, NOW - 50 * DAY)))
    assert believed(store, SEAL, NOW, proved=False)


def test_a_link_that_is_revoked_takes_its_seals_with_it() -> None:
    link = SiteAuthority("AC fille", above=SITE)
    seal = link.issue(p256().public_key())
    store = TrustStore.from_pem(pem(seal, link.certificate, SITE.certificate, SITE.revoke(link.certificate, NOW)))
    assert believed(store, seal, NOW - DAY, proved=True)
    assert not believed(store, seal, NOW + DAY, proved=True)
