"""How the web answers under load: list, letter, search, by wrk; beside a static file, the limit of the server.

    python -m scripts.measure_api [--letters N] [--seconds S]

A server of its own, on embedded engines, with letters of our own already read, and a process a core, as installed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from io import BytesIO

import httpx
import weasyprint

from api.model_folder import read_folder
from api.wiring import House
from api.worker import run_worker
from ged.services.capture import Door
from ged.services.establish import establish
from ged.services.sign_in import actor_of, create_token, set_password, sign_in
from ingest.capture.receive import receive
from scripts.measured_house import measured_house, serving
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.compose import compose

_CONNECTIONS = 8
_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=8, help="for each address")
    given = parser.parse_args()
    with measured_house() as (house, environment):
        letter, token, session = _prepared(house, given.letters)
        with serving(environment) as base:
            rows = _rows(base, letter, token, session, given.seconds)
    text = f"{given.letters} letters, {_CONNECTIONS} clients that ask without pause, {given.seconds} s each address."
    write_section(
        "api", "The web under load", text + "\n\n" + table(["what", "requests/s", "p50 ms", "p99 ms", "bytes"], rows)
    )


def _prepared(house: House, count: int) -> tuple[str, str, str]:
    """Fill a house; return the id of a letter, a token and a session of the clerk."""
    establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
    clerk = actor_of("kossi", store=house.store, clock=house.clock)
    last = ""
    for number in range(count):
        composed = compose(500_000 + number)
        text = "".join(
            f"<p>{part}</p>" for part in (composed.sender, composed.reference, composed.subject, *composed.paragraphs)
        )
        data = weasyprint.HTML(string=f"<html lang=fr><body>{text}</body></html>").write_pdf()
        receipt = receive(BytesIO(data), "lettre.pdf", door=Door.COMMAND, actor=clerk, entrance=house.entrance)
        last = receipt.letter_id
        print(f"\r{number + 1}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    run_worker(house, until_idle=True)
    set_password("kossi", "mesure-de-la-charge", store=house.store, clock=house.clock)
    session = sign_in("kossi", "mesure-de-la-charge", store=house.store, clock=house.clock)
    return last, create_token("kossi", "mesure", 1, store=house.store, clock=house.clock), session.secret


def _rows(base: str, letter: str, token: str, session: str, seconds: int) -> list[list[object]]:
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"ged_session={session}"}
    addresses = [
        ("a static file: what the server can do at most", "/static/app.css"),
        ("API: 50 letters of the list", "/api/v1/letters"),
        ("API: one letter with its words", f"/api/v1/letters/{letter}"),
        ("API: search with facets", "/api/v1/search?q=transformateur+kpalime&facets=true"),
        ("page: À qualifier", "/b/a-qualifier"),
        ("page: a letter", f"/courrier/{letter}?dans=a-qualifier"),
        ("page: Recherche", "/recherche?q=transformateur+kpalime"),
    ]
    return [[name, *_wrk(base + address, headers, seconds)] for name, address in addresses]


def _wrk(address: str, headers: dict[str, str], seconds: int) -> list[object]:
    answer = httpx.get(address, headers=headers)
    answer.raise_for_status()
    command = ["wrk", "-t2", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--latency"]
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    said = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        sys.exit(f"{address} did not always answer well:\n{said}")
    (rate,) = re.findall(r"Requests/sec:\s+([\d.]+)", said)
    shares = [re.findall(rf"{share}%\s+([\d.]+)(us|ms|s)", said)[0] for share in (50, 99)]
    return [rate, *(f"{float(value) * _IN_MS[unit]:.1f}" for value, unit in shares), len(answer.content)]


if __name__ == "__main__":
    main()
