"""An audit that could not go to its end is left unfinished, with why, and stands in no other's way"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0059"
down_revision = "0058"
_ONE = "uq_audit_run_under_way"


def upgrade() -> None:
    op.add_column("audit_run", sa.Column("stopped", JSONB(), server_default="[]", nullable=False))
    op.drop_index(_ONE, "audit_run")
    op.create_index(
        _ONE, "audit_run", [sa.text("(true)")], unique=True, postgresql_where="state NOT IN ('fini', 'inacheve')"
    )
