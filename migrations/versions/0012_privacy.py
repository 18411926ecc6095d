"""Texts are kept for a while only; whoever had their data erased is known by a fingerprint alone."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    CREATE TABLE erasures (
      company_id INTEGER NOT NULL CONSTRAINT fk_erasures_company_id REFERENCES companies (id) ON DELETE CASCADE,
      fingerprint VARCHAR(64) NOT NULL,
      at TIMESTAMPTZ NOT NULL,
      CONSTRAINT pk_erasures PRIMARY KEY (company_id, fingerprint)
    );
    CREATE INDEX idx_inbox_messages_kept ON inbox_messages (received_at) WHERE text IS NOT NULL;
    CREATE INDEX idx_outbox_messages_kept ON outbox_messages (created_at) WHERE text <> '';
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_outbox_messages_kept;
    DROP INDEX idx_inbox_messages_kept;
    DROP TABLE erasures;
    """)
