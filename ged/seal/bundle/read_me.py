"""The LISEZMOI of a bundle: the commands that check this very bundle, each begun by `$`, and what it must answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from ged.seal.bundle.contents import BundledFile, Contents, Evidence, Head
from ged.seal.leaf import blind
from ged.seal.note import entries, open_note


def read_me(contents: Contents) -> str:
    """Return the text, French then English."""
    return (
        _TITLE.format(number=contents.number)
        + "".join(_missing(contents))
        + _COMMANDS
        + "".join(part for one in contents.files for part in _file(one))
        + "".join(part for head in contents.heads for part in _head(head, contents))
        + "".join(_revoked(contents))
        + _ENGLISH
    )


def _missing(contents: Contents) -> Iterator[str]:
    said = [f"{one.label} : {one.missing}" for one in contents.files if one.missing]
    said += [f"{head.folder}, {what} : {why}" for head in contents.heads for what, why in head.missing.items()]
    for why in dict.fromkeys(one.missing for one in contents.journal if one.missing):
        lines = ", ".join(str(one.line) for one in contents.journal if one.missing == why)
        said.append(f"historique.json, lignes {lines} : {why}")
    said += [f"{what} : {why}" for what, why in contents.missing.items()]
    yield "Ce qui manque, et pourquoi\n" if said else "Rien ne manque.\n"
    for each in said:
        yield f"- {each}\n"


def _file(one: BundledFile) -> Iterator[str]:
    yield f"\n{one.label}\n  {one.name}\n"
    yield f"$ openssl dgst -sha256 {one.name}\n"
    yield f"  attendu : {one.digest}\n"
    if one.evidence is None:
        yield f"  {one.missing}\n"
        return
    yield from _evidence(one, one.evidence)


def _evidence(one: BundledFile, evidence: Evidence) -> Iterator[str]:
    if evidence.salt:
        yield f"$ (cat {one.place}.sel; openssl dgst -sha256 -binary {one.name}) | openssl dgst -sha256\n"
        yield f"  attendu : {blind(one.digest, evidence.salt)}\n"
        yield f"  la même que « blinded_sha256 » de {one.folder}/inscription.json, que le journal masque\n"
    else:
        yield f"  la même que « sha256 » de {one.folder}/inscription.json\n"
    yield f"$ openssl dgst -sha256 {one.place}.p7s\n"
    yield f"  attendu : {hashlib.sha256(evidence.p7s).hexdigest()}\n"
    yield f"  la même que « p7s_sha256 » de {one.folder}/inscription.json\n"
    yield (
        f"$ openssl cms -verify -cades -binary -inform DER -in {one.place}.p7s -content {one.name} "
        f"-CAfile confiance/autorite.pem -purpose any -attime {evidence.at} -out /dev/null\n"
    )
    yield f"  attendu : {_VERIFIED}\n"
    yield "  -attime : " + ("l'heure du jeton d'horodatage" if evidence.stamped_at else "l'heure déclarée") + "\n"
    yield f"  {one.folder}/preuve.tlog-proof mène de l'inscription à la tête {evidence.head.folder}.\n"


def _head(head: Head, contents: Contents) -> Iterator[str]:
    origin = head.note.decode().split("\n", 1)[0]
    signers = {line.key_id.hex() for line in open_note(head.note.decode())[1]}
    number = next(n for n, key in enumerate(contents.trust.logs, 1) if key.split("+")[1] in signers)
    yield f"\nTête du journal « {origin} », {entries(head.size)}\n"
    yield (
        f"$ openssl pkeyutl -verify -pubin -rawin -inkey confiance/journal-{number}.pem "
        f"-sigfile {head.folder}/corps.sig -in {head.folder}/corps\n"
    )
    yield "  attendu : Signature Verified Successfully\n"
    if head.token:
        at = contents.stamped_at(head)
        yield (
            f"$ openssl ts -verify -in {head.folder}/checkpoint.tsr -data {head.folder}/checkpoint "
            f"-CAfile confiance/horodatage.pem -attime {at}\n"
        )
        yield "  attendu : Verification: OK\n"


def _revoked(contents: Contents) -> Iterator[str]:
    for number, _ in enumerate(contents.trust.seals.lists, 1):
        yield f"\nListe de révocation {number}, à comparer aux numéros de série de confiance/cachets.pem\n"
        yield (
            f"$ openssl crl -in confiance/revocation-{number}.pem -CAfile confiance/autorite.pem -noout -lastupdate\n"
        )
        yield "  attendu : verify OK\n"


_VERIFIED = "Verification successful"
_TITLE = """LIASSE DE PREUVE, courrier {number}

Ces fichiers permettent de vérifier le courrier sans le logiciel qui l'a enregistré, et sans réseau.

1. Par le programme joint, lisible, qui ne demande que Python (3.9 ou plus) et la bibliothèque « cryptography » :
     python3 verifier.py LA-LIASSE.zip
   Chaque étape est numérotée. Code de sortie : 0 si tout se vérifie, 1 sinon.
   Un programme venu avec la liasse peut mentir : pour un litige, prenez-le d'une autre source, ou suivez le point 2.
2. Par openssl (3.0 ou plus), dans le dossier où la liasse est ouverte : les commandes ci-dessous.
3. Les clés du dossier « confiance » viennent de qui a fait la liasse. Comparez leurs empreintes, que verifier.py
   affiche, à celles que l'administration a publiées ou imprimées ; ou donnez-les en option :
     python3 verifier.py LA-LIASSE.zip --autorite F.pem --journal CLE --temoin CLE --horodatage F.pem
   Un journal dont la clé a changé a plusieurs clés : une seule, la plus récente que vous teniez, mène aux autres par
   confiance/successions.txt, où l'ancienne et la nouvelle ont signé ensemble.

Ce que la liasse prouve : ce fichier est, octet pour octet, celui qui fut scellé ; il l'était au plus tard à l'heure
de l'horodatage ; et, de chaque ligne de historique.json qui a son inscription dans « journal », qui fit quoi et quand.
Ce qu'elle ne prouve pas : le numéro, l'objet et les autres champs de courrier.json ; les textes et les valeurs que
dit historique.json, qui ne sont pas dans l'inscription ; qu'aucune autre ligne n'exista (l'installation le vérifie) ;
ni que le contenu du courrier dit vrai.

"""
_COMMANDS = """
Les commandes
"""
_ENGLISH = """
----------------------------------------------------------------------------------------------------------------------
PROOF BUNDLE. These files let anybody check the letter without the software that registered it, and with no network.

1. With the program enclosed, which needs only Python 3.9 or later and the `cryptography` library:
     python3 verifier.py THE-BUNDLE.zip
   Steps are numbered; `oui` holds, `non` fails, `absent` is a piece of evidence that is not there, with the reason.
   Exit code 0 when every step holds, 1 otherwise. A program that came with the bundle may lie: in a dispute take it
   from somewhere else, or use openssl.
2. With openssl 3.0 or later, in the folder where the bundle was opened: each line above that begins by `$` is a
   command, and the line below it (`attendu`) is what it must answer.
3. The keys in `confiance` come from whoever made the bundle. Compare their fingerprints, which verifier.py prints,
   with those that the administration published or printed, or give your own as options. Where the key of a log
   changed, give the latest that you hold: confiance/successions.txt, signed by both keys, leads to the others.

It proves that the file is, byte for byte, the one that was sealed, no later than the time of the timestamp; and, of
each line of historique.json with its entry in `journal`, who did what and when. It does not prove the number, the
subject and the other fields of courrier.json; the texts and values that historique.json tells and the entry does not;
that there was no other line; nor that what the letter says is true.
"""
