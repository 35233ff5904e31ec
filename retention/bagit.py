"""BagIt 1.0: the same content as a SEDA package, in a bag that any archive's tools check. Source: RFC 8493."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO

from retention.archive_file import Added, ArchiveFile

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ESCAPED = {"%": "%25", "\n": "%0A", "\r": "%0D"}


class Bag(ArchiveFile):
    """A serialised bag: payload under `NAME/data`, its manifests by SHA-256 and SHA-512, and what it is said to be.

    Attributes:
        root: Where the payload lies. Source: RFC 8493, 2.1.2 and 4.1.
    """

    def __init__(self, target: BinaryIO, name: str, info: Mapping[str, str]) -> None:
        super().__init__(target)
        self._name, self._info = name, dict(info)
        self.root = f"{name}/data/"

    def finish(self) -> None:
        """Write the tag files, once the payload is whole."""
        octets = sum(one.size for one in self.added.values())
        said = self._info | {"Payload-Oxum": f"{octets}.{len(self.added)}"}
        tags = {
            "bagit.txt": _DECLARATION,
            "bag-info.txt": "".join(f"{label}: {' '.join(value.split())}\n" for label, value in said.items()),
            "manifest-sha256.txt": _listed({f"data/{name}": one.sha256 for name, one in self.added.items()}),
            "manifest-sha512.txt": _listed({f"data/{name}": one.sha512 for name, one in self.added.items()}),
        }
        written = {name: self._tag(name, text) for name, text in tags.items()}
        self._tag("tagmanifest-sha256.txt", _listed({name: one.sha256 for name, one in written.items()}))

    def _tag(self, name: str, text: str) -> Added:
        return self._write(f"{self._name}/{name}", BytesIO(text.encode()))


def _listed(digests: Mapping[str, str]) -> str:
    return "".join(f"{digest}  {_escaped(name)}\n" for name, digest in digests.items())


def _escaped(name: str) -> str:
    return "".join(_ESCAPED.get(each, each) for each in name)
