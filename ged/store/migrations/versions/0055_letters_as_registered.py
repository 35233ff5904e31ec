"""A walk over all letters in the order in which they were registered, as the nightly sweep does it"""

from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    op.create_index("ix_letter_registered", "letter", ["registered_at", "id"])
