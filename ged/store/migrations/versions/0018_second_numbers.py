"""Numbers that services give to letters beside the registration number"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "second_number_pattern",
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_second_number_pattern_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_second_number_pattern")),
    )
    op.create_table(
        "second_number_counter",
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_second_number_counter_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "year", name=op.f("pk_second_number_counter")),
    )
    op.create_table(
        "second_number",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_second_number_letter_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_second_number_entity_id")),
        sa.PrimaryKeyConstraint("letter_id", "entity_id", name=op.f("pk_second_number")),
        sa.UniqueConstraint("entity_id", "year", "sequence", name="uq_second_number_series"),
    )
