"""The tables, as SQLAlchemy Core: the one PostgreSQL dialect, by default and at a site alike.

Times are `timestamptz` in UTC. Identifiers that leave the house are 128 random bits; identity
columns stay inside. Migrations in `migrations/` build the same tables; a test compares the two.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.mail.said import kept, recalled

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


def column(name: str, kind: object, *rest: object, **options: object) -> sa.Column[object]:
    """Return a column that must be given unless `nullable=True` is said."""
    return sa.Column(name, kind, *rest, **{"nullable": False, **options})  # type: ignore[arg-type]


class SaidText(sa.TypeDecorator[str]):
    """A sentence for people, kept with the values of which it was made: a page can still tell it in English."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Return what the column keeps."""
        return None if value is None else kept(value)

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Return the text as it was said."""
        return None if value is None else recalled(value)


# --- the organisation, as `ged init` loads it; nothing is removed, it is retired -------------

entity = sa.Table(
    "entity",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("parent_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("acronym", _Text),
    column("name_fr", _Text),
    column("name_en", _Text),
    column("keeps_register", sa.Boolean),
    column("number_pattern", _Text),
    column("words", ARRAY(_Text)),
    column("since", sa.Date, nullable=True),
    column("until", sa.Date, nullable=True),
    column("retired", sa.Boolean, server_default=sa.false()),
)

former_name = sa.Table(
    "former_name",
    metadata,
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("until", sa.Date, primary_key=True),
    column("parent_id", _Text, nullable=True),
    column("acronym", _Text),
    column("name_fr", _Text),
    column("name_en", _Text),
)

position = sa.Table(
    "position",
    metadata,
    column("id", _Text, primary_key=True),
    column("entity_id", _Text, sa.ForeignKey("entity.id")),
    column("title", _Text),
    column("role", _Text),
    column("clearance", _Text),
    column("authority_id", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("retired", sa.Boolean, server_default=sa.false()),
)

person = sa.Table(
    "person",
    metadata,
    column("id", _Text, primary_key=True),
    column("login", _Text, unique=True),
    column("name", _Text),
    column("language", _Text),
    column("password_hash", _Text, nullable=True),
    column("active", sa.Boolean, server_default=sa.true()),
)

holding = sa.Table(
    "holding",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id"), index=True),
    column("position_id", _Text, sa.ForeignKey("position.id")),
    column("since", sa.Date),
    column("until", sa.Date, nullable=True),
    sa.UniqueConstraint("person_id", "position_id", "since"),
)

kind = sa.Table(
    "kind",
    metadata,
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("rule", _Text),
    column("words", ARRAY(_Text), server_default="{}"),
    column("retired", sa.Boolean, server_default=sa.false()),
)

mention = sa.Table(
    "mention",
    metadata,
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("must_act", sa.Boolean),
    column("rank", sa.Integer),
    column("retired", sa.Boolean, server_default=sa.false()),
)

synonym_group = sa.Table(
    "synonym_group",
    metadata,
    column("rank", sa.Integer, primary_key=True, autoincrement=False),
    column("names", ARRAY(_Text)),
)

holiday = sa.Table(
    "holiday",
    metadata,
    column("country", _Text, primary_key=True),
    column("day", sa.Date, primary_key=True),
    column("name", _Text),
)

tenant_calendar = sa.Table(
    "tenant_calendar",
    metadata,
    column("tenant_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("country", _Text),
    column("week", ARRAY(sa.Integer)),
)

delay = sa.Table(
    "delay",
    metadata,
    column("priority", _Text, primary_key=True),
    column("working_days", sa.Integer),
)

# --- registers and letters -------------------------------------------------------------------

register_counter = sa.Table(
    "register_counter",
    metadata,
    column("register_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("direction", _Text, primary_key=True),
    column("year", sa.Integer, primary_key=True),
    column("last_sequence", sa.Integer),
    column("last_registered_at", _Time, nullable=True),
    column("first_sequence", sa.Integer, server_default="1"),
    column("opened_at", _Time, nullable=True),
    column("opened_by", _Text, server_default=""),
    column("closed_at", _Time, nullable=True),
)

original = sa.Table(
    "original",
    metadata,
    column("sha256", _Text, primary_key=True),
    column("size", sa.BigInteger),
    column("media_type", _Text),
    column("version", _Text),
    column("stored_at", _Time),
    column("destroyed_at", _Time, nullable=True),
)

letter = sa.Table(
    "letter",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("direction", _Text),
    column("year", sa.Integer),
    column("sequence", sa.Integer),
    column("number", _Text, index=True),
    column("state", _Text),
    column("confidentiality", _Text),
    column("priority", _Text),
    column("revision", sa.Integer),
    column("received_at", _Time),
    column("registered_at", _Time),
    column("kind", _Text, sa.ForeignKey("kind.code"), nullable=True),
    column("service_id", _Text, sa.ForeignKey("entity.id"), nullable=True, index=True),
    column("position_id", _Text, sa.ForeignKey("position.id"), nullable=True, index=True),
    column("concerned", ARRAY(_Text), server_default="{}"),
    column("subject", _Text, nullable=True),
    column("sender", _Text, nullable=True),
    column("recipient", _Text, nullable=True),
    column("sender_reference", _Text, nullable=True),
    column("letter_date", sa.Date, nullable=True),
    column("due_date", sa.Date, nullable=True),
    column("delay_days", sa.Integer, nullable=True),
    column("suspended_on", sa.Date, nullable=True),
    column("closed_on", sa.Date, nullable=True),
    column("page_count", sa.Integer),
    column("original", _Text, sa.ForeignKey("original.sha256"), index=True),
    column("filename", _Text),
    column("reading", _Text),
    column("reading_error", SaidText, nullable=True),
    column("sealing", _Text),
    column("held", sa.Boolean, server_default=sa.false()),
    column("file_code", _Text, nullable=True, index=True),
    column("schedule_version", sa.Integer, nullable=True),
    column("term_rule", _Text, nullable=True),
    column("kept_until", sa.Date, nullable=True),
    column("reader_tokens", ARRAY(_Text)),
    sa.UniqueConstraint("register_id", "direction", "year", "sequence", name="uq_letter_series"),
    sa.Index("ix_letter_reader_tokens", "reader_tokens", postgresql_using="gin"),
    sa.Index("ix_letter_basket", "state", "registered_at", "id"),
    sa.Index("ix_letter_registered", "registered_at", "id"),
)

arrival = sa.Table(
    "arrival",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("sha256", _Text, sa.ForeignKey("original.sha256")),
    column("door", _Text),
    column("filename", _Text),
    column("received_at", _Time),
    column("login", _Text),
)

seal = sa.Table(
    "seal",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("leaf", sa.LargeBinary),
    column("leaf_index", sa.BigInteger),
    column("p7s_sha256", _Text),
    column("sealed_at", _Time),
)

# --- what the machine read -------------------------------------------------------------------

run = sa.Table(
    "run",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id")),
    column("stage", _Text),
    column("version", _Text),
    column("inputs", _Text),
    column("state", _Text),
    column("attempts", sa.Integer),
    column("claimed_at", _Time, nullable=True),
    column("finished_at", _Time, nullable=True),
    column("output", JSONB, nullable=True),
    column("digest", _Text, nullable=True),
    column("error", _Text, nullable=True),
    sa.UniqueConstraint("letter_id", "stage", "version", "inputs", name="uq_run_key"),
)

page = sa.Table(
    "page",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("width_px", sa.Integer),
    column("height_px", sa.Integer),
    column("resolution_dpi", sa.Float),
    column("rotation_deg", sa.Integer),
    column("skew_deg", sa.Float),
    column("source", _Text),
    column("confidence", sa.Float),
    column("engine", _Text),
    column("words", JSONB),
    column("regions", JSONB, server_default="[]"),
    column("outline", JSONB, server_default="[]"),
    column("analysis", sa.Integer, nullable=True),
    column("exact", _Text, nullable=True),
    column("stems", _Text, nullable=True),
    column("grams", _Text, nullable=True),
)
"""From `analysis` on: the page as the index holds it (`ged.mail.page.AnalysedPage`), null where nobody made it."""

page_image = sa.Table(
    "page_image",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("width_px", sa.Integer, primary_key=True),
    column("height_px", sa.Integer),
    column("sha256", _Text),
)

rendition = sa.Table(
    "rendition",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("sha256", _Text),
    column("size", sa.BigInteger),
    column("remark", _Text),
)

proposal = sa.Table(
    "proposal",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("field", _Text, primary_key=True),
    column("run_id", sa.BigInteger, sa.ForeignKey("run.id"), primary_key=True),
    column("value", _Text),
    column("confidence", sa.Float),
    column("page", sa.Integer, nullable=True),
    column("box", ARRAY(sa.Float), nullable=True),
    column("origin", _Text),
)

# --- what people decided ---------------------------------------------------------------------

decision = sa.Table(
    "decision",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("revision", sa.Integer),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("position_id", _Text, nullable=True),
    column("values", JSONB),
)

due = sa.Table(
    "due",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("disposition", _Text),
    column("kept_until", sa.Date),
    column("reasons", ARRAY(_Text)),
    column("listed_at", _Time),
    column("rule", _Text, nullable=True),
    column("version", sa.Integer, nullable=True),
    column("selected", sa.Boolean, nullable=True),
)

# --- state, journal and outbox are written only together -------------------------------------

journal = sa.Table(
    "journal",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("at", _Time),
    column("act", _Text),
    column("login", _Text),
    column("name", _Text),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("about", _Text, nullable=True, index=True),
    column("details", JSONB),
    sa.Index("ix_journal_login", "login", "act", "at"),
    sa.Index("ix_journal_act_id", "act", "id"),
    sa.Index("ix_journal_at", "at", postgresql_using="brin"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), nullable=True),
    column("at", _Time),
)

# --- who is signed in ------------------------------------------------------------------------

session = sa.Table(
    "session",
    metadata,
    column("token_hash", _Text, primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id")),
    column("created_at", _Time),
    column("expires_at", _Time),
)

token = sa.Table(
    "token",
    metadata,
    column("token_hash", _Text, primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id")),
    column("label", _Text),
    column("created_at", _Time),
    column("expires_at", _Time),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True),
    column("key", _Text, primary_key=True),
    column("request", _Text),
    column("answer", JSONB),
    column("at", _Time),
)
