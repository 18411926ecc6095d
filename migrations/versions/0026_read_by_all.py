"""What statements about all salons read of a promise, or of a question, can be read."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_READS_PROMISE = """num_nulls(
  CAST(promise ->> 'client_id' AS bigint), CAST(promise ->> 'visit_id' AS bigint),
  CAST(promise -> 'was' ->> 'visit_id' AS bigint), CAST(promise ->> 'starts_at' AS timestamptz),
  CAST(promise -> 'was' ->> 'starts_at' AS timestamptz), CAST(promise ->> 'wall_clock' AS timestamp),
  CAST(promise -> 'was' ->> 'wall_clock' AS timestamp)
) >= 0"""
_READS_OTHERS = """NOT jsonb_path_exists(others, '$.* ? (@.type() != "number")')"""


def upgrade() -> None:
    op.create_check_constraint("promise", "notices", _READS_PROMISE)
    op.create_check_constraint("others", "questions", _READS_OTHERS)


def downgrade() -> None:
    op.drop_constraint("ck_questions_others", "questions")
    op.drop_constraint("ck_notices_promise", "notices")
