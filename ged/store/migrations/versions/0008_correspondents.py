"""Correspondents, the names on letters, and what the journal tells of things that are no letters"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"

_TIME = sa.TIMESTAMP(timezone=True)
_BYTES = sa.Text(collation="C")


def upgrade() -> None:
    op.add_column("journal", sa.Column("about", sa.Text(), nullable=True))
    op.create_index(op.f("ix_journal_about"), "journal", ["about"])
    _correspondent()
    _found_by("word")
    _found_by("mark")
    op.create_table(
        "correspondent_apart",
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["correspondent.id"], name=op.f("fk_correspondent_apart_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["correspondent.id"], name=op.f("fk_correspondent_apart_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_correspondent_apart")),
    )
    _letter_party()


def _correspondent() -> None:
    op.create_table(
        "correspondent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sort", "name", "civility", "organisation")),
        sa.Column("function", sa.Text(), nullable=False),
        *(sa.Column(name, ARRAY(sa.Text()), nullable=False) for name in ("addresses", "emails", "phones")),
        sa.Column("name_key", _BYTES, nullable=False),
        sa.Column("label_key", _BYTES, nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("survivor_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_correspondent_tenant_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["correspondent.id"], name=op.f("fk_correspondent_merged_into")),
        sa.ForeignKeyConstraint(["survivor_id"], ["correspondent.id"], name=op.f("fk_correspondent_survivor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correspondent")),
    )
    op.create_index(op.f("ix_correspondent_merged_into"), "correspondent", ["merged_into"])
    op.create_index(op.f("ix_correspondent_survivor_id"), "correspondent", ["survivor_id"])
    op.create_index("ix_correspondent_name_key", "correspondent", ["tenant_id", "name_key"])
    op.create_index("ix_correspondent_label_key", "correspondent", ["tenant_id", "label_key"])


def _found_by(what: str) -> None:
    table = f"correspondent_{what}"
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column(what, _BYTES, nullable=False),
        sa.Column("correspondent_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["correspondent_id"], ["correspondent.id"], name=op.f(f"fk_{table}_correspondent_id")),
        sa.PrimaryKeyConstraint("tenant_id", what, "correspondent_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_correspondent_id"), table, ["correspondent_id"])


def _letter_party() -> None:
    op.create_table(
        "letter_party",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("correspondent_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_party_letter_id")),
        sa.ForeignKeyConstraint(
            ["correspondent_id"], ["correspondent.id"], name=op.f("fk_letter_party_correspondent_id")
        ),
        sa.PrimaryKeyConstraint("letter_id", "side", "rank", name=op.f("pk_letter_party")),
    )
    op.create_index(op.f("ix_letter_party_correspondent_id"), "letter_party", ["correspondent_id"])
    # Letters qualified before keep their names, each as one, which leads to nobody yet.
    op.execute(
        "INSERT INTO letter_party (letter_id, side, rank, name) "
        "SELECT id, 'expediteur', 1, sender FROM letter WHERE sender <> '' "
        "UNION ALL SELECT id, 'destinataire', 1, recipient FROM letter WHERE recipient <> ''"
    )
