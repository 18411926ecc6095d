"""What the salon's clock shows when a booking begins, whether its prepayment is still to come, and which bookings are
one visit."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    ALTER TABLE records ADD COLUMN wall_clock TIMESTAMP, ADD COLUMN is_unpaid BOOLEAN NOT NULL DEFAULT false;
    UPDATE records SET wall_clock = starts_at AT TIME ZONE COALESCE(companies.timezone, 'Europe/Moscow')
    FROM companies WHERE companies.id = records.company_id;
    CREATE INDEX idx_records_visit ON records (company_id, visit_id);
    CREATE INDEX idx_notices_untold ON notices (finished_at) WHERE kind IN ('moved', 'cancelled');
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_notices_untold;
    DROP INDEX idx_records_visit;
    ALTER TABLE records DROP COLUMN is_unpaid, DROP COLUMN wall_clock;
    """)
