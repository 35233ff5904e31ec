"""The tables of letters that may be one: by what each is known again, and each pair with what a person said of it.

Of the same metadata as `tables`.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

text_sketch = sa.Table(
    "text_sketch",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("marks", ARRAY(sa.BigInteger)),
    sa.Index("ix_text_sketch_marks", "marks", postgresql_using="gin"),
)

near_duplicate = sa.Table(
    "near_duplicate",
    metadata,
    column("first_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("second_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("share", sa.Float),
    column("first_words", ARRAY(_Text)),
    column("second_words", ARRAY(_Text)),
    column("agree", ARRAY(_Text)),
    column("verdict", _Text, nullable=True),
    column("said_at", _Time, nullable=True),
    column("login", _Text, nullable=True),
    column("name", _Text, nullable=True),
    sa.CheckConstraint("first_id < second_id", name="ck_near_duplicate_once"),
)
