"""Models taught by decisions, one serving a tenant and field; kinds carry the words that letters of them use"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("kind", sa.Column("words", ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.create_table(
        "learned_model",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("trained_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("right_before", sa.Integer(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("calibration", sa.Float(), nullable=False),
        sa.Column("replaces", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_learned_model_tenant_id")),
        sa.ForeignKeyConstraint(["replaces"], ["learned_model.id"], name=op.f("fk_learned_model_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_model")),
    )
    op.create_index("ix_learned_model_tenant", "learned_model", ["tenant_id", "field", "trained_at"])
    op.create_index(
        "uq_learned_model_serving",
        "learned_model",
        ["tenant_id", "field"],
        unique=True,
        postgresql_where=sa.text("state = 'en_service'"),
    )
