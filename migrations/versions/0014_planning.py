"""What the planner of notices looks for, and when a notice's booking was last looked at."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    ALTER TABLE notices ADD COLUMN looked_at TIMESTAMPTZ;
    CREATE INDEX idx_questions_open ON questions (company_id, asked_at) WHERE answer IS NULL;
    CREATE INDEX idx_records_created_at ON records (company_id, created_at);
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_records_created_at;
    DROP INDEX idx_questions_open;
    ALTER TABLE notices DROP COLUMN looked_at;
    """)
