"""A pause of all messages, whoever's they are; and whose notice is due next."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    CREATE TABLE message_pause (
      is_paused BOOLEAN NOT NULL DEFAULT true CONSTRAINT ck_message_pause_is_paused CHECK (is_paused),
      since TIMESTAMPTZ NOT NULL,
      CONSTRAINT pk_message_pause PRIMARY KEY (is_paused)
    );
    CREATE INDEX idx_notices_next ON notices (due_at) WHERE state = 'waiting';
    """)


def downgrade() -> None:
    op.execute("DROP INDEX idx_notices_next; DROP TABLE message_pause")
