"""Paper destroyed has a certificate under a seal, that says from which box each went"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.add_column("paper_gone", sa.Column("certificate", sa.Text(), nullable=True))
    op.add_column("paper_gone", sa.Column("leaf", sa.LargeBinary(), nullable=True))
    op.add_column("paper_gone", sa.Column("leaf_index", sa.BigInteger(), nullable=True))
    op.add_column("paper_gone", sa.Column("p7s_sha256", sa.Text(), nullable=True))
    op.add_column("paper_gone", sa.Column("sealed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("paper_gone_line", sa.Column("cote", sa.Text(), server_default="", nullable=False))
    # The act took each paper out of its box in the instant that it was recorded.
    op.execute(
        "UPDATE paper_gone_line line SET cote = box.cote FROM paper_gone gone, box_paper paper, box "
        "WHERE gone.id = line.gone_id AND paper.letter_id = line.letter_id AND paper.out_at = gone.recorded_at "
        "AND box.id = paper.box_id"
    )
