"""The time-stamping authorities of the settings, opened."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from api.config import SealSettings
from ged.errors import Refused
from ged.seal.timestamp.authority import HttpAuthority
from ged.services.bundle import Published


def open_authorities(settings: SealSettings) -> tuple[HttpAuthority, ...]:
    """Return the authorities in the order of the settings; nobody is asked anything yet.

    Raises:
        Refused: `config.faulty`, a file of certificates cannot be read.
    """
    return tuple(
        HttpAuthority(
            given.name, given.url, _certificates(given.ca_file), policy=given.policy, timeout_s=given.timeout_s
        )
        for given in settings.authorities
    )


def published(settings: SealSettings) -> Published:
    """Return the keys by which strangers check who vouched for our logs.

    Raises:
        Refused: `config.faulty`, a file of certificates cannot be read.
    """
    roots = [one for given in settings.authorities for one in _certificates(given.ca_file)]
    return Published(tuple(dict.fromkeys(roots)), tuple(each.key for each in settings.witnesses))


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused(
            "config.faulty",
            f"Les certificats de l'autorité d'horodatage ({file}) ne sont pas lisibles : il faut un fichier PEM.",
            file=str(file),
        ) from error
