"""The pieces of dossiers that each hold has caught, and since when a piece is condemned"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "hold_piece",
        sa.Column("hold_id", text, nullable=False),
        sa.Column("piece_id", text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "piece_id", name="pk_hold_piece"),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_hold_piece_hold_id"),
        sa.ForeignKeyConstraint(["piece_id"], ["dossier_piece.id"], name="fk_hold_piece_piece_id"),
    )
    op.create_index("ix_hold_piece_piece_id", "hold_piece", ["piece_id"])
    op.add_column("dossier_piece", sa.Column("condemned_at", time, nullable=True))
