"""Reminders that told their clients nothing are found while there is time for another."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX idx_notices_deadline ON notices (company_id, deadline_at)"
        " WHERE kind IN ('reminder_day', 'reminder_hours') AND state <> 'waiting'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX idx_notices_deadline")
