"""What versions of pieces of dossiers say: read page by page, and how far the reading is"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0063"
down_revision = "0062"


def upgrade() -> None:
    text = sa.Text()
    op.create_table(
        "version_page",
        sa.Column("version_id", text, nullable=False),
        sa.Column("key", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", ARRAY(text), nullable=False),
        sa.Column("rows", ARRAY(sa.Integer()), nullable=False),
        sa.Column("doubted", ARRAY(text), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "key", "number", name="pk_version_page"),
        sa.ForeignKeyConstraint(["version_id"], ["dossier_version.id"], name="fk_version_page_version_id"),
    )
    op.add_column("dossier_version", sa.Column("reading", text, nullable=False, server_default="en_lecture"))
    op.add_column("dossier_version", sa.Column("reading_error", text, nullable=False, server_default=""))
    op.add_column("dossier_version", sa.Column("page_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dossier_version", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
