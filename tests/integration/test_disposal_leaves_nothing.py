"""After a disposal the words and the bytes are searched for everywhere: store, versions, tables, index, files."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import boto3
import pytest

from api.audits import ground_of
from api.config import Settings
from api.disposals import hands_of
from api.wiring import House, open_house
from api.worker import drain_index
from engines.seaweedfs import S3Store
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.annex import AnnexKind
from ged.mail.audit import Audit, Depth
from ged.mail.kept import KeptFile, KeptKind
from ged.services import note
from ged.services.attach import attach
from ged.services.audit.notebook import Notebook
from ged.services.audit.walk import walk
from ged.services.correct_text import correct_text
from ged.services.seal_pieces import seal_piece
from ged.services.sign_in import actor_of
from ged.store.changes import Changes
from retention.disposal import lists
from retention.disposal.carry_out import retry_left
from rooms.audits import codes, quiet
from rooms.disposals import disposed, everything_kept, over, over_piece, own
from rooms.letters import letter_pdf, proving, read_all
from search.port import Query
from search.rebuild import rebuild

WORD, LAID = "Zwiggurat", "Hahotoé"
"""What a letter says, and what a piece of a dossier does; nothing else."""


def laden(house: House) -> tuple[str, tuple[str, ...], tuple[bytes, ...]]:
    """A letter that is over, with everything that it can have, and a piece; its id, their files, what to look for."""
    who: Callable[[str], Actor] = lambda login: actor_of(login, store=house.store, clock=house.clock)  # noqa: E731
    kossi, daf = who("kossi"), who("daf")
    data = letter_pdf(reference="L", body=f"Le mot {WORD} n'est écrit nulle part ailleurs.")
    letter_id = over(house, kossi, "L", data=data, read=True)
    corrected = f"{WORD} corrigé à la main."
    with house.store.unit() as unit:
        (page, *_), letter = unit.pages.of(letter_id), unit.letters.get(letter_id, None)
    correct_text(letter_id, page.number, corrected, 0, **own(house, kossi))
    note.add_note(letter_id, f"{WORD} a appelé.", private=False, **own(house, daf))
    extra = [f"%PDF {WORD} {n}".encode() * 9 for n in range(2)]
    stored = [house.vault.put(BytesIO(one), media_type="application/pdf", tenant_id="MME") for one in extra]
    now = house.clock()
    kept = KeptFile(
        "k" * 22, letter_id, KeptKind.SLIP, sha256=stored[1].digest, size=stored[1].size,
        media_type="application/pdf", filename="p.pdf", added_at=now, added_by=daf.name, sealed_at=None,
    )  # fmt: skip
    with house.store.unit() as unit:
        joined = attach(
            unit, letter, AnnexKind.ENCLOSURE, stored[0], media_type="application/pdf", label="A", actor=daf, now=now
        )
        unit.arrivals.know(stored[1], "application/pdf", now)
        unit.kept_files.add(kept)
        unit.commit()
    sealing = {name: value for name, value in proving(house, kossi).items() if name != "actor"}
    seal_piece(joined.id, **sealing)
    seal_piece(kept.id, **sealing)
    laid = [f"%PDF {WORD} au dossier, version 1".encode() * 9, letter_pdf(body=f"La parcelle de {LAID} est bornée.")]
    _, piece_id = over_piece(house, who, "plan", *laid, read=False)
    read_all(house)
    drain_index(house)
    with house.store.unit() as unit:
        files = (*unit.belongings.objects(letter_id), *unit.belongings.objects_of_piece(piece_id))
    with house.vault.open(letter.original) as stream:
        whole = stream.read()
    assert whole == data
    needles = (
        WORD.encode(),
        WORD.lower().encode(),
        whole[:300],
        whole[-300:],
        *extra,
        *laid,
        LAID.encode(),
        b"hahotoe",
    )
    return letter_id, files, needles


def found_in(house: House, needles: tuple[bytes, ...], *, but: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    return [
        (place, n)
        for place, data in everything_kept(house)
        if not any(part in place for part in but)
        for n, each in enumerate(needles)
        if each in data
    ]


def hits(house: House, word: str) -> int:
    audit = actor_of("audit", store=house.store, clock=house.clock)
    return house.index.search(Query(word), audit.tokens()).total


def audited(house: House) -> Audit:
    audit = Audit(uuid4().hex, Depth.FULL, "", "graine", 30, "essai", house.clock())
    ground = ground_of(house, audit)
    return walk(audit, ground, Notebook(ground.folder), quiet)


def test_nothing_is_left_of_it_in_a_folder_in_plain_and_the_audit_counts_it_as_destroyed(
    settings: Settings,
) -> None:
    plain = settings.model_copy(update={"vault": settings.vault.model_copy(update={"encryption": "off"})})
    with open_house(plain) as house:
        letter_id, files, needles = laden(house)
        assert len(files) >= 7, "original, annex, piece, images of its page, two versions in a dossier"
        assert {n for _, n in found_in(house, needles)} >= {0, 2, 3, 4, 5, 6, 7, 8}, "everything was there to be found"
        assert hits(house, WORD) == 1
        done = disposed(house, lambda login: actor_of(login, store=house.store, clock=house.clock))
        drain_index(house)
        assert found_in(house, needles, but=("/index/",)) == []
        assert hits(house, WORD) == 0
        rebuild(Changes(house.store), house.index, house.clock)
        assert found_in(house, needles) == [], "segments of the old index are gone with it"
        for digest in files:
            assert house.vault.stat(digest) is None
        assert lists.disposal_file(done.id, store=house.store, actor=archives(house)).left == ()
        house.ledger.recheck()
        audit = audited(house)
        assert audit.faults == 0, codes(audit)
        assert "object.disposed" in codes(audit)
        with house.store.unit() as unit:
            assert unit.letters.get(letter_id, None).original in files


def archives(house: House) -> Actor:
    return actor_of("archives", store=house.store, clock=house.clock)


def test_under_a_lock_the_key_goes_and_what_the_bucket_keeps_is_said_and_tried_again(
    grand_settings: Settings, seaweedfs: S3Store
) -> None:
    with open_house(grand_settings) as house:
        letter_id, files, needles = laden(house)
        assert hits(house, WORD) == 1
        done = disposed(house, lambda login: actor_of(login, store=house.store, clock=house.clock))
        drain_index(house)
        assert found_in(house, needles) == []
        assert hits(house, WORD) == 0
        versions = every_version(seaweedfs, grand_settings.vault.bucket)
        assert versions, "the lock keeps ciphertext"
        assert [n for body in versions for n, each in enumerate(needles) if each in body] == []
        for digest in files:
            with pytest.raises(NotFound), house.vault.open(digest):
                pass
        left = lists.disposal_file(done.id, store=house.store, actor=archives(house)).left
        assert {each.digest for each in left} <= set(files)
        assert left
        assert all("verrou" in each.said for each in left)
        assert retry_left(hands_of(house)) == 0, "the lock has not ended"
        assert len(lists.disposal_file(done.id, store=house.store, actor=archives(house)).left) == len(left)
        with house.store.unit() as unit:
            assert letter_id in unit.disposals.that_condemned([letter_id])


def every_version(store: S3Store, bucket: str) -> list[bytes]:
    """The bytes of every version of everything in a bucket."""
    client: Any = boto3.client(
        "s3", endpoint_url=store.endpoint, region_name="us-east-1",
        aws_access_key_id=store.access_key, aws_secret_access_key=store.secret_key,
    )  # fmt: skip
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [
        client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
        for page in pages
        for one in page.get("Versions", ())
    ]
