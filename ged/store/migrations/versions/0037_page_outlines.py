"""Where the sheet lies on a photograph is kept with the page as read from it"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("page", sa.Column("outline", JSONB(), server_default="[]", nullable=False))
