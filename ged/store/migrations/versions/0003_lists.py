"""Lists as data: terms, letterheads, templates of replies"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"


def _retired() -> sa.Column[bool]:
    return sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "term",
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        _retired(),
        sa.PrimaryKeyConstraint("list", "code", name=op.f("pk_term")),
    )
    op.create_table(
        "letterhead",
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("lines_fr", ARRAY(sa.Text()), nullable=False),
        sa.Column("lines_en", ARRAY(sa.Text()), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("footer", sa.Text(), nullable=False),
        _retired(),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_letterhead_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_letterhead")),
    )
    op.create_table(
        "template_file",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_template_file")),
    )
    op.create_table(
        "reply_template",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        _retired(),
        sa.ForeignKeyConstraint(["digest"], ["template_file.digest"], name=op.f("fk_reply_template_digest")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reply_template")),
    )
