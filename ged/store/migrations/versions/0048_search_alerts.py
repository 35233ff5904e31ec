"""Searches that are kept can alert, and the last searches of each person are remembered"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "search_alert",
        sa.Column("view_id", text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_search_alert_view_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_search_alert")),
    )
    op.create_table(
        "alert_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("letter_id", text, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_alert_due_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_due")),
    )
    op.create_table(
        "recent_search",
        sa.Column("person_id", text, nullable=False),
        sa.Column("text", text, nullable=False),
        sa.Column("at", time, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recent_search_person_id")),
        sa.PrimaryKeyConstraint("person_id", "text", name=op.f("pk_recent_search")),
    )
