"""Files that come piece by piece"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    texts = ("id", "person_id", "login", "filename", "door", "direction", "mark")
    op.create_table(
        "upload",
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("size", "written")),
        *(sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=False) for name in ("created_at", "expires_at")),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("outcome", JSONB(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_upload_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    op.create_index(op.f("ix_upload_person_id"), "upload", ["person_id"])
    op.create_index(op.f("ix_upload_expires_at"), "upload", ["expires_at"])
