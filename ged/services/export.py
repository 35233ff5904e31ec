"""Exporting: a letter's original with everything that a stranger needs to check it, as files in a folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.ports import Ledger, Signer, Vault
from ged.seal.trust import TrustStore
from ged.services.beside import proof_suffix, salt_of
from ged.store.unit import Store

EXTENSIONS = {
    "application/pdf": "pdf",
    "image/tiff": "tif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/rfc822": "eml",
    "application/pkcs7-mime": "p7m",
}


def export(
    letter_id: str,
    folder: Path,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
) -> list[Path]:
    """Write a letter's files into a folder of its own under `folder` and return their paths.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `export.exists`, the letter's folder is there already.
    """
    require(actor, Right.EXPORT)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_destroyed(letter)
        record = unit.seals.of(letter.id)
        rendition = unit.pages.rendition(letter.id)
        unit.journal.write(clock(), Act.EXPORTED, actor, letter.id)
        unit.commit()
    target = folder / letter.number.replace("/", "-")
    try:
        target.mkdir(parents=True)
    except FileExistsError as error:
        raise Refused(
            "export.exists", Said("Le dossier %(folder)s existe déjà. Choisissez-en un autre.", folder=str(target))
        ) from error
    original = f"original.{EXTENSIONS.get(letter.media_type, 'bin')}"
    with vault.open(letter.original) as stream:
        _copy(stream, target / original)
    (target / "courrier.json").write_text(_described(letter), encoding="utf-8")
    if rendition is not None:
        with vault.open(rendition.digest) as stream:
            _copy(stream, target / "copie-consultable.pdf")
    if record is not None:
        proof = vault.companion(letter.original, proof_suffix(record.leaf_index)) or b""
        (target / "original.p7s").write_bytes(vault.companion(letter.original, "p7s") or b"")
        (target / "chaine.pem").write_bytes(signer.trust_pem)
        lists = TrustStore.from_pem(signer.trust_pem).lists_pem
        if lists:
            (target / "revocations.pem").write_bytes(lists)
        (target / "inscription.json").write_bytes(record.leaf)
        (target / "preuve.tlog-proof").write_bytes(proof)
        (target / "journal.vkey").write_text(ledger.key_text + "\n", encoding="utf-8")
        salt = salt_of(letter.original, vault)
        if salt:
            (target / "original.sel").write_bytes(salt)
        told = _READ_ME.format(
            original=original, number=letter.number, digest=(_BLINDED if salt else _PLAIN).format(original=original)
        )
        (target / "LISEZMOI.txt").write_text(told, encoding="utf-8")
    return sorted(target.iterdir())


def _copy(stream: BinaryIO, path: Path) -> None:
    with path.open("xb") as file:
        shutil.copyfileobj(stream, file)


def _described(letter: Letter) -> str:
    return json.dumps(asdict(letter), ensure_ascii=False, indent=2, default=str) + "\n"


_PLAIN = """L'empreinte de l'original est celle que porte inscription.json (« sha256 ») :
   openssl dgst -sha256 {original}"""
_BLINDED = """L'empreinte de l'original, masquée par original.sel, est celle d'inscription.json (« blinded_sha256 ») :
   (cat original.sel; openssl dgst -sha256 -binary {original}) | openssl dgst -sha256"""
_READ_ME = """Courrier {number}

Ces fichiers permettent de vérifier l'original sans le logiciel qui l'a enregistré.

1. {digest}
2. L'empreinte de la signature est celle que porte inscription.json (« p7s_sha256 ») :
   openssl dgst -sha256 original.p7s
3. La signature porte sur cet original et remonte à une autorité de chaine.pem, qui s'est signée elle-même :
   openssl cms -verify -cades -binary -inform DER -in original.p7s -content {original} \\
     -CAfile chaine.pem -purpose any -out /dev/null
   Une fois le certificat arrivé à son terme, ajoutez « -attime » et l'instant que prouve l'horodatage, en secondes
   depuis 1970. Si revocations.pem est là, il dit les certificats révoqués, depuis quand et pourquoi :
   openssl crl -in revocations.pem -CAfile chaine.pem -noout -text
4. preuve.tlog-proof mène de inscription.json à la tête signée du journal, au format C2SP tlog-proof ;
   journal.vkey est la clé publique du journal.
"""
