"""First and last days of entities; what they were called before"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("entity", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("entity", sa.Column("until", sa.Date(), nullable=True))
    op.execute("UPDATE entity SET until = CURRENT_DATE - 1 WHERE retired")
    op.create_table(
        "former_name",
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("acronym", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_former_name_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "until", name=op.f("pk_former_name")),
    )
