"""Links by which a telephone deposits photographs for a session"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "phone_link",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("link", "session", "phone")),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_phone_link")),
        sa.UniqueConstraint("session", name=op.f("uq_phone_link_session")),
    )
