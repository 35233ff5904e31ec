"""Vérifie une liasse de preuve, seul et sans réseau : Python 3.9 ou plus et « cryptography » 42 ou plus.

    python3 verifier.py liasse.zip [--autorite F.pem] [--journal CLE] [--temoin CLE] [--horodatage F.pem]

Sans option, les clés sont celles que la liasse apporte : comparez alors les empreintes affichées à celles que
l'administration a publiées ou imprimées. Codes de sortie : 0 tout se vérifie, 1 une étape échoue ou la liasse n'est
pas lisible. A proof bundle is checked alone and offline; exit code 0 when every step holds, 1 otherwise.

Normes : RFC 5652 (CMS), RFC 5035, ETSI EN 319 122-1 (CAdES), RFC 3161, RFC 9162, C2SP signed-note, tlog-checkpoint,
tlog-proof et tlog-cosignature.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

FORMATS = (1, 2)
GOOD, BAD, ABSENT = "oui", "non", "absent"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*(/[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*){0,3}|LISEZMOI\.txt")
_SMALL, _MANY = 16 << 20, 10_000
_HASHES = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}
_DIGESTS = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_TIME = (bytes.fromhex("2a864886f70d0109") + bytes([n]) for n in (3, 4, 5))
_CERTIFICATE_IDS = (bytes.fromhex("2a864886f70d010910022f"), bytes.fromhex("2a864886f70d010910020c"))
_SIGNED_DATA, _DATA = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010701")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")


class Fault(Exception):  # noqa: N818 - ce qui ne va pas, dit en une phrase
    """Une étape qui ne se vérifie pas ; le message dit pourquoi."""


class Step(NamedTuple):
    """Une étape : de quoi elle parle, ce qu'elle demande, son état (oui, non, absent) et ce qui fut trouvé."""

    number: int
    about: str
    title: str
    state: str
    detail: str


class Trust(NamedTuple):
    """Ce à quoi l'on se fie : certificats des autorités, clés des journaux et des témoins au format C2SP.

    `seals`, s'il n'est pas vide, dit quels certificats sont des cachets : un autre, même de l'autorité, ne scelle rien.
    `links` sont des intermédiaires, `crls` des listes de révocation : rien n'est cru pour y être. `successions` sont
    les notes par lesquelles la clé d'un journal en introduit une autre : crues quand une des deux l'est.
    """

    authorities: Sequence[x509.Certificate] = ()
    logs: Sequence[str] = ()
    witnesses: Sequence[str] = ()
    stamps: Sequence[x509.Certificate] = ()
    seals: Sequence[x509.Certificate] = ()
    links: Sequence[x509.Certificate] = ()
    crls: Sequence[x509.CertificateRevocationList] = ()
    successions: Sequence[str] = ()


class Bundle:
    """Une liasse ouverte : les noms qu'elle contient, lus sans jamais rien écrire."""

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        self._archive = archive
        entries = archive.infolist()
        self.names = [entry.filename for entry in entries]
        for name in self.names:
            if not _NAME.fullmatch(name):
                raise Fault(f"La liasse contient un nom interdit : {name!r}")
        if len(set(self.names)) != len(self.names):
            raise Fault("La liasse contient deux fois le même nom")
        if len(entries) > _MANY or any(e.compress_type != zipfile.ZIP_STORED or e.flag_bits & 1 for e in entries):
            raise Fault("La liasse est comprimée, chiffrée ou trop nombreuse : une liasse ne l'est jamais")
        if sum(e.file_size for e in entries) > size or any(e.file_size != e.compress_size for e in entries):
            raise Fault("La liasse annonce plus d'octets qu'elle n'en contient")
        self.manifest = self._manifest()

    def _manifest(self) -> dict[str, Any]:
        try:
            found = json.loads(self.read("liasse.json"))
            known = found["format"] in FORMATS
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Fault("Le sommaire liasse.json n'est pas lisible") from error
        if not known:
            raise Fault(f"Cette liasse est du format {found['format']!r} ; ce vérificateur lit {FORMATS}")
        return dict(found)

    def open(self, name: str) -> BinaryIO:
        """Ouvre un fichier de la liasse."""
        if name not in self.names:
            raise Fault(f"Le fichier {name} manque")
        return self._archive.open(name)  # type: ignore[return-value]

    def read(self, name: str) -> bytes:
        """Rend un petit fichier de la liasse, en entier."""
        with self.open(name) as stream:
            data = stream.read(_SMALL + 1)
        if len(data) > _SMALL:
            raise Fault(f"Le fichier {name} est trop grand")
        return data

    def digest(self, name: str) -> tuple[str, int]:
        """Rend (SHA-256 en hexadécimal, taille en octets) d'un fichier, lu par morceaux."""
        found, size = hashlib.sha256(), 0
        with self.open(name) as stream:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                found.update(chunk)
                size += len(chunk)
        return found.hexdigest(), size


