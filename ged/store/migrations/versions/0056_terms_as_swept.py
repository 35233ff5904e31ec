"""What the last sweep found of each letter: the rule that sets its term, and the last day of it"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.add_column("letter", sa.Column("term_rule", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("kept_until", sa.Date(), nullable=True))
