"""The auditor's morning by keyboard: the chain looked at, an audit begun and followed to its report, a sample drawn."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from api.audits import audit_round, ground_of, signed_report
from api.wiring import House
from end_to_end.test_pages import faults_of
from ged.mail.audit import Audit, RunState
from ged.seal.leaf import Leaf
from ged.services.audit.runs import carry_out
from rooms.audits import seal_letter

SignIn = Callable[[Page, str], Page]


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    if folder := os.environ.get("AUDIT_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_auditor_follows_the_chain_audits_and_draws(
    house: House, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    del errors
    for subject in ("Demande d'autorisation", "Plainte", "Invitation"):
        seal_letter(house, subject)
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    keys = sign_in(page, "audit").keyboard
    page.goto(f"{server}/integrite")
    expect(page.locator("h1")).to_have_text("Chaîne d'intégrité")
    expect(page.locator(".chain li")).to_have_count(6)
    assert faults_of(page) == []
    shot(page, "chaine")
    head = page.locator('a[href="/integrite/documents/tete.txt"]')
    kept = page.context.request.get(server + (head.get_attribute("href") or "")).text()

    # The audit is asked for with the head that was kept, and followed while another process does it.
    page.goto(f"{server}/audits")
    assert faults_of(page) == []
    shot(page, "audits-vide")
    page.locator('input[value="rapide"]').focus()
    keys.press("ArrowRight")
    page.locator("#ask-audit summary").focus()
    keys.press("Enter")
    page.locator("#heads").focus()
    page.locator("#heads").fill(kept)
    shot(page, "audits-demande")
    page.locator("#ask-audit .main").focus()
    keys.press("Enter")
    expect(page.locator(".progressing")).to_be_visible()
    assert faults_of(page) == []
    shot(page, "audit-en-cours")
    worker = threading.Thread(target=audit_round, args=(house, threading.Event()))
    worker.start()
    worker.join()
    expect(page.locator(".verdict h2")).to_have_text("Aucune anomalie")
    assert faults_of(page) == []
    shot(page, "audit-sain")

    # An original is swapped on the disk: the next audit says which letter, what it means and what to do.
    digest = _first(house)
    name = next(one.name for one in house.vault.objects() if one.digest == digest and not one.suffix)
    path = house.settings.data / "vault" / name
    path.chmod(0o640)
    path.write_bytes(b"autre chose")
    page.goto(f"{server}/audits")
    page.locator('input[value="complet"]').check()
    page.locator("#ask-audit .main").press("Enter")
    expect(page.locator(".progressing")).to_be_visible()
    worker = threading.Thread(target=audit_round, args=(house, threading.Event()))
    worker.start()
    worker.join()
    expect(page.locator(".verdict h2")).to_have_text("Anomalies")
    expect(page.locator(".found")).to_contain_text(["ARR-"])
    assert faults_of(page) == []
    shot(page, "audit-anomalie")
    page.goto(f"{server}/audits")
    shot(page, "audits")

    page.goto(f"{server}/integrite/echantillon")
    assert faults_of(page) == []
    page.locator("#seed").focus()
    keys.type("six, deux, quatre")
    shot(page, "echantillon-demande")
    keys.press("Enter")
    expect(page.locator(".verdict h2")).to_have_text("1 courrier à examiner")
    assert faults_of(page) == []
    shot(page, "echantillon")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/integrite")
    assert faults_of(page) == []
    shot(page, "chaine-telephone")


def test_an_audit_whose_vault_went_away_says_what_is_left_and_is_taken_up(
    house: House, page: Page, errors: list[str], sign_in: SignIn, server: str
) -> None:
    del errors
    seal_letter(house, "Demande d'autorisation")
    page.context.add_cookies([{"name": "ged_langue", "value": "fr", "url": server}])
    sign_in(page, "audit")
    page.goto(f"{server}/audits")
    page.locator('input[value="complet"]').check()
    page.locator("#ask-audit .main").press("Enter")
    expect(page.locator(".progressing")).to_be_visible()
    where = page.url
    page.goto(f"{server}/integrite")  # what waits beside it asks for nothing while the disk is away
    vault, away = house.settings.data / "vault", house.settings.data / "ailleurs"
    vault.rename(away)
    with house.store.unit() as unit:
        run = unit.audit_runs.under_way()
    assert run is not None
    audit = Audit(run.id, run.depth, "", run.seed, run.sample, run.name, run.asked_at)
    left = carry_out(
        run,
        place="essai",
        ground=replace(ground_of(house, audit), patience=()),
        render=lambda done: signed_report(done, house),
        vault=house.vault,
        store=house.store,
    )
    away.rename(vault)
    assert left.state is RunState.UNFINISHED
    for language, named, unchecked in (("en", "Not finished", "not checked"), ("fr", "Inachevé", "non vérifié")):
        page.context.add_cookies([{"name": "ged_langue", "value": language, "url": server}])
        for width in (390, 1366):
            page.set_viewport_size({"width": width, "height": 844})
            for address, label in ((f"{server}/integrite", "chaine"), (f"{server}/audits", "audits"), (where, "audit")):
                page.goto(address)
                assert faults_of(page) == []
                assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
                assert page.locator(f'a[href="{where.removeprefix(server)}"]').count() or address == where
                shot(page, f"inacheve-{label}-{language}-{width}")
        expect(page.locator(".verdict h2")).to_have_text(named)
        expect(page.locator(".going-on")).to_contain_text(unchecked)
    page.locator(".verdict .main").press("Enter")
    expect(page.locator(".progressing")).to_be_visible()
    shot(page, "inacheve-repris")
    audit_round(house, threading.Event())
    expect(page.locator(".steps")).to_be_visible(timeout=60_000)


def _first(house: House) -> str:
    return Leaf.decode(house.ledger.entry(0)).sha256
