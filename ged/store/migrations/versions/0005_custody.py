"""Custody: who holds the paper original of each letter"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("from_entity", sa.Text(), nullable=True),
        sa.Column("from_position", sa.Text(), nullable=True),
        sa.Column("from_outside", sa.Text(), server_default="", nullable=False),
        sa.Column("to_entity", sa.Text(), nullable=True),
        sa.Column("to_position", sa.Text(), nullable=True),
        sa.Column("to_outside", sa.Text(), server_default="", nullable=False),
        sa.Column("given_at", _TIME, nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("received_at", _TIME, nullable=True),
        sa.Column("received_by", sa.Text(), server_default="", nullable=False),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.Column("standing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_hand_over_letter_id")),
        sa.ForeignKeyConstraint(["from_entity"], ["entity.id"], name=op.f("fk_hand_over_from_entity")),
        sa.ForeignKeyConstraint(["from_position"], ["position.id"], name=op.f("fk_hand_over_from_position")),
        sa.ForeignKeyConstraint(["to_entity"], ["entity.id"], name=op.f("fk_hand_over_to_entity")),
        sa.ForeignKeyConstraint(["to_position"], ["position.id"], name=op.f("fk_hand_over_to_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index(op.f("ix_hand_over_letter_id"), "hand_over", ["letter_id"])
    op.create_index(op.f("ix_hand_over_to_entity"), "hand_over", ["to_entity"])
    op.create_index(
        "uq_hand_over_standing", "hand_over", ["letter_id"], unique=True, postgresql_where=sa.text("standing")
    )
    op.create_index(
        "uq_hand_over_awaited",
        "hand_over",
        ["letter_id"],
        unique=True,
        postgresql_where=sa.text("received_at IS NULL AND withdrawn_at IS NULL"),
    )
    # What came in as a scan before today lies with its registry, for all that is known.
    op.execute(
        """
        INSERT INTO hand_over (id, letter_id, to_entity, given_at, given_by, login, received_at, received_by, way, standing)
        SELECT replace(gen_random_uuid()::text, '-', ''), letter.id, letter.register_id, letter.registered_at,
               first.login, first.login, letter.registered_at, first.login, 'enregistrement', true
        FROM letter
        JOIN LATERAL (
            SELECT door, login FROM arrival WHERE arrival.letter_id = letter.id ORDER BY arrival.id LIMIT 1
        ) AS first ON first.door IN ('televersement', 'dossier_surveille', 'commande')
        """
    )