class Der(NamedTuple):
    """Une valeur DER : son étiquette, son contenu, son écriture entière."""

    tag: int
    body: bytes
    whole: bytes

    def inside(self) -> list[Der]:
        """Rend les valeurs contenues."""
        return list(_der(self.body))


def _der(data: bytes) -> Iterator[Der]:
    at = 0
    while at < len(data):
        start, tag = at, data[at]
        length, at = data[at + 1], at + 2
        if length & 0x80:
            octets = length & 0x7F
            length, at = int.from_bytes(data[at : at + octets], "big"), at + octets
            if not 1 <= octets <= 4:
                raise ValueError("longueur DER")
        if tag & 0x1F == 0x1F or at + length > len(data):
            raise ValueError("valeur DER tronquée")
        yield Der(tag, data[at : at + length], data[start : at + length])
        at += length


class Signed(NamedTuple):
    """Ce que dit une signature CMS : son signataire, les certificats joints, l'heure déclarée, le contenu signé."""

    signer: x509.Certificate
    others: list[x509.Certificate]
    claimed: datetime | None
    content: bytes


def read_cms(data: bytes, digest_of: Callable[[hashes.HashAlgorithm], bytes] | None) -> Signed:
    """Rend une signature dont la cryptographie tient ; `digest_of` donne l'empreinte d'un contenu détaché."""
    (outer,) = _der(data)
    kind, content = outer.inside()
    _must(kind.body == _SIGNED_DATA, "ce n'est pas une signature CMS")
    parts = content.inside()[0].inside()
    inner, rest = parts[2].inside(), {part.tag: part for part in parts[3:]}
    joined = [x509.load_der_x509_certificate(each.whole) for each in rest[0xA0].inside()]
    (info,) = rest[0x31].inside()
    fields = info.inside()
    digest = _DIGESTS[fields[2].inside()[0].body]
    attributes = {each.inside()[0].body: each.inside()[1].inside()[0] for each in fields[3].inside()}
    _must(fields[3].tag == 0xA0 and attributes[_CONTENT_TYPE].body == inner[0].body, "attributs signés absents")
    body = inner[1].inside()[0].body if len(inner) > 1 else b""
    _must((digest_of is None) == (len(inner) > 1), "le contenu n'est pas où il devrait être")
    expected = _hashed(digest, body) if digest_of is None else digest_of(digest)
    _must(attributes[_MESSAGE_DIGEST].body == expected, "la signature porte sur d'autres octets")
    signer = _named(joined, attributes)
    _verify(signer, fields[5].body, b"\x31" + fields[3].whole[1:], digest)
    return Signed(signer, joined, _time(attributes.get(_SIGNING_TIME)), body)


def _named(joined: list[x509.Certificate], attributes: dict[bytes, Der]) -> x509.Certificate:
    named = next(attributes[kind] for kind in _CERTIFICATE_IDS if kind in attributes)
    digest = next(part for part in named.inside()[0].inside()[0].inside() if part.tag == 0x04).body
    algorithm: hashes.HashAlgorithm = _HASHES.get(len(digest)) or hashes.SHA1()  # noqa: S303 - RFC 2634 l'impose
    for each in joined:
        if each.fingerprint(algorithm) == digest:
            return each
    raise Fault("le certificat que nomme la signature n'y est pas")


def _verify(signer: x509.Certificate, signature: bytes, signed: bytes, digest: hashes.HashAlgorithm) -> None:
    key = signer.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        else:
            raise Fault("clé d'une sorte inconnue")
    except InvalidSignature as error:
        raise Fault("la signature ne se vérifie pas") from error


