"""Since when a salon has been asked to call about a notice that could not be sent: one call may be about several."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE notices ADD COLUMN called_at TIMESTAMPTZ")
    op.execute("""
        UPDATE notices SET called_at = call.created_at FROM outbox_messages AS call
        WHERE notices.kind IN ('moved', 'cancelled') AND notices.finished_at > now() - interval '1 day'
          AND call.company_id = notices.company_id AND call.dedup_key = 'call:' || notices.id
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE notices DROP COLUMN called_at")
