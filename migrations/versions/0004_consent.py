"""When the salon's owner agreed to the risks of an unofficial client."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE companies ADD COLUMN consented_at TIMESTAMPTZ")


def downgrade() -> None:
    op.execute("ALTER TABLE companies DROP COLUMN consented_at")
