"""Lists of disposal, what became of each letter on one, and of each of its files"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "disposal",
        sa.Column("id", text, nullable=False),
        sa.Column("tenant_id", text, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("number", "state")),
        *(sa.Column(name, text, nullable=False) for name in ("prepared_login", "prepared_name")),
        sa.Column("prepared_at", time, nullable=False),
        sa.Column("visa_login", text, nullable=True),
        sa.Column("visa_name", text, nullable=True),
        sa.Column("visa_at", time, nullable=True),
        sa.Column("approver_id", text, nullable=True),
        sa.Column("approved_login", text, nullable=True),
        sa.Column("approved_name", text, nullable=True),
        *(sa.Column(name, time, nullable=True) for name in ("approved_at", "started_at", "finished_at")),
        sa.Column("said", text, server_default="", nullable=False),
        sa.Column("certificate", text, nullable=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("p7s_sha256", text, nullable=True),
        sa.Column("sealed_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_disposal"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_disposal_tenant_id"),
        sa.ForeignKeyConstraint(["approver_id"], ["position.id"], name="fk_disposal_approver_id"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_disposal_tenant_id"),
    )
    op.create_table(
        "disposal_line",
        sa.Column("disposal_id", text, nullable=False),
        sa.Column("letter_id", text, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("number", "digest", "rule")),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("reasons", ARRAY(text), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("said", text, server_default="", nullable=False),
        sa.Column("by", text, server_default="", nullable=False),
        sa.Column("condemned_at", time, nullable=True),
        sa.Column("destroyed_at", time, nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("disposal_id", "letter_id", name="pk_disposal_line"),
        sa.ForeignKeyConstraint(["disposal_id"], ["disposal.id"], name="fk_disposal_line_disposal_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_disposal_line_letter_id"),
    )
    op.create_index("ix_disposal_line_letter_id", "disposal_line", ["letter_id"])
    op.create_index(
        "uq_disposal_line_once",
        "disposal_line",
        ["letter_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('propose', 'condamne', 'detruit')"),
    )
    op.create_table(
        "disposal_object",
        sa.Column("letter_id", text, nullable=False),
        sa.Column("digest", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("said", text, server_default="", nullable=False),
        sa.Column("at", time, nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "digest", name="pk_disposal_object"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_disposal_object_letter_id"),
    )
    op.create_index("ix_disposal_object_digest", "disposal_object", ["digest"])
    op.add_column("original", sa.Column("destroyed_at", time, nullable=True))
    op.add_column("shredding", sa.Column("lookup", sa.LargeBinary(), nullable=True))
    op.create_index("ix_shredding_lookup", "shredding", ["lookup"])