def follow(
    signed: Signed, trusted: Sequence[x509.Certificate], trust: Trust, at: datetime, *, proved: bool, usage: str = ""
) -> str:
    """Suit la chaîne du signataire jusqu'à une autorité de confiance, valable et non révoquée à l'instant `at`.

    Seule une heure prouvée survit à une révocation : qui a volé une clé déclare la veille.
    """
    current, seen = signed.signer, 0
    if usage:
        wanted = x509.ObjectIdentifier(usage)
        _must(wanted in current.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value, "usage non permis")
    while True:
        _must(current.not_valid_before_utc <= at <= current.not_valid_after_utc, "un certificat n'était pas valable")
        if current in trusted:
            return f"« {_name(current)} », à la date du {at:%Y-%m-%d %H:%M:%S} UTC"
        issuer = next((one for one in [*trusted, *trust.links, *signed.others] if _issued(current, one)), None)
        seen += 1
        if issuer is None or seen > 8:
            raise Fault("le certificat n'est pas émis par une autorité de confiance")
        for crl in trust.crls:
            gone = crl.get_revoked_certificate_by_serial_number(current.serial_number)
            known = crl.issuer == issuer.subject and crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
            if known and gone is not None and not (proved and at < _revoked_at(gone)):
                raise Fault(f"un certificat est révoqué depuis le {_revoked_at(gone):%Y-%m-%d %H:%M:%S} UTC")
        current = issuer


def _revoked_at(gone: x509.RevokedCertificate) -> datetime:
    doubts = [one.value.invalidity_date_utc for one in gone.extensions if isinstance(one.value, x509.InvalidityDate)]
    return min([gone.revocation_date_utc, *doubts])


def _name(certificate: x509.Certificate) -> str:
    """Rend le nom d'un certificat comme on le lit : qui, puis de quelle organisation."""
    kinds = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
    found = [str(each.value) for kind in kinds for each in certificate.subject.get_attributes_for_oid(kind)]
    return ", ".join(dict.fromkeys(found)) or certificate.subject.rfc4514_string()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False


class Head(NamedTuple):
    """Une tête de journal : son nom, sa taille, sa racine, les octets signés, les signatures, la ligne d'extension."""

    origin: str
    size: int
    root: bytes
    body: bytes
    lines: list[tuple[str, bytes]]
    extension: str = ""


def read_head(note: bytes) -> Head:
    """Lit une tête (C2SP tlog-checkpoint) ; rien n'en est encore vérifié."""
    body, _, below = note.decode().partition("\n\n")
    rows = body.split("\n")
    lines = [row.split(" ") for row in below.split("\n")[:-1]]
    _must(3 <= len(rows) <= 4 and bool(rows[-1]) and below[-1:] in {"", "\n"}, "tête illisible")
    _must(all(row[0] == "—" and len(row) == 3 for row in lines), "tête illisible")
    _must(str(int(rows[1])) == rows[1] and len(_b64(rows[2])) == 32, "tête illisible")
    marks = [(r[1], _b64(r[2])) for r in lines]
    return Head(rows[0], int(rows[1]), _b64(rows[2]), (body + "\n").encode(), marks, "".join(rows[3:]))


def signed_by(head: Head, verifier: str, *, witness: bool = False) -> str:
    """Rend par qui et quand une tête est signée, par la clé C2SP `nom+empreinte+base64` ; "" si elle ne l'est pas."""
    name, _, key = verifier.split("+", 2)
    kind, public = _b64(key)[:1], _b64(key)[1:]
    identity = hashlib.sha256(name.encode() + b"\n" + _b64(key)).digest()[:4]
    _must(kind == (b"\x04" if witness else b"\x01") and (witness or name == head.origin), "clé d'un autre journal")
    for who, signature in head.lines:
        if who != name or signature[:4] != identity:
            continue
        said, mark, when = head.body, signature[4:], ""
        if witness:
            seconds = int.from_bytes(mark[:8], "big")
            said, mark = b"cosignature/v1\ntime %d\n" % seconds + said, mark[8:]
            when = f", le {datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(public).verify(mark, said)
        except InvalidSignature as error:
            raise Fault(f"la signature de « {name} » ne se vérifie pas") from error
        return name + when
    return ""


