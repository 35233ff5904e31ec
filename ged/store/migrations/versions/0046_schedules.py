"""File plan and retention schedule in versions, events that start terms; letters and dossiers carry a file code"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "schedule_version",
        sa.Column("id", text, nullable=False),
        sa.Column("tenant_id", text, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("author", text, nullable=False),
        sa.Column("author_login", text, nullable=False),
        sa.Column("written_at", time, nullable=False),
        sa.Column("submitted_at", time, nullable=True),
        sa.Column("approved_by", text, nullable=False),
        sa.Column("approved_at", time, nullable=True),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("refusal", text, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schedule_version"),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name="fk_schedule_version_tenant_id"),
        sa.UniqueConstraint("tenant_id", "number", name="uq_schedule_version_tenant_id"),
    )
    op.create_index(
        "uq_schedule_version_open",
        "schedule_version",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'approuvee'"),
    )
    op.create_table(
        "schedule_rule",
        sa.Column("version_id", text, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("label", text, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("span", text, nullable=False),
        sa.Column("start", text, nullable=False),
        sa.Column("event", text, nullable=False),
        sa.Column("disposition", text, nullable=False),
        sa.Column("sampling", text, nullable=False),
        sa.Column("basis", text, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "rank", name="pk_schedule_rule"),
        sa.ForeignKeyConstraint(["version_id"], ["schedule_version.id"], name="fk_schedule_rule_version_id"),
    )
    op.create_table(
        "plan_line",
        sa.Column("version_id", text, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("code", text, nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("parent", text, nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("scope", text, nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("kinds", ARRAY(text), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "rank", name="pk_plan_line"),
        sa.ForeignKeyConstraint(["version_id"], ["schedule_version.id"], name="fk_plan_line_version_id"),
    )
    op.create_table(
        "retention_event",
        sa.Column("id", text, nullable=False),
        sa.Column("letter_id", text, nullable=True),
        sa.Column("dossier_id", text, nullable=True),
        sa.Column("name", text, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recorded_by", text, nullable=False),
        sa.Column("recorded_at", time, nullable=False),
        sa.Column("withdrawn_by", text, nullable=True),
        sa.Column("withdrawn_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_retention_event"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_retention_event_letter_id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name="fk_retention_event_dossier_id"),
        sa.CheckConstraint("(letter_id IS NULL) <> (dossier_id IS NULL)", name="ck_retention_event_about"),
    )
    op.create_index("ix_retention_event_letter_id", "retention_event", ["letter_id"])
    op.create_index("ix_retention_event_dossier_id", "retention_event", ["dossier_id"])
    op.add_column("letter", sa.Column("file_code", text, nullable=True))
    op.add_column("letter", sa.Column("schedule_version", sa.Integer(), nullable=True))
    op.create_index("ix_letter_file_code", "letter", ["file_code"])
    op.add_column("dossier", sa.Column("file_code", text, nullable=True))
    op.add_column("due", sa.Column("rule", text, nullable=True))
    op.add_column("due", sa.Column("version", sa.Integer(), nullable=True))
    op.add_column("due", sa.Column("selected", sa.Boolean(), nullable=True))
    _take_over_the_rules()
    op.drop_constraint("fk_kind_rule", "kind", type_="foreignkey")
    op.drop_table("retention_rule")


def _take_over_the_rules() -> None:
    """What stands becomes each organisation's first version: it was in force, and goes on being so."""
    op.execute(
        "INSERT INTO schedule_version (id, tenant_id, number, state, note, author, author_login, written_at, "
        "submitted_at, approved_by, approved_at, in_force_on, refusal, revision) "
        "SELECT replace(gen_random_uuid()::text, '-', ''), id, 1, 'approuvee', "
        "'Règles en vigueur avant que le tableau ait des versions.', 'Le système', '', now(), NULL, 'Le système', "
        "now(), DATE '2000-01-01', '', 1 FROM entity WHERE id = tenant_id AND EXISTS (SELECT FROM retention_rule)"
    )
    op.execute(
        "INSERT INTO schedule_rule SELECT v.id, row_number() OVER (PARTITION BY v.id ORDER BY r.code) - 1, r.code, "
        "r.label, r.term_years, 'ans', r.start, '', r.disposition, '', r.basis FROM schedule_version v, retention_rule r"
    )
