"""Pieces of dossiers are entries of the index beside letters: what waits for it, and what it refused, names either"""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.add_column("dossier_piece", sa.Column("entry_revision", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column("outbox", "letter_id", nullable=True)
    op.add_column("outbox", sa.Column("piece_id", sa.Text(), nullable=True))
    op.create_foreign_key("fk_outbox_piece_id", "outbox", "dossier_piece", ["piece_id"], ["id"])
    op.create_check_constraint("ck_outbox_one", "outbox", "num_nonnulls(letter_id, piece_id) = 1")
    op.drop_constraint("fk_index_refusal_letter_id", "index_refusal")
    op.alter_column("index_refusal", "letter_id", new_column_name="entry")
    op.execute("INSERT INTO outbox (piece_id, at) SELECT id, now() FROM dossier_piece")
