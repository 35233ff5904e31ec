"""Transmittals: sheets that go with paper, numbered, and their discharges"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "discharge",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("proof_type", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discharge")),
    )
    op.add_column("hand_over", sa.Column("discharge_id", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_hand_over_discharge_id"), "hand_over", "discharge", ["discharge_id"], ["id"])
    op.create_table(
        "transmittal_counter",
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_transmittal_counter_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "kind", "year", name=op.f("pk_transmittal_counter")),
    )
    _transmittal()
    _lines()


def _transmittal() -> None:
    op.create_table(
        "transmittal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("to_entity", sa.Text(), nullable=True),
        sa.Column("to_position", sa.Text(), nullable=True),
        sa.Column("to_outside", sa.Text(), server_default="", nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_title", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("scan", sa.Text(), nullable=True),
        sa.Column("scan_type", sa.Text(), server_default="", nullable=False),
        sa.Column("discharge_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_transmittal_tenant_id")),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_transmittal_register_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_transmittal_entity_id")),
        sa.ForeignKeyConstraint(["to_entity"], ["entity.id"], name=op.f("fk_transmittal_to_entity")),
        sa.ForeignKeyConstraint(["to_position"], ["position.id"], name=op.f("fk_transmittal_to_position")),
        sa.ForeignKeyConstraint(["discharge_id"], ["discharge.id"], name=op.f("fk_transmittal_discharge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transmittal")),
        sa.UniqueConstraint("code", name=op.f("uq_transmittal_code")),
        sa.UniqueConstraint("entity_id", "kind", "year", "sequence", name="uq_transmittal_series"),
    )
    op.create_index("ix_transmittal_made_at", "transmittal", ["made_at"])


def _lines() -> None:
    op.create_table(
        "transmittal_line",
        sa.Column("transmittal_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("hand_over_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("observation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transmittal_id"], ["transmittal.id"], name=op.f("fk_transmittal_line_transmittal_id")
        ),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_transmittal_line_letter_id")),
        sa.ForeignKeyConstraint(["hand_over_id"], ["hand_over.id"], name=op.f("fk_transmittal_line_hand_over_id")),
        sa.PrimaryKeyConstraint("transmittal_id", "rank", name=op.f("pk_transmittal_line")),
    )
    op.create_index(op.f("ix_transmittal_line_letter_id"), "transmittal_line", ["letter_id"])
