"""Auditors read the journal by act and by day, however long it is"""

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_index("ix_journal_act_id", "journal", ["act", "id"])
    op.create_index("ix_journal_at", "journal", ["at"], postgresql_using="brin")
