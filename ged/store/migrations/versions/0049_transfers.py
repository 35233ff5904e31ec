"""Letters are transferred to an archive on a slip, and received from another house"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    text, time, whole = sa.Text(), sa.TIMESTAMP(timezone=True), sa.Integer()

    def column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
        return sa.Column(name, kind, nullable=nullable)

    op.create_table(
        "transfer",
        *(
            column(name, text)
            for name in ("id", "tenant_id", "number", "title", "form", "archive_code", "archive_name")
        ),
        column("agreement", text),
        column("state", text),
        column("revision", whole),
        column("created_at", time),
        column("created_login", text),
        column("created_by", text),
        column("submitted_at", time, nullable=True),
        column("submitted_login", text),
        column("submitted_by", text),
        column("approved_at", time, nullable=True),
        column("approved_login", text),
        column("approved_by", text),
        column("ended_at", time, nullable=True),
        column("remark", text),
        column("planned", whole),
        column("packed", whole),
        column("fault", text),
        sa.PrimaryKeyConstraint("id", name="pk_transfer"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_transfer_tenant_id"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_transfer_tenant_id"),
    )
    op.create_table(
        "transfer_item",
        column("transfer_id", text),
        column("rank", whole),
        column("letter_id", text),
        column("disposition", text),
        column("kept_until", sa.Date()),
        column("reasons", ARRAY(text)),
        column("state", text),
        column("said", text),
        column("package", whole),
        column("live", sa.Boolean()),
        sa.PrimaryKeyConstraint("transfer_id", "rank", name="pk_transfer_item"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_transfer_item_transfer_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_transfer_item_letter_id"),
        sa.UniqueConstraint("transfer_id", "letter_id", name="uq_transfer_item_letter"),
    )
    op.create_index("ix_transfer_item_letter_id", "transfer_item", ["letter_id"])
    op.create_index("uq_transfer_item_live", "transfer_item", ["letter_id"], unique=True, postgresql_where="live")
    op.create_table(
        "transfer_package",
        column("transfer_id", text),
        column("rank", whole),
        column("identifier", text),
        column("sha256", text),
        column("size", sa.BigInteger()),
        column("letters", whole),
        column("held", text, nullable=True),
        column("made_at", time, nullable=True),
        column("outcome", text),
        column("answered_at", time, nullable=True),
        column("answer", ARRAY(text)),
        column("reply", text),
        sa.PrimaryKeyConstraint("transfer_id", "rank", name="pk_transfer_package"),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name="fk_transfer_package_transfer_id"),
        sa.UniqueConstraint("identifier", name="uq_transfer_package_identifier"),
    )
    op.create_table(
        "reception",
        column("id", text),
        column("tenant_id", text),
        column("sha256", text),
        column("size", sa.BigInteger()),
        column("filename", text),
        column("state", text),
        column("received_at", time),
        *(column(name, text) for name in ("login", "name", "identifier", "sender", "sender_name")),
        column("reasons", ARRAY(text)),
        column("total", whole),
        column("done", whole),
        column("finished_at", time, nullable=True),
        column("reply", text),
        column("held", text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reception"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_reception_tenant_id"),
    )
    op.create_index(
        "uq_reception_taken",
        "reception",
        ["tenant_id", "sender", "identifier"],
        unique=True,
        postgresql_where="state IN ('controle', 'accepte')",
    )
    op.create_index("ix_reception_received", "reception", ["tenant_id", "received_at"])
    op.create_table(
        "reception_item",
        *(
            column(name, text)
            for name in ("reception_id", "unit", "letter_id", "number", "system_id", "house", "dossier")
        ),
        column("proofs", text),
        column("history", JSONB()),
        sa.PrimaryKeyConstraint("reception_id", "unit", name="pk_reception_item"),
        sa.ForeignKeyConstraint(["reception_id"], ["reception.id"], name="fk_reception_item_reception_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_reception_item_letter_id"),
        sa.UniqueConstraint("letter_id", name="uq_reception_item_letter_id"),
    )
