"""Interims and delegations; the post that made each step"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0011"
down_revision = "0010"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", _TIME, nullable=False),
        sa.Column("from_folder", sa.Boolean(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_delegation_position_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_delegation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(op.f("ix_delegation_position_id"), "delegation", ["position_id"])
    op.create_index(op.f("ix_delegation_person_id"), "delegation", ["person_id"])
    op.add_column("step", sa.Column("position_id", sa.Text(), nullable=True))
    op.add_column("step", sa.Column("capacity", sa.Text(), server_default="titulaire", nullable=False))
    op.add_column("step", sa.Column("instrument", sa.Text(), server_default="", nullable=False))
    op.add_column("step", sa.Column("holder", sa.Text(), server_default="", nullable=False))
    op.create_foreign_key(op.f("fk_step_position_id"), "step", "position", ["position_id"], ["id"])
