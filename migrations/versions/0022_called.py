"""Since when a salon has been asked to call about a notice that could not be sent: one call may be about several."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_UP = """
    ALTER TABLE notices ADD COLUMN called_at TIMESTAMPTZ;
    UPDATE notices SET called_at = call.created_at FROM outbox_messages AS call
    WHERE notices.kind IN ('moved', 'cancelled') AND notices.finished_at > now() - interval '1 day'
      AND call.company_id = notices.company_id AND call.dedup_key = 'call:' || notices.id;
    DROP INDEX idx_notices_untold;
    CREATE INDEX idx_notices_untold ON notices (finished_at)
      WHERE kind IN ('moved', 'cancelled') AND reason IS NOT NULL AND called_at IS NULL;
"""
_DOWN = """
    DROP INDEX idx_notices_untold;
    CREATE INDEX idx_notices_untold ON notices (finished_at) WHERE kind IN ('moved', 'cancelled');
    ALTER TABLE notices DROP COLUMN called_at;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
