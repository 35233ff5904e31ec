"""The journal as files: a table, signed JSON, and what proves one line."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime

from api.views.history_words import harmless
from api.views.journal_query import AskedLines
from api.views.words import ACTS, translations
from ged.mail.journal_query import JournalLine
from ged.ports import Signer
from ged.seal.log import TileLog
from ged.services.read_journal import LineProof

_EPOCH = (1980, 1, 1, 0, 0, 0)


def as_csv(lines: Sequence[JournalLine], language: str) -> bytes:
    """Return lines as a table that a French spreadsheet opens: semicolons, UTF-8 with its mark."""
    say = translations(language).gettext
    text = io.StringIO()
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerow(
        ("ligne", "instant (UTC)", "identifiant", "personne", "acte", "code", "courrier", "détails", "inscription")
    )
    for line in lines:
        row = line.row
        details = json.dumps(row.details, ensure_ascii=False, sort_keys=True) if row.details else ""
        told = (row.login, row.name, say(ACTS.get(row.act, row.act)), row.act, line.number, details)
        place = "" if line.position is None else line.position
        table.writerow((row.id, row.at.isoformat(), *(harmless(cell) for cell in told), place))
    return text.getvalue().encode("utf-8-sig")


def as_signed(
    lines: Sequence[JournalLine], asked: AskedLines, *, log: TileLog | None, signer: Signer, at: datetime
) -> bytes:
    """Return a zip with lines as JSON, the seal's signature of it (CAdES), its certificates, and how to check them."""
    head = log.head().note if log else ""
    said = {
        "made_at": at.isoformat(),
        "asked": asked.address,
        "head": head,
        "lines": [
            {
                "id": line.row.id,
                "at": line.row.at.isoformat(),
                "act": line.row.act,
                "login": line.row.login,
                "name": line.row.name,
                "number": line.number,
                "about": line.row.about,
                "details": line.row.details,
                "whole": line.open,
                "entry": line.position,
            }
            for line in lines
        ],
    }
    data = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return _zip(
        {
            "journal.json": data,
            "journal.json.p7s": signer.sign(hashlib.sha256(data).digest(), at),
            "certificats.pem": signer.chain_pem,
            "LISEZMOI.txt": _SIGNED.encode(),
        }
    )


def as_proof(proof: LineProof) -> bytes:
    """Return a zip with an entry, byte for byte, its proof, the key that checks it, and how."""
    return _zip(
        {
            "inscription.json": proof.entry,
            "inscription.tlog-proof": proof.proof.encode(),
            "cle-publique": f"{proof.key_text}\n".encode(),
            "LISEZMOI.txt": _PROOF.format(line=proof.line, position=proof.position).encode(),
        }
    )


def _zip(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


_SIGNED = """Lignes du journal des actes, telles que la base les dit, signées par le cachet de l'installation.

Vérifier la signature :
  openssl cms -verify -cades -binary -inform DER -in journal.json.p7s -content journal.json \\
    -CAfile certificats.pem -purpose any -out /dev/null
« entry » est le numéro de l'inscription de chaque ligne, à partir de 0 ; null : elle attend.
« whole » dit faux d'une ligne dont une partie n'est pas ouverte au demandeur.
« head » est la tête signée du journal au moment de l'export.
"""
_PROOF = """Preuve de la ligne {line} du journal des actes, inscription n° {position} (à partir de 0).

inscription.json        la ligne, octet pour octet, telle qu'inscrite
inscription.tlog-proof  le chemin de l'inscription à la tête signée du journal (C2SP tlog-proof, RFC 9162)
cle-publique            la clé de la tête : comparez-la à celle que vous tenez de l'administration

À vérifier : le SHA-256 de l'octet 00 suivi de inscription.json est la feuille ; le chemin mène de la feuille à la
racine ; la racine est dans la tête, que cette clé a signée (Ed25519).
"""
