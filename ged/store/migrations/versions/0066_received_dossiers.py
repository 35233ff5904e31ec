"""What another house transfers may be a dossier: its pieces come with their versions, and say where they come from"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0066"
down_revision = "0065"


def upgrade() -> None:
    text = sa.Text()
    op.alter_column("reception_item", "letter_id", nullable=True)
    op.add_column("reception_item", sa.Column("piece_id", text, nullable=True))
    op.create_foreign_key("fk_reception_item_piece_id", "reception_item", "dossier_piece", ["piece_id"], ["id"])
    op.create_unique_constraint("uq_reception_item_piece_id", "reception_item", ["piece_id"])
    op.create_check_constraint("ck_reception_item_one", "reception_item", "num_nonnulls(letter_id, piece_id) = 1")
    for name in ("cote", "rule", "remark"):
        op.add_column("reception_item", sa.Column(name, text, nullable=False, server_default=""))
    op.add_column("reception_item", sa.Column("facts", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("reception_item", sa.Column("evidence", text, nullable=True))
    op.create_index("ix_reception_item_evidence", "reception_item", ["evidence"])
    op.create_table(
        "received_dossier",
        sa.Column("dossier_id", text, nullable=False),
        sa.Column("tenant_id", text, nullable=False),
        sa.Column("sender", text, nullable=False),
        sa.Column("system_id", text, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_received_dossier"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_received_dossier_dossier_id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_received_dossier_tenant_id"),
        sa.UniqueConstraint("tenant_id", "sender", "system_id", name="uq_received_dossier"),
    )
