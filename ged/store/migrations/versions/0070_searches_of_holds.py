"""How far the holds on a search are that look for what they are on; no row once all was looked at"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"


def upgrade() -> None:
    text = sa.Text()
    op.create_table(
        "hold_search",
        sa.Column("hold_id", text, nullable=False),
        sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("pieces", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("after", text, server_default="", nullable=False),
        sa.Column("looked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("caught", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("hold_id", name="pk_hold_search"),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name="fk_hold_search_hold_id"),
    )
