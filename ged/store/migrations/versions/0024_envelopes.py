"""Sealed envelopes: covers, hand-overs, openings"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sealed_envelope",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("opens_at", _TIME, nullable=True),
        sa.Column("cover_sha256", sa.Text(), nullable=False),
        sa.Column("handed_at", _TIME, nullable=True),
        sa.Column("handed_to", sa.Text(), server_default="", nullable=False),
        sa.Column("kept_at", _TIME, nullable=True),
        sa.Column("released_at", _TIME, nullable=True),
        sa.Column("released_by", sa.Text(), server_default="", nullable=False),
        sa.Column("cover_leaf", sa.LargeBinary(), nullable=True),
        sa.Column("cover_leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("cover_p7s_sha256", sa.Text(), nullable=True),
        sa.Column("cover_sealed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sealed_envelope_letter_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_sealed_envelope_position_id")),
        sa.ForeignKeyConstraint(["cover_sha256"], ["original.sha256"], name=op.f("fk_sealed_envelope_cover_sha256")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_sealed_envelope")),
    )
    op.create_index(op.f("ix_sealed_envelope_position_id"), "sealed_envelope", ["position_id"])
