"""Versions of pieces that were brought before the machine read any are given the job that later ones were brought with"""

from alembic import op

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
        "SELECT 'read_version', 'read_version', jsonb_build_object('version_id', v.id) "
        "FROM dossier_version v JOIN dossier_piece p ON p.id = v.piece_id AND p.latest = v.number "
        "WHERE v.reading = 'en_lecture' AND p.condemned_at IS NULL ORDER BY v.added_at, v.id"
    )
