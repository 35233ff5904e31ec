"""Each object of the vault has a key of its own, kept wrapped"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "object_key",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kek_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lookup", "tenant_id", name="pk_object_key"),
    )
    op.create_index("ix_object_key_name", "object_key", ["name"])
    op.create_index("ix_object_key_kek_id", "object_key", ["kek_id"])
    op.create_table(
        "shredding",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("remains", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shredding"),
    )
    op.create_table(
        "vault_mark",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_vault_mark"),
    )
