"""A PKCS#11 token in software, in a folder of the test's own."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pkcs11

from ged.seal.token import Token

PIN, OFFICER = "246810", "13579111"


def module() -> Path:
    """The library that Debian and Ubuntu install, on either of their paths."""
    found = [*Path("/usr/lib/softhsm").glob("libsofthsm2.so"), *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")]
    if not found:
        raise AssertionError("softhsm2 is not installed: scripts/bootstrap --for test")
    return found[0]


@dataclass(frozen=True)
class SoftHsm:
    """One token; its objects lie in files under `folder`."""

    folder: Path
    label: str = "ged-essai"

    @classmethod
    def start(cls, folder: Path) -> SoftHsm:
        """Make a token; the library finds it by the environment, which it reads when it is initialised."""
        (folder / "tokens").mkdir()
        settings = folder / "softhsm2.conf"
        settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(settings)
        made = cls(folder)
        command = ["softhsm2-util", "--init-token", "--free", "--label", made.label, "--pin", PIN, "--so-pin", OFFICER]
        subprocess.run(command, check=True, capture_output=True)
        made.log_out()
        return made

    def make_key(self, label: str, *, rsa: bool = False, bits: int = 3072) -> None:
        """Make a key pair that never leaves the token."""
        self.log_out()
        token = pkcs11.lib(str(module())).get_token(token_label=self.label)
        with token.open(rw=True, user_pin=PIN) as session:
            if rsa:
                session.generate_keypair(pkcs11.KeyType.RSA, bits, store=True, label=label)
            else:
                curve = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
                parameters = session.create_domain_parameters(
                    pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
                )
                parameters.generate_keypair(store=True, label=label)

    def log_out(self) -> None:
        """End every session of this process, as a token that was reset does."""
        pkcs11.lib(str(module())).reinitialize()

    def token(self, label: str, pin: str = PIN) -> Token:
        """Open nothing yet: the token is asked at the first seal."""
        return Token(module(), self.label, label, lambda: pin)
