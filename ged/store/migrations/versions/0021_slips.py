"""Sheets that come back: routing slips, files in doubt, pieces of letters"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0021"
down_revision = "0020"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "routing_slip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=False),
        sa.Column("layout", JSONB(), nullable=False),
        sa.Column("printed_at", _TIME, nullable=False),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.Column("returned_at", _TIME, nullable=True),
        sa.Column("scan", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("reading", JSONB(), nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("closed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_routing_slip_tenant_id")),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_routing_slip_register_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_routing_slip_letter_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_routing_slip_position_id")),
        sa.ForeignKeyConstraint(["step_id"], ["step.id"], name=op.f("fk_routing_slip_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_slip")),
        sa.UniqueConstraint("code", name=op.f("uq_routing_slip_code")),
    )
    op.create_index(op.f("ix_routing_slip_letter_id"), "routing_slip", ["letter_id"])
    op.create_table(
        "doubtful_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("came_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("transmittals", ARRAY(sa.Text()), nullable=False),
        sa.Column("doubts", ARRAY(sa.Text()), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_doubtful_file_tenant_id")),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_doubtful_file_register_id")),
        sa.ForeignKeyConstraint(["sha256"], ["original.sha256"], name=op.f("fk_doubtful_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubtful_file")),
    )
    op.create_index(op.f("ix_doubtful_file_register_id"), "doubtful_file", ["register_id"])
    op.create_table(
        "kept_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("p7s_sha256", sa.Text(), nullable=True),
        sa.Column("sealed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_kept_file_letter_id")),
        sa.ForeignKeyConstraint(["sha256"], ["original.sha256"], name=op.f("fk_kept_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_file")),
        sa.UniqueConstraint("letter_id", "sha256", name="uq_kept_file_letter_file"),
    )
    op.create_index(op.f("ix_kept_file_letter_id"), "kept_file", ["letter_id"])
