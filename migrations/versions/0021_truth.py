"""What the last comparison of a salon's coming week with YClients found."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE companies ADD COLUMN truth_checked_at TIMESTAMPTZ, ADD COLUMN truth_differences JSONB")


def downgrade() -> None:
    op.execute("ALTER TABLE companies DROP COLUMN truth_differences, DROP COLUMN truth_checked_at")
