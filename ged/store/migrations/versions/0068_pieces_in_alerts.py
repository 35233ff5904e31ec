"""Kept searches alert of pieces of dossiers: what an alert must look at is an entry of the index, a notice may be of one"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"


def upgrade() -> None:
    op.drop_constraint("fk_alert_due_letter_id", "alert_due")
    op.alter_column("alert_due", "letter_id", new_column_name="entry")
    op.add_column("notice", sa.Column("piece_id", sa.Text(), nullable=True))
    op.create_foreign_key("fk_notice_piece_id", "notice", "dossier_piece", ["piece_id"], ["id"])
