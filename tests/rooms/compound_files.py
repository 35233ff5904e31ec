"""Compound files, as Outlook and old Office write them, made by hand. Source: MS-CFB; MS-OXMSG for messages."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from rooms.letters import letter_pdf

Tree = dict[str, "bytes | Tree"]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _SMALL = 512, 64, 4096


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    right: int = _FREE
    child: int = _FREE
    start: int = _END


def compound(tree: Tree) -> bytes:
    """Return a compound file of streams and storages; siblings are linked in a row."""
    entries = [_Entry("Root Entry", 5)]
    entries[0].child = _listed(tree, entries)
    small, mini_table = b"", list[int]()
    for each in entries[1:]:
        if each.kind == 2 and 0 < len(each.data) < _SMALL:
            each.start = len(mini_table)
            count = -(-len(each.data) // _MINI)
            mini_table += [*range(each.start + 1, each.start + count), _END]
            small += each.data.ljust(count * _MINI, b"\x00")
    entries[0].data = small
    big = [entries[0], *(each for each in entries[1:] if len(each.data) >= _SMALL)]
    body, table = b"", list[int]()

    def place(data: bytes) -> int:
        nonlocal body, table
        if not data:
            return _END
        start, count = len(table), -(-len(data) // _SECTOR)
        table += [*range(start + 1, start + count), _END]
        body += data.ljust(count * _SECTOR, b"\x00")
        return start

    for each in big:
        each.start = place(each.data)
    minis = place(struct.pack(f"<{len(mini_table)}I", *mini_table).ljust(-(-len(mini_table) // 128) * 512, b"\xff"))
    packed = b"".join(map(_packed, entries))
    listed = place(packed.ljust(-(-len(packed) // _SECTOR) * _SECTOR, b"\x00"))
    fats = 1
    while fats * 128 < len(table) + fats:
        fats += 1
    first = len(table)
    table += [_FAT] * fats
    fat = struct.pack(f"<{len(table)}I", *table).ljust(fats * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, fats, listed, 0, _SMALL, minis),
        *(-(-len(mini_table) // 128), _END, 0),
    )
    where = struct.pack(f"<{fats}I", *range(first, first + fats)).ljust(436, b"\xff")
    return header + where + body + fat


def _listed(tree: Tree, entries: list[_Entry]) -> int:
    """Add the entries of a storage, and give the first of them."""
    numbers = []
    for name, held in tree.items():
        entry = _Entry(name, 2, held) if isinstance(held, bytes) else _Entry(name, 1)
        numbers.append(len(entries))
        entries.append(entry)
        if isinstance(held, dict):
            entry.child = _listed(held, entries)
    for number, after in pairwise(numbers):
        entries[number].right = after
    return numbers[0] if numbers else _FREE


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<HBBIII", len(name), entry.kind, 1, _FREE, entry.right, entry.child)
    return name.ljust(64, b"\x00") + links + bytes(36) + struct.pack("<IQ", entry.start, len(entry.data))


def _texts(**values: str) -> Tree:
    numbers = {"subject": 0x0037, "body": 0x1000, "to": 0x0E04, "sender": 0x0C1A, "smtp": 0x5D01, "name": 0x3707}
    return {f"__substg1.0_{numbers[name]:04X}001F": value.encode("utf-16-le") for name, value in values.items()}


def _message(said: Tree, *attached: Tree, header: int) -> Tree:
    since = datetime(2026, 11, 12, 9, 30, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)
    sent = struct.pack("<IIQ", 0x00390040, 6, int(since.total_seconds()) * 10_000_000)
    made: Tree = {"__properties_version1.0": bytes(header) + sent, **said}
    for number, each in enumerate(attached):
        made[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": bytes(8), **each}
    return made


def msg() -> bytes:
    """Return a message of Outlook with a letter, and with another message that holds a note."""
    words = "Voici le plan de la carrière de gravier."
    note: Tree = {**_texts(name="note.txt"), "__substg1.0_37010102": "Note : carrière de gravier.".encode()}
    inner = _message(_texts(subject="Demande précédente", body=words, sender="Kodjo"), note, header=24)
    letter: Tree = {**_texts(name="Lettre signée.pdf"), "__substg1.0_37010102": letter_pdf()}
    said = _texts(subject="Demande", body=words, to="Courrier", sender="Ama Mensah", smtp="ama@exemple.tg")
    return compound(_message(said, letter, {"__substg1.0_3701000D": inner}, header=32))
