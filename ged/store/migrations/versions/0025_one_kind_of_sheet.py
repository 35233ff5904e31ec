"""Sheets that leave the house are transmittals: their rows move, with their numbers, codes and receipts"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    for name in ("address", "delivery"):
        op.add_column("transmittal", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.alter_column("transmittal_line", "hand_over_id", nullable=True)
    op.add_column("transmittal_line", sa.Column("sending_id", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_transmittal_line_sending_id"), "transmittal_line", "sending", ["sending_id"], ["id"])
    op.create_index(op.f("ix_transmittal_line_sending_id"), "transmittal_line", ["sending_id"])
    op.create_check_constraint(
        op.f("ck_transmittal_line_moves_or_leaves"),
        "transmittal_line",
        "(hand_over_id IS NULL) <> (sending_id IS NULL)",
    )
    op.add_column("sending", sa.Column("transmittal_id", sa.Text(), nullable=True))
    for statement in (_DISCHARGES, _SHEETS, _COUNTERS, _LINES, "UPDATE sending SET transmittal_id = slip_id"):
        op.execute(statement)
    op.create_foreign_key(op.f("fk_sending_transmittal_id"), "sending", "transmittal", ["transmittal_id"], ["id"])
    op.create_index(op.f("ix_sending_transmittal_id"), "sending", ["transmittal_id"])
    op.drop_column("sending", "slip_id")
    op.drop_table("slip")


_DISCHARGES = """
INSERT INTO discharge (id, at, way, name, login, recorded_by, proof, proof_type)
SELECT id, received_at, 'qr', received_by, NULL, '', NULL, '' FROM slip WHERE received_at IS NOT NULL
"""
# A number stays as it was printed. Its place in the series follows what the series has already: none is given twice.
_SHEETS = """
INSERT INTO transmittal (
    id, tenant_id, register_id, entity_id, kind, year, sequence, number, to_outside, address, delivery, mention, text,
    made_at, made_by, made_title, login, code, expires_at, discharge_id
)
SELECT
    slip.id, entity.tenant_id, slip.register_id, slip.register_id, 'envoi', series.year,
    coalesce(counter.last_sequence, 0)
        + row_number() OVER (PARTITION BY slip.register_id, series.year ORDER BY slip.made_at, slip.number),
    slip.number, slip.recipient, slip.address, slip.way, '', '',
    slip.made_at, slip.made_by, '', '', slip.code, greatest(slip.made_at, now()) + interval '60 days', discharge.id
FROM slip
JOIN entity ON entity.id = slip.register_id
CROSS JOIN LATERAL (SELECT extract(year FROM slip.made_at AT TIME ZONE 'UTC')::integer AS year) AS series
LEFT JOIN transmittal_counter AS counter
    ON counter.entity_id = slip.register_id AND counter.kind = 'envoi' AND counter.year = series.year
LEFT JOIN discharge ON discharge.id = slip.id
"""
_COUNTERS = """
INSERT INTO transmittal_counter (entity_id, kind, year, last_sequence)
SELECT entity_id, kind, year, max(sequence) FROM transmittal WHERE kind = 'envoi' GROUP BY entity_id, kind, year
ON CONFLICT (entity_id, kind, year) DO UPDATE SET last_sequence = greatest(
    transmittal_counter.last_sequence, excluded.last_sequence
)
"""
_LINES = """
INSERT INTO transmittal_line (
    transmittal_id, rank, letter_id, hand_over_id, sending_id, quantity, description, observation
)
SELECT
    sending.slip_id,
    row_number() OVER (PARTITION BY sending.slip_id ORDER BY sending.letter_id, sending.rank, sending.id),
    letter.id, NULL, sending.id,
    1 + (SELECT count(*) FROM annex WHERE annex.letter_id = letter.id AND annex.kind = 'piece_jointe'),
    CASE WHEN letter.confidentiality IN ('public', 'interne')
        THEN letter.number || coalesce(' · ' || letter.subject, '')
        ELSE letter.number || ' · Pli à diffusion restreinte' END,
    ''
FROM sending JOIN letter ON letter.id = sending.letter_id WHERE sending.slip_id IS NOT NULL
"""