def log_keys(trust: Trust) -> dict[str, tuple[int, float]]:
    """Rend les clés de journal crues, et de chacune les tailles de la première et de la dernière tête qu'elle signe.

    Une succession est une tête que l'ancienne clé et la nouvelle ont signée : l'ancienne n'en signe pas de plus grande,
    la nouvelle pas de plus petite. Qui a volé une clé remplacée ne peut donc ni continuer le journal, ni en introduire
    une seconde.
    """
    begins, ends, after = dict.fromkeys(trust.logs, 0), dict[str, int](), dict[str, str]()
    waiting = list(dict.fromkeys(trust.successions))
    while led := [note for note in waiting if {*read_head(note.encode()).extension.split(" ")[2:]} & {*begins}]:
        for note in led:
            waiting.remove(note)
            head = read_head(note.encode())
            word, _, old, new = head.extension.split(" ")
            both = word == "succession" and old != new and signed_by(head, old) and signed_by(head, new)
            _must(bool(both), "une succession n'est pas signée par les deux clés")
            once = old not in after and new not in after.values()
            _must(once, "deux clés se disent la suite, ou le début, d'une même clé du journal")
            begins.setdefault(old, 0)
            begins[new], ends[old], after[old] = head.size, head.size, new
    _must(all(begins[key] <= end for key, end in ends.items()), "une clé finit avant d'avoir commencé")
    return {key: (begins[key], ends.get(key, float("inf"))) for key in begins}


def leads_to(leaf: bytes, index: int, path: list[bytes], head: Head) -> bool:
    """Dit si le chemin mène de l'inscription à la racine. Source : RFC 9162, 2.1.3.2."""
    here, last, found = index, head.size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    if not 0 <= index < head.size:
        return False
    for each in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = hashlib.sha256(b"\x01" + each + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + each).digest()
        here, last = here >> 1, last >> 1
    return last == 0 and found == head.root


def _plain(text: str) -> str:
    """Rend un texte de la liasse sans rien qui commande un terminal."""
    return "".join(each if each.isprintable() else "?" for each in text)


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise Fault(message)


