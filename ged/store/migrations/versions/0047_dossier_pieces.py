"""Dossiers hold pieces of their own, in versions, and start with a structure"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.add_column("dossier", sa.Column("parts", ARRAY(text), server_default="{}", nullable=False))
    op.create_table(
        "dossier_piece",
        sa.Column("id", text, nullable=False),
        sa.Column("dossier_id", text, nullable=False),
        sa.Column("part", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("search_text", text, nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("metadata", JSONB(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("reserved_by", text, nullable=False),
        sa.Column("reserved_name", text, nullable=False),
        sa.Column("reserved_at", time, nullable=True),
        sa.Column("withdrawn", text, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_piece"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_dossier_piece_dossier_id"),
    )
    op.create_index("ix_dossier_piece_dossier_id", "dossier_piece", ["dossier_id"])
    op.create_table(
        "dossier_version",
        sa.Column("id", text, nullable=False),
        sa.Column("piece_id", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", text, nullable=False),
        sa.Column("filename", text, nullable=False),
        sa.Column("remark", text, nullable=False),
        sa.Column("added_at", time, nullable=False),
        sa.Column("login", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("p7s_sha256", text, nullable=True),
        sa.Column("sealed_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_version"),
        sa.ForeignKeyConstraint(["piece_id"], ["dossier_piece.id"], name="fk_dossier_version_piece_id"),
        sa.ForeignKeyConstraint(["sha256"], ["original.sha256"], name="fk_dossier_version_sha256"),
        sa.UniqueConstraint("piece_id", "number", name="uq_dossier_version_piece_id"),
    )
    op.create_index("ix_dossier_version_sha256", "dossier_version", ["sha256"])
    _models(text)


def _models(text: sa.Text) -> None:
    op.create_table(
        "piece_kind",
        sa.Column("code", text, nullable=False),
        sa.Column("label_fr", text, nullable=False),
        sa.Column("label_en", text, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_piece_kind"),
    )
    op.create_table(
        "piece_field",
        sa.Column("kind", text, nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("label_fr", text, nullable=False),
        sa.Column("label_en", text, nullable=False),
        sa.Column("type", text, nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("choices", ARRAY(text), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name="pk_piece_field"),
        sa.ForeignKeyConstraint(["kind"], ["piece_kind.code"], name="fk_piece_field_kind"),
    )
    op.create_table(
        "dossier_template",
        sa.Column("code", text, nullable=False),
        sa.Column("label_fr", text, nullable=False),
        sa.Column("label_en", text, nullable=False),
        sa.Column("parts", ARRAY(text), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_dossier_template"),
    )
