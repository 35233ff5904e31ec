"""Other names of things, by which the search finds one for the other"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_table(
        "synonym_group",
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("names", ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("rank", name="pk_synonym_group"),
    )
