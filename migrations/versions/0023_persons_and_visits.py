"""Numbers in one spelling, to find a person by; whom a question was asked of, and about which bookings."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SHORT = """
regexp_replace(regexp_replace(regexp_replace({phone},
  '^(55[1-9][0-9])9([6-9][0-9]{{7}})$', '\\1\\2'),
  '^521([2-9][0-9]{{9}})$', '52\\1'),
  '^549([1-8][0-9]{{9}})$', '54\\1')
"""


def upgrade() -> None:
    op.execute(f"""
    ALTER TABLE records ADD COLUMN client_number VARCHAR(20);
    UPDATE records SET client_number = {_SHORT.format(phone="client_phone")} WHERE client_phone IS NOT NULL;
    UPDATE notices SET promise = promise || jsonb_build_object(
      'client_number', {_SHORT.format(phone="promise ->> 'client_phone'")}
    ) WHERE promise ? 'client_phone';
    CREATE INDEX idx_questions_visit ON questions (company_id, visit_id);
    ALTER TABLE questions ADD COLUMN client_id BIGINT, ADD COLUMN others JSONB NOT NULL DEFAULT '{{}}';
    UPDATE questions SET client_id = records.client_id FROM records
    WHERE records.company_id = questions.company_id AND records.record_id = questions.record_id;
    """)  # noqa: S608 - our own words


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_questions_visit;
    ALTER TABLE questions DROP COLUMN others, DROP COLUMN client_id;
    UPDATE notices SET promise = promise - 'client_number';
    ALTER TABLE records DROP COLUMN client_number;
    """)
