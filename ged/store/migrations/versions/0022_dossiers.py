"""Dossiers, and the letters in them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0022"
down_revision = "0021"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "dossier",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "tenant_id", "code", "title", "search_text")),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("units", ARRAY(sa.Text()), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_dossier_tenant_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["entity.id"], name=op.f("fk_dossier_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_dossier_tenant_id")),
    )
    op.create_table(
        "dossier_letter",
        sa.Column("dossier_id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_letter_dossier_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_dossier_letter_letter_id")),
        sa.PrimaryKeyConstraint("dossier_id", "letter_id", name=op.f("pk_dossier_letter")),
    )
    op.create_index(op.f("ix_dossier_letter_letter_id"), "dossier_letter", ["letter_id"])