def _hashed(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(data)
    return made.finalize()


def _b64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    _must(base64.b64encode(data).decode() == text, "base64 non canonique")
    return data


def _time(value: Der | None) -> datetime | None:
    if value is None:
        return None
    text = value.body.decode().split(".")[0].rstrip("Z")
    return datetime.strptime(text, "%y%m%d%H%M%S" if value.tag == 0x17 else "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)


class Examination:
    """L'examen d'une liasse : les étapes dans l'ordre, chacune tentée quoi qu'ait dit la précédente."""

    def __init__(self, bundle: Bundle, trust: Trust) -> None:
        self.bundle, self.trust = bundle, trust
        self.steps: list[Step] = []
        self._digests: dict[str, tuple[str, int]] = {}

    def run(self) -> list[Step]:
        """Rend les étapes."""
        listed = self.bundle.manifest.get("documents")
        documents = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        self._try("Liasse", "La liasse est entière, chaque fichier a l'empreinte de son sommaire", self._whole)
        if [one.get("role") for one in documents].count("original") != 1:
            self._note("Liasse", "La liasse a un original", BAD, "Le sommaire n'en nomme pas un seul")
        for one in documents:
            about = str(one.get("nom"))[:200]
            if not one.get("inscription") and one.get("role") != "original":
                self._note(about, "Un sceau couvre ce fichier", ABSENT, str(one.get("manque"))[:300])
                continue
            self._document(about, one)
        self._history()
        return self.steps

    def _history(self) -> None:
        """L'historique et ses inscriptions au journal des actes ; une tête vaut pour toutes ses lignes."""
        about = "Historique"
        if self.bundle.manifest["format"] == 1:
            self._note(
                about, "Ses lignes figurent au journal des actes", ABSENT, "le format 1 n'en porte pas la preuve"
            )
            return
        self._try(about, "Aucune ligne n'y fut ôtée ni changée", self._chained)
        self._try(about, "Ses lignes figurent au journal des actes", self._lines)
        listed = self.bundle.manifest.get("journal")
        lines = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        waiting = [one for one in lines if not one.get("inscription")]
        if waiting and len(waiting) < len(lines):
            reasons = Counter(str(each.get("manque"))[:300] for each in waiting)
            why = " ; ".join(f"{count} : {reason}" for reason, count in list(reasons.items())[:5])
            self._note(about, "Toutes ses lignes sont prouvées", ABSENT, why)
        for one in {str(each.get("tete")): each for each in lines if each.get("inscription")}.values():
            self._outside(about, one, [])

    def _outside(self, about: str, one: dict[str, Any], times: list[datetime]) -> None:
        """Ce que d'autres disent de la tête du journal des actes."""
        self._try(about, "La tête du journal des actes est signée par le journal", lambda: self._head(one))
        self._try(about, "Des témoins ont cosigné la tête", lambda: self._witnesses(one))
        self._try(about, "La tête est horodatée", lambda: self._stamp(one, times))

    def _events(self) -> list[dict[str, Any]]:
        return [dict(each) for each in json.loads(self.bundle.read("historique.json"))]

    def _chained(self) -> str:
        """Refait la suite d'empreintes de l'historique : chacune porte sur celle d'avant et sur la ligne."""
        original = next(one for one in self.bundle.manifest["documents"] if one["role"] == "original")
        digest, events = self._digest(original["fichier"])[0], self._events()
        last = hashlib.sha256(f"{self.bundle.manifest['courrier']['id']}\n{digest}".encode()).hexdigest()
        for event in events:
            said = event.pop("sha256")
            plain = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            last = hashlib.sha256(f"{last}\n{plain}".encode()).hexdigest()
            _must(last == said, f"la ligne {event['id']} ne suit pas celle d'avant")
        return f"{len(events)} lignes" if events else "absent : l'historique n'a pas de ligne"

    def _lines(self) -> str:
        told = {event["id"]: event for event in self._events()}
        listed = self.bundle.manifest["journal"]
        _must([one["ligne"] for one in listed] == list(told), "le sommaire ne nomme pas les lignes de l'historique")
        proved, heads = [one for one in listed if one.get("inscription")], dict[str, Head]()
        for one in proved:
            entry, event = self.bundle.read(one["inscription"]), told[one["ligne"]]
            said = json.loads(entry)
            same = [said[name] for name in ("id", "act", "login", "name")]
            _must(
                same == [event[name] for name in ("id", "act", "login", "by")]
                and self._own(said)
                and datetime.fromisoformat(said["at"]) == datetime.fromisoformat(event["at"]),
                f"la ligne {event['id']} n'est pas celle qui fut inscrite",
            )
            index, path, head = self._proof(one)
            _must(leads_to(entry, index, path, head), f"la preuve de la ligne {event['id']} ne mène pas à la tête")
            _must(heads.setdefault(one["tete"], head) == head, f"la preuve de la ligne {event['id']} a une autre tête")
        if not proved:
            why = str(listed[0].get("manque"))[:300] if listed else "l'historique n'a pas de ligne"
            return f"absent : {why}"
        return f"{len(proved)} lignes sur {len(told)} : qui, quand, quel acte"

    def _own(self, said: dict[str, Any]) -> bool:
        """Dit si une inscription du journal des actes est de ce courrier, ou de cette pièce de son dossier."""
        own = self.bundle.manifest["courrier"]
        if "piece" not in own:
            return bool(said["letter"] == own["id"])
        return (said["letter"], said["about"], said["details"]["piece"]) == (None, own["dossier"], own["piece"])

    def _document(self, about: str, one: dict[str, Any]) -> None:
        times: list[datetime] = []
        self._try(about, "Le fichier a l'empreinte inscrite au journal", lambda: self._file(one))
        self._try(about, "Le fichier de signature est celui inscrit au journal", lambda: self._p7s(one))
        self._try(about, "La signature porte sur ce fichier et se vérifie", lambda: self._signature(one, times))
        self._try(about, "L'inscription figure dans le journal", lambda: self._inclusion(one))
        self._try(about, "La tête du journal est signée par le journal", lambda: self._head(one))
        self._try(about, "Des témoins ont cosigné la tête", lambda: self._witnesses(one))
        self._try(about, "La tête est horodatée", lambda: self._stamp(one, times))
        self._try(about, "Le certificat vient d'une autorité de confiance", lambda: self._chain(one, times))

    def _try(self, about: str, title: str, act: Callable[[], str]) -> None:
        try:
            found = act()
        except Fault as error:
            self._note(about, title, BAD, str(error))
        except Exception as error:  # noqa: BLE001 - la liasse est hostile : tout ce qu'elle casse est un refus
            self._note(about, title, BAD, f"illisible ({type(error).__name__})")
        else:
            absent = found.startswith("absent : ")
            self._note(about, title, ABSENT if absent else GOOD, found[9:] if absent else found)

    def _note(self, about: str, title: str, state: str, detail: str) -> None:
        self.steps.append(Step(len(self.steps) + 1, _plain(about), title, state, _plain(detail)))

    def _whole(self) -> str:
        listed = dict(self.bundle.manifest["fichiers"])
        if set(listed) | {"liasse.json"} != set(self.bundle.names):
            raise Fault("Le sommaire ne nomme pas les fichiers qui sont là")
        for name, said in listed.items():
            self._digests[name] = self.bundle.digest(name)
            if self._digests[name] != (said["sha256"], said["taille"]):
                raise Fault(f"{name} n'a pas l'empreinte du sommaire")
        return f"{len(listed)} fichiers"

    def _digest(self, name: str) -> tuple[str, int]:
        if name not in self._digests:
            self._digests[name] = self.bundle.digest(name)
        return self._digests[name]

    def _leaf(self, one: dict[str, Any]) -> dict[str, Any]:
        if not one.get("inscription"):
            raise Fault(f"pas de sceau : {str(one.get('manque'))[:300]}")
        return dict(json.loads(self.bundle.read(one["inscription"])))

    def _file(self, one: dict[str, Any]) -> str:
        leaf, (digest, size) = self._leaf(one), self._digest(one["fichier"])
        expected = leaf["blinded_sha256"] if leaf.get("format") == 2 else leaf["sha256"]
        _must((expected, leaf["size"]) == (self._blinded(one, leaf, digest), size), f"son empreinte est {digest[:16]}…")
        letter = self.bundle.manifest["courrier"]["id"]
        _must(one["role"] != "original" or leaf["document"] == letter, "l'inscription est celle d'un autre courrier")
        return f"SHA-256 {digest}, {size} octets"

    def _blinded(self, one: dict[str, Any], leaf: dict[str, Any], digest: str) -> str:
        """Rend l'empreinte telle que l'inscription la porte : celle d'un courrier confidentiel est masquée d'un sel."""
        if leaf.get("format") != 2:
            return digest
        _must(bool(one.get("sel")), "l'inscription est masquée, et le sel manque")
        return hashlib.sha256(self.bundle.read(one["sel"]) + bytes.fromhex(digest)).hexdigest()

    def _p7s(self, one: dict[str, Any]) -> str:
        digest = self._digest(one["signature"])[0]
        _must(self._leaf(one)["p7s_sha256"] == digest, "ce n'est pas la signature inscrite au journal")
        return f"SHA-256 {digest[:16]}…"

    def _cms(self, one: dict[str, Any]) -> Signed:
        return read_cms(self.bundle.read(one["signature"]), lambda digest: self._content(one["fichier"], digest))

    def _content(self, name: str, algorithm: hashes.HashAlgorithm) -> bytes:
        _must(isinstance(algorithm, hashes.SHA256), "empreinte d'une sorte inconnue")
        return bytes.fromhex(self._digest(name)[0])

    def _signature(self, one: dict[str, Any], times: list[datetime]) -> str:
        signed = self._cms(one)
        if signed.claimed is None:
            raise Fault("la signature ne dit pas sa date")
        times.append(signed.claimed)
        return f"par « {_name(signed.signer)} », datée du {signed.claimed:%Y-%m-%d %H:%M:%S} UTC"

    def _proof(self, one: dict[str, Any]) -> tuple[int, list[bytes], Head]:
        above, _, note = self.bundle.read(one["preuve"]).decode().partition("\n\n")
        rows = above.split("\n")
        _must(rows[0] == "c2sp.org/tlog-proof@v1" and rows[1].startswith("index "), "preuve illisible")
        return int(rows[1][6:]), [_b64(row) for row in rows[2:]], read_head(note.encode())

    def _inclusion(self, one: dict[str, Any]) -> str:
        index, path, head = self._proof(one)
        leaf = self.bundle.read(one["inscription"])
        _must(leads_to(leaf, index, path, head), "la preuve ne mène pas de l'inscription à la tête du journal")
        return f"inscription n° {index} sur {head.size}"

    def _head(self, one: dict[str, Any]) -> str:
        head = self._proof(one)[2]
        known = {key: span for key, span in log_keys(self.trust).items() if key.split("+")[0] == head.origin}
        _must(bool(known), f"le journal « {head.origin} » n'est pas un journal de confiance")
        spans = [span for key, span in known.items() if signed_by(head, key)]
        _must(bool(spans), "la tête n'est pas signée par le journal")
        _must(any(a <= head.size <= b for a, b in spans), "la tête est signée par une clé que le journal a remplacée")
        _must(self.bundle.read(one["tete"] + "/corps") == head.body, "la tête jointe n'est pas celle de la preuve")
        many = "s" if head.size > 1 else ""
        return f"« {head.origin} », {head.size} inscription{many}, racine {head.root.hex()[:16]}…"

    def _witnesses(self, one: dict[str, Any]) -> str:
        head = self._proof(one)[2]
        others = sorted({name for name, _ in head.lines} - {head.origin})
        said = [by for key in self.trust.witnesses if (by := signed_by(head, key, witness=True))]
        if said:
            return ", ".join(said)
        _must(not others, f"cosignée par {', '.join(others)}, qui n'est pas un témoin connu")
        return f"absent : {self._missing(one, 'cosignature')}"

    def _stamp(self, one: dict[str, Any], times: list[datetime]) -> str:
        token = str(one["tete"]) + "/checkpoint.tsr"
        if token not in self.bundle.names:
            return f"absent : {self._missing(one, 'horodatage')}"
        note = self.bundle.read(one["tete"] + "/checkpoint")
        _must(read_head(note).body == self._proof(one)[2].body, "le jeton porte sur une autre tête")
        (answer,) = _der(self.bundle.read(token))
        status, content = answer.inside()
        _must(status.inside()[0].body in {b"\x00", b"\x01"}, "l'autorité n'avait pas accordé le jeton")
        signed = read_cms(content.whole, None)
        info = next(_der(signed.content)).inside()
        algorithm, imprint = info[2].inside()
        digest = _DIGESTS[algorithm.inside()[0].body]
        _must(imprint.body == _hashed(digest, note), "le jeton porte sur une autre tête")
        at = _time(next(part for part in info if part.tag == 0x18))
        if at is None:
            raise Fault("le jeton ne dit pas l'heure")
        by = follow(signed, self.trust.stamps, self.trust, at, proved=False, usage="1.3.6.1.5.5.7.3.8")
        times.append(at)
        return f"par {by}"

    def _chain(self, one: dict[str, Any], times: list[datetime]) -> str:
        _must(bool(times), "la date de la signature n'est pas connue")
        signed, proved = self._cms(one), len(times) > 1
        _must(not self.trust.seals or signed.signer in self.trust.seals, "le certificat n'est pas un cachet connu")
        how = "date prouvée" if proved else "date déclarée, non prouvée"
        return f"{follow(signed, self.trust.authorities, self.trust, times[-1], proved=proved)} ({how})"

    def _missing(self, one: dict[str, Any], what: str) -> str:
        heads = {head["dossier"]: head for head in self.bundle.manifest["tetes"]}
        return str(heads[one["tete"]]["manque"].get(what, "rien n'est dit"))[:300]


def verify(file: BinaryIO, pinned: Trust | None = None) -> tuple[list[Step], dict[str, Any], Trust]:
    """Rend les étapes, le sommaire et les clés employées ; `pinned` remplace ce que la liasse dit de croire.

    Une liasse qui ne s'ouvre pas rend une seule étape, qui échoue.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    nobody = pinned or Trust()
    try:
        with zipfile.ZipFile(file) as archive:
            bundle = Bundle(archive, size)
            trust = _trust(bundle, pinned)
            return Examination(bundle, trust).run(), bundle.manifest, trust
    except Fault as error:
        return [Step(1, "Liasse", "La liasse s'ouvre", BAD, str(error))], {}, nobody
    except Exception as error:  # noqa: BLE001 - la liasse est hostile : tout ce qu'elle casse est un refus
        said = f"Le fichier est tronqué ou n'est pas une liasse ({type(error).__name__})"
        return [Step(1, "Liasse", "La liasse s'ouvre", BAD, said)], {}, nobody


def _trust(bundle: Bundle, pinned: Trust | None) -> Trust:
    def certificates(name: str) -> list[x509.Certificate]:
        data = bundle.read(name) if name in bundle.names else b""
        return x509.load_pem_x509_certificates(data) if data else []

    def keys(name: str) -> list[str]:
        return bundle.read(name).decode().split() if name in bundle.names else []

    text = bundle.read("confiance/successions.txt").decode() if "confiance/successions.txt" in bundle.names else ""
    blocks = text.strip("\n").split("\n\n") if text else []
    notes = [f"{body}\n\n{lines}\n" for body, lines in zip(blocks[::2], blocks[1::2])]
    lists = [name for name in bundle.names if name.startswith("confiance/revocation-")]
    crls = [x509.load_pem_x509_crl(bundle.read(name)) for name in lists]
    links = certificates("confiance/intermediaires.pem")
    if pinned is not None:
        notes = [*pinned.successions, *notes]
        return pinned._replace(crls=[*pinned.crls, *crls], links=[*pinned.links, *links], successions=notes)
    return Trust(
        authorities=certificates("confiance/autorite.pem"),
        logs=keys("confiance/journaux.vkey"),
        witnesses=keys("confiance/temoins.vkey"),
        stamps=certificates("confiance/horodatage.pem"),
        seals=certificates("confiance/cachets.pem"),
        links=links,
        crls=crls,
        successions=notes,
    )


def main(arguments: Sequence[str]) -> int:
    """Vérifie la liasse nommée et dit chaque étape ; rend 0 quand toutes tiennent."""
    parser = argparse.ArgumentParser(description="Vérifie une liasse de preuve, sans réseau.")
    parser.add_argument("liasse", type=Path)
    parser.add_argument("--autorite", type=Path, help="certificats des autorités de scellement (PEM)")
    parser.add_argument("--horodatage", type=Path, help="certificats des autorités d'horodatage (PEM)")
    parser.add_argument("--journal", action="append", help="clé d'un journal, nom+empreinte+base64")
    parser.add_argument("--temoin", action="append", help="clé d'un témoin, nom+empreinte+base64")
    given = parser.parse_args(arguments)
    pins = any((given.autorite, given.horodatage, given.journal, given.temoin))
    pem: Callable[[Path | None], list[x509.Certificate]] = lambda path: (  # noqa: E731
        x509.load_pem_x509_certificates(path.read_bytes()) if path else []
    )
    pinned = Trust(pem(given.autorite), given.journal or [], given.temoin or [], pem(given.horodatage))
    with given.liasse.open("rb") as file:
        steps, manifest, trust = verify(file, pinned if pins else None)
    own = dict(manifest.get("courrier") or {})
    print("Pièce" if "piece" in own else "Courrier", _plain(str(own.get("numero", "inconnu"))[:60]))
    for step in steps:
        print(f"{step.number:3}. [{step.state}] {step.about} : {step.title}\n       {step.detail}")
    print("\nClés données en option :" if pins else "\nClés apportées par la liasse ; COMPAREZ-LES à celles publiées :")
    for role, certificates in (("autorité", trust.authorities), ("horodatage", trust.stamps)):
        for one in certificates:
            print(f"  {role} SHA-256 {one.fingerprint(hashes.SHA256()).hex()} {_plain(_name(one))}")
    for role, keys in (("journal", trust.logs), ("témoin", trust.witnesses)):
        for key in keys:
            print(f"  {role} {key}")
    failed = [step.number for step in steps if step.state == BAD]
    print(f"\nNON : étapes {failed}" if failed else "\nOUI : chaque étape se vérifie, sous ces clés.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
