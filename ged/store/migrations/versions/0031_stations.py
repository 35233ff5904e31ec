"""Scanning stations"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    texts = ("code", "label", "folder", "position_id", "direction", "delivery", "kind")
    op.create_table(
        "station",
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_station_position_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_station")),
    )
    op.create_table(
        "station_state",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("code", "said")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("waiting", "rejected")),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_station_state")),
    )
