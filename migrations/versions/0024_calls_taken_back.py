"""What was asked about in one call is found by when that was."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX idx_notices_called ON notices (company_id, called_at) WHERE called_at IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP INDEX idx_notices_called")
