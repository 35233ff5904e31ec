"""The tables, as SQLAlchemy Core: the one PostgreSQL dialect, by default and at a site alike.

Times are `timestamptz` in UTC. Identifiers that leave the house are 128 random bits; identity
columns stay inside. Migrations in `migrations/` build the same tables; a test compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)


def _column(name: str, kind: object, *rest: object, **options: object) -> sa.Column[object]:
    """Return a column that must be given unless `nullable=True` is said."""
    return sa.Column(name, kind, *rest, **{"nullable": False, **options})  # type: ignore[arg-type]


# --- the organisation, as `ged init` loads it; nothing is removed, it is retired -------------

entity = sa.Table(
    "entity",
    metadata,
    _column("id", _Text, primary_key=True),
    _column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    _column("parent_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    _column("acronym", _Text),
    _column("name_fr", _Text),
    _column("name_en", _Text),
    _column("keeps_register", sa.Boolean),
    _column("number_pattern", _Text),
    _column("words", ARRAY(_Text)),
    _column("retired", sa.Boolean, server_default=sa.false()),
)

position = sa.Table(
    "position",
    metadata,
    _column("id", _Text, primary_key=True),
    _column("entity_id", _Text, sa.ForeignKey("entity.id")),
    _column("title", _Text),
    _column("role", _Text),
    _column("clearance", _Text),
    _column("retired", sa.Boolean, server_default=sa.false()),
)

person = sa.Table(
    "person",
    metadata,
    _column("id", _Text, primary_key=True),
    _column("login", _Text, unique=True),
    _column("name", _Text),
    _column("language", _Text),
    _column("password_hash", _Text, nullable=True),
    _column("active", sa.Boolean, server_default=sa.true()),
)

holding = sa.Table(
    "holding",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("person_id", _Text, sa.ForeignKey("person.id"), index=True),
    _column("position_id", _Text, sa.ForeignKey("position.id")),
    _column("since", sa.Date),
    _column("until", sa.Date, nullable=True),
    sa.UniqueConstraint("person_id", "position_id", "since"),
)

kind = sa.Table(
    "kind",
    metadata,
    _column("code", _Text, primary_key=True),
    _column("label_fr", _Text),
    _column("label_en", _Text),
    _column("rule", _Text, sa.ForeignKey("retention_rule.code")),
    _column("retired", sa.Boolean, server_default=sa.false()),
)

retention_rule = sa.Table(
    "retention_rule",
    metadata,
    _column("code", _Text, primary_key=True),
    _column("label", _Text),
    _column("term_years", sa.Integer),
    _column("start", _Text),
    _column("disposition", _Text),
    _column("basis", _Text),
)

# --- registers and letters -------------------------------------------------------------------

register_counter = sa.Table(
    "register_counter",
    metadata,
    _column("register_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    _column("direction", _Text, primary_key=True),
    _column("year", sa.Integer, primary_key=True),
    _column("last_sequence", sa.Integer),
    _column("last_registered_at", _Time, nullable=True),
)

original = sa.Table(
    "original",
    metadata,
    _column("sha256", _Text, primary_key=True),
    _column("size", sa.BigInteger),
    _column("media_type", _Text),
    _column("version", _Text),
    _column("stored_at", _Time),
)

letter = sa.Table(
    "letter",
    metadata,
    _column("id", _Text, primary_key=True),
    _column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    _column("register_id", _Text, sa.ForeignKey("entity.id")),
    _column("direction", _Text),
    _column("year", sa.Integer),
    _column("sequence", sa.Integer),
    _column("number", _Text, index=True),
    _column("state", _Text),
    _column("confidentiality", _Text),
    _column("priority", _Text),
    _column("revision", sa.Integer),
    _column("received_at", _Time),
    _column("registered_at", _Time),
    _column("kind", _Text, sa.ForeignKey("kind.code"), nullable=True),
    _column("service_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    _column("subject", _Text, nullable=True),
    _column("sender", _Text, nullable=True),
    _column("recipient", _Text, nullable=True),
    _column("sender_reference", _Text, nullable=True),
    _column("letter_date", sa.Date, nullable=True),
    _column("due_date", sa.Date, nullable=True),
    _column("page_count", sa.Integer),
    _column("original", _Text, sa.ForeignKey("original.sha256"), index=True),
    _column("filename", _Text),
    _column("reading", _Text),
    _column("reading_error", _Text, nullable=True),
    _column("sealing", _Text),
    _column("held", sa.Boolean, server_default=sa.false()),
    _column("reader_tokens", ARRAY(_Text)),
    sa.UniqueConstraint("register_id", "direction", "year", "sequence", name="uq_letter_series"),
    sa.Index("ix_letter_reader_tokens", "reader_tokens", postgresql_using="gin"),
    sa.Index("ix_letter_basket", "state", "registered_at", "id"),
)

arrival = sa.Table(
    "arrival",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    _column("sha256", _Text, sa.ForeignKey("original.sha256")),
    _column("door", _Text),
    _column("filename", _Text),
    _column("received_at", _Time),
    _column("login", _Text),
)

seal = sa.Table(
    "seal",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("leaf", sa.LargeBinary),
    _column("leaf_index", sa.BigInteger),
    _column("p7s_sha256", _Text),
    _column("sealed_at", _Time),
)

# --- what the machine read -------------------------------------------------------------------

run = sa.Table(
    "run",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("letter_id", _Text, sa.ForeignKey("letter.id")),
    _column("stage", _Text),
    _column("version", _Text),
    _column("inputs", _Text),
    _column("state", _Text),
    _column("attempts", sa.Integer),
    _column("claimed_at", _Time, nullable=True),
    _column("finished_at", _Time, nullable=True),
    _column("output", JSONB, nullable=True),
    _column("digest", _Text, nullable=True),
    _column("error", _Text, nullable=True),
    sa.UniqueConstraint("letter_id", "stage", "version", "inputs", name="uq_run_key"),
)

page = sa.Table(
    "page",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("number", sa.Integer, primary_key=True),
    _column("width_px", sa.Integer),
    _column("height_px", sa.Integer),
    _column("resolution_dpi", sa.Float),
    _column("rotation_deg", sa.Integer),
    _column("skew_deg", sa.Float),
    _column("source", _Text),
    _column("confidence", sa.Float),
    _column("engine", _Text),
    _column("words", JSONB),
)

page_image = sa.Table(
    "page_image",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("number", sa.Integer, primary_key=True),
    _column("width_px", sa.Integer, primary_key=True),
    _column("height_px", sa.Integer),
    _column("sha256", _Text),
)

rendition = sa.Table(
    "rendition",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("sha256", _Text),
    _column("size", sa.BigInteger),
    _column("remark", _Text),
)

proposal = sa.Table(
    "proposal",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("field", _Text, primary_key=True),
    _column("run_id", sa.BigInteger, sa.ForeignKey("run.id"), primary_key=True),
    _column("value", _Text),
    _column("confidence", sa.Float),
    _column("page", sa.Integer, nullable=True),
    _column("box", ARRAY(sa.Float), nullable=True),
    _column("origin", _Text),
)

# --- what people decided ---------------------------------------------------------------------

decision = sa.Table(
    "decision",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    _column("revision", sa.Integer),
    _column("at", _Time),
    _column("login", _Text),
    _column("name", _Text),
    _column("position_id", _Text, nullable=True),
    _column("values", JSONB),
)

hold = sa.Table(
    "hold",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    _column("reason", _Text),
    _column("placed_by", _Text),
    _column("placed_at", _Time),
    _column("lifted_by", _Text, nullable=True),
    _column("lifted_at", _Time, nullable=True),
)

due = sa.Table(
    "due",
    metadata,
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    _column("disposition", _Text),
    _column("kept_until", sa.Date),
    _column("reasons", ARRAY(_Text)),
    _column("listed_at", _Time),
)

# --- state, journal and outbox are written only together -------------------------------------

journal = sa.Table(
    "journal",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("at", _Time),
    _column("act", _Text),
    _column("login", _Text),
    _column("name", _Text),
    _column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    _column("details", JSONB),
    sa.Index("ix_journal_login", "login", "act", "at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _column("letter_id", _Text, sa.ForeignKey("letter.id")),
    _column("at", _Time),
)

# --- who is signed in ------------------------------------------------------------------------

session = sa.Table(
    "session",
    metadata,
    _column("token_hash", _Text, primary_key=True),
    _column("person_id", _Text, sa.ForeignKey("person.id")),
    _column("created_at", _Time),
    _column("expires_at", _Time),
)

token = sa.Table(
    "token",
    metadata,
    _column("token_hash", _Text, primary_key=True),
    _column("person_id", _Text, sa.ForeignKey("person.id")),
    _column("label", _Text),
    _column("created_at", _Time),
    _column("expires_at", _Time),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    _column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True),
    _column("key", _Text, primary_key=True),
    _column("request", _Text),
    _column("answer", JSONB),
    _column("at", _Time),
)
