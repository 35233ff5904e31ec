"""What was stamped or written on a page is kept with it, beside its words"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("page", sa.Column("regions", JSONB(), server_default="[]", nullable=False))
