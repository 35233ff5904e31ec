"""Lists of disposal name pieces of dossiers beside letters; the pieces that the last sweep found over"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
_ONE = "num_nonnulls(letter_id, piece_id) = 1"


def upgrade() -> None:
    text = sa.Text()
    for table in ("disposal_line", "disposal_object"):
        op.drop_constraint(f"pk_{table}", table)
        op.alter_column(table, "letter_id", nullable=True)
        op.add_column(table, sa.Column("piece_id", text, nullable=True))
        op.create_foreign_key(f"fk_{table}_piece_id", table, "dossier_piece", ["piece_id"], ["id"])
        op.create_check_constraint(f"ck_{table}_one", table, _ONE)
    op.create_primary_key("pk_disposal_line", "disposal_line", ["disposal_id", "rank"])
    op.create_index("ix_disposal_line_piece_id", "disposal_line", ["piece_id"])
    op.create_index(
        "uq_disposal_line_piece_once",
        "disposal_line",
        ["piece_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('propose', 'condamne', 'detruit')"),
    )
    for name in ("letter_id", "piece_id"):
        op.create_unique_constraint(f"uq_disposal_line_{name}", "disposal_line", ["disposal_id", name])
        op.create_unique_constraint(f"uq_disposal_object_{name}", "disposal_object", [name, "digest"])
    op.create_table(
        "due_piece",
        sa.Column("piece_id", text, nullable=False),
        sa.Column("disposition", text, nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("listed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("piece_id", name="pk_due_piece"),
        sa.ForeignKeyConstraint(["piece_id"], ["dossier_piece.id"], name="fk_due_piece_piece_id"),
    )
