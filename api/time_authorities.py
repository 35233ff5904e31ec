"""The time-stamping authorities of the settings, opened."""

from __future__ import annotations

from pathlib import Path

from cryptography.x509 import Certificate

from api.config import SealSettings, Settings
from ged.clock import Clock
from ged.errors import Refused
from ged.mail.said import Said
from ged.seal.timestamp.authority import TokenAuthority, http_authority
from ged.seal.timestamp.chain import read_certificates
from ged.seal.timestamp.demonstration import ca_file, demonstration_authority
from ged.services.bundle import Published


def open_authorities(settings: Settings, clock: Clock) -> tuple[TokenAuthority, ...]:
    """Return the authorities in the order of the settings; nobody is asked anything yet.

    Raises:
        Refused: `config.faulty`, a file of certificates cannot be read.
    """
    if _demonstrates(settings.seal):
        return (demonstration_authority(_folder(settings), clock),)
    return tuple(
        http_authority(
            given.name,
            given.url,
            read_certificates(_read(given.ca_file)),
            policy=given.policy,
            timeout_s=given.timeout_s,
        )
        for given in settings.seal.authorities
    )


def published(settings: Settings) -> Published:
    """Return the keys by which strangers check who vouched for our logs.

    Raises:
        Refused: `config.faulty`, a file of certificates cannot be read.
    """
    roots = read_certificates(time_roots(settings))
    return Published(tuple(dict.fromkeys(roots)), tuple(each.key for each in settings.seal.witnesses))


def time_roots(settings: Settings) -> bytes:
    """Return the certificates (PEM) that tokens may lead to: of the authorities asked now, and of those before them.

    That of a demonstration stays among them as long as its file is there: its tokens say what they are.

    Raises:
        Refused: `config.faulty`.
    """
    given = settings.seal
    files = [*(one.ca_file for one in given.authorities), *given.former_ca_files]
    demonstration = ca_file(_folder(settings))
    files += [demonstration] if demonstration.exists() else []
    return b"".join(_read(file).rstrip() + b"\n" for file in dict.fromkeys(files))


def asked_roots(settings: Settings) -> tuple[Certificate, ...]:
    """Return the certificates that tokens asked for today must lead to, each once.

    Raises:
        Refused: `config.faulty`, a file of certificates cannot be read.
    """
    files = [one.ca_file for one in settings.seal.authorities]
    files = [ca_file(_folder(settings))] if _demonstrates(settings.seal) else files
    return tuple(dict.fromkeys(each for file in files for each in read_certificates(_read(file))))


def _demonstrates(given: SealSettings) -> bool:
    return given.demonstration_time and not given.authorities


def _folder(settings: Settings) -> Path:
    return settings.data / "horodatage-demonstration"


def _read(file: Path) -> bytes:
    try:
        pem = file.read_bytes()
        read_certificates(pem)
    except (OSError, ValueError) as error:
        raise Refused(
            "config.faulty",
            Said(
                "Les certificats de l'autorité d'horodatage (%(file)s) ne sont pas lisibles : il faut un fichier PEM.",
                file=str(file),
            ),
            file=str(file),
        ) from error
    return pem
