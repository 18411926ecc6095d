"""How far the clock of a session host is ahead of PostgreSQL's."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE session_hosts ADD COLUMN clock_skew DOUBLE PRECISION NOT NULL DEFAULT 0")


def downgrade() -> None:
    op.execute("ALTER TABLE session_hosts DROP COLUMN clock_skew")
