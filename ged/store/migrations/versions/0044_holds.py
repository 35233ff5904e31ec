"""A hold is placed on a letter, a dossier, a correspondent or a search, and lifted by itself"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.rename_table("hold", "hold_before")
    op.execute("ALTER INDEX pk_hold RENAME TO pk_hold_before")
    op.create_table(
        "hold",
        sa.Column("id", text, nullable=False),
        sa.Column("tenant_id", text, nullable=False),
        sa.Column("scope", text, nullable=False),
        sa.Column("target", text, nullable=False),
        sa.Column("query", JSONB(), nullable=True),
        sa.Column("label", text, nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.Column("owner_id", text, nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("placed_by", text, nullable=False),
        sa.Column("placed_at", time, nullable=False),
        sa.Column("lifted_by", text, nullable=True),
        sa.Column("lifted_at", time, nullable=True),
        sa.Column("lift_reason", text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_hold_tenant_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["position.id"], name="fk_hold_owner_id"),
    )
    op.create_index("ix_hold_tenant_id", "hold", ["tenant_id"])
    op.create_table(
        "hold_letter",
        sa.Column("hold_id", text, nullable=False),
        sa.Column("letter_id", text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "letter_id", name="pk_hold_letter"),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_hold_letter_hold_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_hold_letter_letter_id"),
    )
    op.create_index("ix_hold_letter_letter_id", "hold_letter", ["letter_id"])
    op.execute("ALTER TABLE hold_before ADD COLUMN name text")
    op.execute("UPDATE hold_before SET name = replace(gen_random_uuid()::text, '-', '')")
    op.execute(
        "INSERT INTO hold (id, tenant_id, scope, target, label, reason, placed_by, placed_at, lifted_by, lifted_at) "
        "SELECT b.name, l.tenant_id, 'courrier', l.id, l.number, b.reason, b.placed_by, b.placed_at, b.lifted_by, "
        "b.lifted_at FROM hold_before b JOIN letter l ON l.id = b.letter_id"
    )
    op.execute("INSERT INTO hold_letter SELECT name, letter_id, placed_at FROM hold_before")
    op.drop_table("hold_before")
