"""The authority that a secretary is attached to"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("position", sa.Column("authority_id", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_position_authority_id"), "position", "position", ["authority_id"], ["id"])
