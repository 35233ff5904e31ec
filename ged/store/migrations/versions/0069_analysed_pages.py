"""What a page says as the index holds it, beside what was read; pages of before are analysed when they are indexed"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"


def upgrade() -> None:
    op.add_column("page", sa.Column("analysis", sa.Integer(), nullable=True))
    for name in ("exact", "stems", "grams"):
        op.add_column("page", sa.Column(name, sa.Text(), nullable=True))
