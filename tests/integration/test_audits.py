"""Audits as people meet them: asked for, interrupted, taken up, told, kept signed; samples; the auditor's pages."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from api.audits import audit_round, ground_of
from api.views.render import LANGUAGE_COOKIE
from api.views.words import translations
from api.wiring import House
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.audit import Audit, Checked, Depth, Outcome, Periods, RunState, Stratum
from ged.mail.said import tell
from ged.services.audit.draw import MOST, draw_letters, draw_of
from ged.services.audit.notebook import Notebook
from ged.services.audit.runs import TAKEN_UP_AFTER, ask_audit, ask_by_calendar, tell_late
from ged.services.audit.walk import walk
from integration.test_acknowledgement import signed_in
from rooms.audits import asked, seal_letter

Who = Callable[[str], Actor]


@pytest.fixture
def sealed(house: House) -> House:
    """An installation with three sealed letters."""
    for subject in ("Un", "Deux", "Trois"):
        seal_letter(house, subject)
    return house


def path_of(house: House, digest: str) -> Path:
    name = next(one.name for one in house.vault.objects() if one.digest == digest and not one.suffix)
    return house.settings.data / "vault" / name


def flip(house: House, digest: str) -> None:
    path = path_of(house, digest)
    path.chmod(0o640)
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)


def in_french(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Cookie": f"{headers['Cookie']}; {LANGUAGE_COOKIE}=fr"}


def first_original(house: House) -> str:
    return str(json.loads(house.ledger.entry(0))["sha256"])


def notices(house: House, actor: Actor) -> list[str]:
    with house.store.unit() as unit:
        return [one.notice.link for one in unit.notices.listed(actor.person_id or "", actor)]


def test_an_audit_asked_for_is_done_once_kept_signed_and_journaled(sealed: House, who: Who) -> None:
    run = ask_audit(Depth.FULL, store=sealed.store, actor=who("audit"), clock=sealed.clock)
    with pytest.raises(Conflict) as refused:
        ask_audit(Depth.QUICK, store=sealed.store, actor=who("audit"), clock=sealed.clock)
    assert refused.value.code == "audit.under_way"
    done = audit_round(sealed, threading.Event())
    assert done is not None
    assert (done.id, done.state, done.outcome, done.faults) == (run.id, RunState.DONE, Outcome.SOUND, 0)
    assert done.pdf_sha256 is not None
    with sealed.vault.open(done.pdf_sha256) as stream:
        pdf = stream.read()
    authority = list(load_certs_from_pemder_data(sealed.signer.chain_pem))[-1]
    embedded = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    status = validate_pdf_signature(embedded, ValidationContext(trust_roots=[authority], allow_fetching=False))
    assert status.bottom_line
    with sealed.store.unit() as unit:
        assert [one.act for one in unit.journal.about(run.id)] == ["audit.demande", "audit.fini"]
    assert audit_round(sealed, threading.Event()) is None, "nothing is due: a full audit is a quick one, and more"
    again = ask_audit(Depth.FULL, store=sealed.store, actor=who("audit"), clock=sealed.clock)
    next_one = audit_round(sealed, threading.Event())
    assert next_one is not None
    assert (next_one.id, next_one.remarks) == (again.id, 0), "reports of audits are known in the vault"


def test_what_an_audit_finds_is_told_to_auditors_and_administrators(sealed: House, who: Who) -> None:
    flip(sealed, first_original(sealed))
    done = audit_round(sealed, threading.Event())
    assert done is not None
    assert done.outcome is Outcome.ALTERED
    assert done.depth is Depth.FULL, "the first audit of all is a full one"
    for login in ("audit", "admin"):
        assert f"/audits/{done.id}" in notices(sealed, who(login))
    assert f"/audits/{done.id}" not in notices(sealed, who("kossi"))


def test_what_an_audit_found_is_told_in_the_language_of_who_reads_it(sealed: House, client: httpx.Client) -> None:
    digest = first_original(sealed)
    path_of(sealed, digest).unlink()
    done = audit_round(sealed, threading.Event())
    assert done is not None
    headers = signed_in(sealed, "audit")
    english = unescape(client.get(f"/audits/{done.id}", headers=headers).text)
    assert f"The original {digest} is no longer in the vault." in english
    assert re.search(r"ARR-\S+, entry no\. 0<", english)
    assert "dans le coffre." not in english
    french = unescape(client.get(f"/audits/{done.id}", headers=in_french(headers)).text)
    assert f"L'original {digest} n'est plus dans le coffre." in french
    report = client.get(f"/audits/{done.id}/rapport.json", headers=headers).json()
    told = [each["detail"] for one in report["checks"] for each in one["findings"]]
    assert f"L'original {digest} n'est plus dans le coffre." in told, "a report is French"


def test_a_refusal_is_told_with_its_value_in_the_language_of_who_reads_it(house: House, client: httpx.Client) -> None:
    headers = signed_in(house, "audit") | {"Origin": str(client.base_url).rstrip("/")}
    form = {"csrf_token": _token(client.get("/integrite/echantillon", headers=headers).text), "nombre": "999"}
    refused = client.post("/integrite/echantillon", headers=headers, data=form)
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    english = unescape(refused.text)
    assert f"A sample has from 1 to {MOST} items. Correct the number asked for." in english
    assert "échantillon compte" not in english
    french = unescape(client.post("/integrite/echantillon", headers=in_french(headers), data=form).text)
    assert f"Un échantillon compte de 1 à {MOST} courriers. Corrigez le nombre demandé." in french
    journal = client.get("/journal", headers=headers, params={"du": "<b>5 %</b>"}).text
    assert "The day “&lt;b&gt;5 %&lt;/b&gt;” cannot be read." in journal


def test_a_late_audit_is_told_once_to_auditors_and_administrators(sealed: House, who: Who) -> None:
    periods = Periods(timedelta(days=1), timedelta(days=7))
    told = partial(tell_late, periods, store=sealed.store)
    assert told(clock=sealed.clock) == ()
    assert told(clock=lambda: sealed.clock() + timedelta(days=2)) == (Depth.QUICK,)
    assert told(clock=lambda: sealed.clock() + timedelta(days=3)) == (Depth.QUICK,)
    for login in ("audit", "admin"):
        assert notices(sealed, who(login)).count("/audits") == 1, "the same lateness is told once"
    assert "/audits" not in notices(sealed, who("kossi"))
    assert told(clock=lambda: sealed.clock() + timedelta(days=12)) == (Depth.QUICK, Depth.FULL)
    assert notices(sealed, who("audit")).count("/audits") == 2


def test_an_audit_killed_anywhere_is_taken_up_and_says_the_same(sealed: House) -> None:
    flip(sealed, first_original(sealed))
    whole = _walked(sealed, asked(), lambda *_: None)
    for death in range(1, 12):
        audit, told = asked(), _Deadly(death)
        with pytest.raises(_Killed):
            _walked(sealed, audit, told)
        done = _walked(sealed, audit, lambda *_: None)
        assert [replace(one, position="") for one in done.checks] == [replace(one, position="") for one in whole.checks]


class _Killed(BaseException):
    """The process is gone."""


class _Deadly:
    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, _audit: Audit, _checked: Checked) -> None:
        self._left -= 1
        if not self._left:
            raise _Killed


def _walked(house: House, audit: Audit, told: Callable[[Audit, Checked], None]) -> Audit:
    ground = ground_of(house, audit)
    notebook = Notebook(ground.folder)
    return walk(notebook.read() or audit, ground, notebook, told)


def test_a_run_told_to_stop_is_left_to_be_taken_up(sealed: House) -> None:
    stop = threading.Event()
    stop.set()
    left = audit_round(sealed, stop)
    assert left is not None
    assert left.state is RunState.RUNNING
    done = audit_round(sealed, threading.Event())
    assert done is not None
    assert (done.id, done.outcome) == (left.id, Outcome.SOUND)


def test_a_sample_is_drawn_again_with_sha256sum(sealed: House, who: Who) -> None:
    engines: dict[str, Any] = {
        "store": sealed.store,
        "vault": sealed.vault,
        "signer": sealed.signer,
        "ledger": sealed.ledger,
        "clock": sealed.clock,
        "time_roots": sealed.time_roots,
    }
    made = draw_letters("six, deux, quatre", Stratum(), 2, actor=who("audit"), **engines)
    with sealed.store.unit() as unit:
        every = [unit.letters.by_number(f"ARR-{sealed.clock().year}-{n:06d}", None)[0] for n in (1, 2, 3)]
    keys = sorted(
        (hashlib.sha256(f"six, deux, quatre:{one.register_id}:{one.number}".encode()).hexdigest(), one.number)
        for one in every
    )
    assert [(one.key, one.number, one.outcome) for one in made.lines] == [(*each, "intact") for each in keys[:2]]
    assert made.population == 3
    assert not draw_letters("x", Stratum(year=1999), 2, actor=who("audit"), **engines).lines
    flip(sealed, first_original(sealed))
    spoilt = draw_letters("x", Stratum(), 3, actor=who("audit"), **engines)
    assert {one.outcome for one in spoilt.lines} == {"intact", "altere"}
    kept = draw_of(spoilt.id, store=sealed.store, actor=who("audit"))
    assert kept == spoilt
    (altered,) = (one.detail for one in kept.lines if one.outcome == "altere")
    assert altered.startswith("Le coffre rend l'original et sa signature tels qu'il les a reçus : Un fichier chiffré")
    assert "An encrypted file of the vault was changed" in tell(altered, translations("en").gettext)
    with pytest.raises(Refused):
        draw_letters("x", Stratum(), 0, actor=who("audit"), **engines)
    with pytest.raises(Forbidden):
        draw_letters("x", Stratum(), 1, actor=who("kossi"), **engines)


def test_the_auditors_pages_lead_from_the_chain_to_a_signed_report(sealed: House, client: httpx.Client) -> None:
    headers = signed_in(sealed, "audit") | {"Origin": str(client.base_url).rstrip("/")}
    chain = client.get("/integrite", headers=headers)
    assert chain.status_code == 200
    assert sealed.ledger.head().root in chain.text
    assert client.get("/integrite/documents/tete.txt", headers=headers).text == sealed.ledger.head().note
    assert sealed.ledger.verifier_key in client.get("/integrite/cles.txt", headers=headers).text
    assert client.get("/integrite/confiance.pem", headers=headers).content == sealed.signer.trust_pem
    assert client.get("/integrite/ailleurs/tete.txt", headers=headers).status_code == 404

    form = {"csrf_token": _token(client.get("/audits", headers=headers).text)}
    wrong = client.post("/audits", headers=headers, data={**form, "tetes": "rien"})
    assert wrong.status_code == 422
    heads = sealed.ledger.head().note
    asked_for = client.post("/audits", headers=headers, data={**form, "profondeur": "complet", "tetes": heads})
    assert asked_for.status_code == 303
    address = asked_for.headers["location"]
    assert client.post("/audits", headers=headers, data=form).status_code == 409
    assert client.get(address, headers=headers).status_code == 200
    assert client.get(f"{address}/rapport.pdf", headers=headers).status_code == 404
    assert client.get(f"{address}/avancement", headers=headers).status_code == 200
    audit_round(sealed, threading.Event())
    assert client.get(f"{address}/avancement", headers=headers).headers["hx-refresh"] == "true"
    assert "No anomaly" in client.get(address, headers=headers).text
    assert client.get(f"{address}/rapport.pdf", headers=headers).content.startswith(b"%PDF")
    assert client.get(f"{address}/rapport.json", headers=headers).json()["retained"] == 1
    assert client.get("/audits", headers=headers).status_code == 200

    drawn = client.post("/integrite/echantillon", headers=headers, data={**form, "graine": "=dés", "nombre": "2"})
    assert drawn.status_code == 303
    sample = drawn.headers["location"]
    assert f"ARR-{sealed.clock().year}-" in client.get(sample, headers=headers).text
    rows = list(csv.reader(StringIO(client.get(f"{sample}/tableau.csv", headers=headers).text), delimiter=";"))
    assert [row[2] for row in rows[1:3]] == ["intact", "intact"]
    assert client.get(f"{sample}/feuille.pdf", headers=headers).content.startswith(b"%PDF")
    none = client.post("/integrite/echantillon", headers=headers, data={**form, "nombre": ""})
    assert none.status_code == 422
    assert client.get("/integrite/echantillon", headers=headers).status_code == 200


def test_the_status_page_says_what_the_last_audit_found(sealed: House, client: httpx.Client) -> None:
    headers = signed_in(sealed, "admin")
    assert "/audits" in client.get("/etat", headers=headers).text
    flip(sealed, first_original(sealed))
    audit_round(sealed, threading.Event())
    assert (
        "1 anomalie" in client.get("/etat", headers=headers).text
        or "2 anomalies" in client.get("/etat", headers=headers).text
    )


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_an_audit_that_could_not_end_is_unfinished_says_so_and_goes_on(
    sealed: House, who: Who, client: httpx.Client
) -> None:
    run = ask_audit(Depth.FULL, store=sealed.store, actor=who("audit"), clock=sealed.clock)
    vault = sealed.settings.data / "vault"
    vault.rename(vault.with_name("ailleurs"))
    left = audit_round(sealed, threading.Event(), patience=())
    vault.with_name("ailleurs").rename(vault)
    assert left is not None
    assert (left.id, left.state, left.outcome, left.pdf_sha256) == (
        run.id,
        RunState.UNFINISHED,
        Outcome.UNFINISHED,
        None,
    )
    assert {code for code, _ in left.stopped} >= {"coffre"}
    assert all("reprenez cet audit" in why or "Rien n'en a été vérifié" in why for _, why in left.stopped)
    for login in ("audit", "admin"):
        assert f"/audits/{run.id}" in notices(sealed, who(login))
    assert audit_round(sealed, threading.Event()) is None, "it waits, and none begins beside it again and again"

    headers = signed_in(sealed, "audit") | {"Origin": str(client.base_url).rstrip("/")}
    page = client.get(f"/audits/{run.id}", headers=headers).text
    assert "hx-get" not in page
    assert "take this audit up again." in page or "Nothing of it was checked." in page
    assert all(why.split(".")[0] not in page for _, why in left.stopped), "the page is English"
    french = unescape(client.get(f"/audits/{run.id}", headers=in_french(headers)).text)
    assert left.stopped[0][1] in french
    assert f"/audits/{run.id}/reprise" in client.get("/audits", headers=headers).text
    form = {"csrf_token": _token(page)}
    went = client.post(f"/audits/{run.id}/reprise", headers=headers, data=form)
    assert (went.status_code, went.headers["location"]) == (303, f"/audits/{run.id}")
    assert client.post(f"/audits/{run.id}/reprise", headers=headers, data=form).status_code == 409
    done = audit_round(sealed, threading.Event())
    assert done is not None
    assert (done.id, done.state, done.outcome, done.stopped) == (run.id, RunState.DONE, Outcome.SOUND, ())
    with sealed.store.unit() as unit:
        acts = [one.act for one in unit.journal.about(run.id)]
    assert acts == ["audit.demande", "audit.inacheve", "audit.repris", "audit.fini"]


def test_an_unfinished_audit_goes_on_by_itself_and_one_as_deep_replaces_it(sealed: House, who: Who) -> None:
    vault, periods = sealed.settings.data / "vault", Periods(timedelta(days=1), timedelta(days=7))
    by_calendar = partial(ask_by_calendar, periods, store=sealed.store)

    def left_unfinished(depth: Depth) -> str:
        run = ask_audit(depth, store=sealed.store, actor=who("audit"), clock=sealed.clock)
        vault.rename(vault.with_name("ailleurs"))
        audit_round(sealed, threading.Event(), patience=())
        vault.with_name("ailleurs").rename(vault)
        return run.id

    first = left_unfinished(Depth.FULL)
    assert by_calendar(clock=sealed.clock) is None
    again = by_calendar(clock=lambda: sealed.clock() + TAKEN_UP_AFTER)
    assert again is not None
    assert (again.id, again.state, again.finished_at) == (first, RunState.WAITING, None)
    whole = audit_round(sealed, threading.Event())
    assert whole is not None
    assert (whole.id, whole.outcome) == (first, Outcome.SOUND)

    left_unfinished(Depth.QUICK)
    ask_audit(Depth.FULL, store=sealed.store, actor=who("audit"), clock=sealed.clock)
    assert audit_round(sealed, threading.Event()) is not None
    assert by_calendar(clock=lambda: sealed.clock() + TAKEN_UP_AFTER) is None, "a full audit is a quick one, and more"
