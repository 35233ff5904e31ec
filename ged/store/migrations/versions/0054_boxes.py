"""Boxes of the paper archives, what is in each, and paper that left for good"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "box",
        sa.Column("id", text, nullable=False),
        sa.Column("tenant_id", text, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("cote", "label", "room", "bay", "shelf")),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("entity_id", text, nullable=True),
        sa.Column("dates", text, server_default="", nullable=False),
        sa.Column("made_at", time, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("made_by", "login")),
        sa.PrimaryKeyConstraint("id", name="pk_box"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_box_tenant_id"),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name="fk_box_entity_id"),
        sa.UniqueConstraint("tenant_id", "cote", name="uq_box_tenant_id"),
    )
    op.create_table(
        "box_paper",
        *(sa.Column(name, text, nullable=False) for name in ("id", "box_id", "letter_id")),
        sa.Column("put_at", time, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("put_by", "login")),
        sa.Column("out_at", time, nullable=True),
        *(sa.Column(name, text, server_default="", nullable=False) for name in ("out_by", "why")),
        sa.PrimaryKeyConstraint("id", name="pk_box_paper"),
        sa.ForeignKeyConstraint(["box_id"], ["box.id"], name="fk_box_paper_box_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_box_paper_letter_id"),
    )
    op.create_index("ix_box_paper_box_id", "box_paper", ["box_id"])
    op.create_index("ix_box_paper_letter_id", "box_paper", ["letter_id"])
    op.create_index(
        "uq_box_paper_place", "box_paper", ["letter_id"], unique=True, postgresql_where=sa.text("out_at IS NULL")
    )
    op.create_table(
        "paper_gone",
        *(sa.Column(name, text, nullable=False) for name in ("id", "tenant_id", "about")),
        sa.Column("done_on", sa.Date(), nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("first", "second")),
        sa.Column("recorded_at", time, nullable=False),
        *(sa.Column(name, text, nullable=False) for name in ("recorded_by", "login")),
        sa.PrimaryKeyConstraint("id", name="pk_paper_gone"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_paper_gone_tenant_id"),
    )
    op.create_index("ix_paper_gone_about", "paper_gone", ["about"])
    op.create_table(
        "paper_gone_line",
        *(sa.Column(name, text, nullable=False) for name in ("gone_id", "letter_id")),
        sa.PrimaryKeyConstraint("gone_id", "letter_id", name="pk_paper_gone_line"),
        sa.ForeignKeyConstraint(["gone_id"], ["paper_gone.id"], name="fk_paper_gone_line_gone_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_paper_gone_line_letter_id"),
    )
    op.create_index("ix_paper_gone_line_letter_id", "paper_gone_line", ["letter_id"])
