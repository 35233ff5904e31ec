"""What is signed, under one digest: copies are part of it; what was kept before there were copies verifies still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ged.errors import Refused
from ged.mail.comparison import Part, compare
from ged.mail.draft import Attachment, Content, Copy, refuse_faulty

BEFORE = Content(
    "Objet",
    ("A", "B"),
    "Texte",
    "R1",
    "lettre",
    "reponse",
    Attachment("f.pdf", "0" * 64, "application/pdf", 3),
    (Attachment("g.pdf", "1" * 64, "application/pdf", 4, "L"),),
    ("c1",),
)


def test_a_version_kept_before_there_were_copies_verifies_as_before() -> None:
    assert BEFORE.digest == "48efe33fc7a3efbec6a35314ab996c784be088aa4deba7f9f37555743d150d5d"


def test_a_copy_and_the_unit_that_it_is_for_are_part_of_what_is_signed() -> None:
    contents = (BEFORE, *(replace(BEFORE, copies=(one,)) for one in (Copy("Cabinet"), Copy("Cabinet", "CAB"))))
    assert len({each.digest for each in contents}) == 3
    assert [part for part, _ in compare(BEFORE, contents[1])] == [Part.COPIES]


def test_copies_are_bounded_in_number_and_length() -> None:
    codes = []
    for copies in ((Copy("x"),) * 61, (Copy("x" * 501),)):
        with pytest.raises(Refused) as error:
            refuse_faulty(replace(BEFORE, copies=copies))
        codes.append(error.value.code)
    assert codes == ["draft.copies", "draft.long"]
