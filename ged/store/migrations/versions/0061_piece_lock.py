"""Until when the store's lock is to keep the files of a piece of a dossier, and until when it does"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    op.create_table(
        "piece_lock",
        sa.Column("piece_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("piece_id", name="pk_piece_lock"),
        sa.ForeignKeyConstraint(["piece_id"], ["dossier_piece.id"], name="fk_piece_lock_piece_id"),
    )
