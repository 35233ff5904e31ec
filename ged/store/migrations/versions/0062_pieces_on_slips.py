"""Slips of transfer name pieces of dossiers beside letters; what a sweep says of a due piece, and when one was taken"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    text = sa.Text()
    op.alter_column("transfer_item", "letter_id", nullable=True)
    op.add_column("transfer_item", sa.Column("piece_id", text, nullable=True))
    op.create_foreign_key("fk_transfer_item_piece_id", "transfer_item", "dossier_piece", ["piece_id"], ["id"])
    op.create_check_constraint("ck_transfer_item_one", "transfer_item", "num_nonnulls(letter_id, piece_id) = 1")
    op.create_index("ix_transfer_item_piece_id", "transfer_item", ["piece_id"])
    op.create_unique_constraint("uq_transfer_item_piece", "transfer_item", ["transfer_id", "piece_id"])
    op.create_index(
        "uq_transfer_item_piece_live", "transfer_item", ["piece_id"], unique=True, postgresql_where=sa.text("live")
    )
    op.add_column("dossier_piece", sa.Column("transferred_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("due_piece", sa.Column("reasons", ARRAY(text), nullable=False, server_default="{}"))
    op.add_column("due_piece", sa.Column("selected", sa.Boolean(), nullable=True))
