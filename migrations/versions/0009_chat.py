"""The bot: chats, each burst of a client's words that was handled, and what a salon has set."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE chats (
  company_id INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  version BIGINT NOT NULL DEFAULT 0,
  waits_since TIMESTAMPTZ,
  due_at TIMESTAMPTZ,
  claimed_until TIMESTAMPTZ,
  run BIGINT NOT NULL DEFAULT 0,
  dialogue JSONB NOT NULL DEFAULT '{}',
  is_human BOOLEAN NOT NULL DEFAULT false,
  human_why VARCHAR(20),
  human_until TIMESTAMPTZ,
  greeted_at TIMESTAMPTZ,
  media_at TIMESTAMPTZ,
  changed_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_chats PRIMARY KEY (company_id, contact_id),
  CONSTRAINT fk_chats_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_chats_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_chats_due ON chats (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE chat_turns (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  written_at TIMESTAMPTZ NOT NULL,
  began_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ NOT NULL,
  inbox_ids BIGINT[] NOT NULL,
  heard JSONB NOT NULL,
  commands JSONB NOT NULL,
  looked_up JSONB NOT NULL,
  written JSONB NOT NULL,
  attendance JSONB NOT NULL,
  act VARCHAR(20) NOT NULL,
  asks VARCHAR(20),
  hand_over VARCHAR(20),
  rating SMALLINT,
  reply TEXT,
  outbox_message_id BIGINT,
  verdict VARCHAR(20) NOT NULL,
  CONSTRAINT pk_chat_turns PRIMARY KEY (id),
  CONSTRAINT ck_chat_turns_verdict
    CHECK (verdict IN ('booked', 'moved', 'cancelled', 'answered', 'handed_over', 'declined', 'silent')),
  CONSTRAINT fk_chat_turns_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_turns_outbox_message_id
    FOREIGN KEY (outbox_message_id) REFERENCES outbox_messages (id) ON DELETE SET NULL,
  CONSTRAINT fk_chat_turns_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_turns_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_chat_turns_contact ON chat_turns (company_id, contact_id, id);
CREATE INDEX idx_chat_turns_log ON chat_turns (company_id, finished_at);
CREATE INDEX idx_chat_turns_kept ON chat_turns (finished_at);
CREATE INDEX idx_chat_turns_outbox ON chat_turns (outbox_message_id);

CREATE TABLE bot_settings (
  company_id INTEGER NOT NULL,
  settings JSONB NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_bot_settings PRIMARY KEY (company_id),
  CONSTRAINT fk_bot_settings_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE bot_settings, chat_turns, chats")
