"""Messages that YClients sends through us as a provider."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE provider_messages (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  external_id VARCHAR(100) NOT NULL,
  outbox_message_id BIGINT,
  callback_url TEXT,
  told INTEGER[] NOT NULL DEFAULT '{}',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  error VARCHAR(200),
  created_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  CONSTRAINT pk_provider_messages PRIMARY KEY (id),
  CONSTRAINT uq_provider_messages_company_id_external_id UNIQUE (company_id, external_id),
  CONSTRAINT fk_provider_messages_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_provider_messages_outbox_message_id
    FOREIGN KEY (outbox_message_id) REFERENCES outbox_messages (id) ON DELETE SET NULL,
  CONSTRAINT fk_provider_messages_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_provider_messages_due ON provider_messages (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX idx_provider_messages_outbox ON provider_messages (outbox_message_id);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE provider_messages")
