"""A page of a salon's messages costs what it shows, however many there are of everybody's."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    CREATE INDEX idx_inbox_messages_log ON inbox_messages (company_id, received_at);
    CREATE INDEX idx_outbox_messages_log ON outbox_messages (company_id, created_at);
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_outbox_messages_log;
    DROP INDEX idx_inbox_messages_log;
    """)
