"""The bot: chats, what was understood, offered and written in them, and what a salon has set."""

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
  proposal JSONB,
  written JSONB NOT NULL,
  attendance JSONB NOT NULL,
  act VARCHAR(20) NOT NULL,
  asks VARCHAR(20),
  hand_over VARCHAR(20),
  rating SMALLINT,
  parts TEXT[] NOT NULL,
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

CREATE TABLE chat_proposals (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  fingerprint VARCHAR(32) NOT NULL,
  proposal JSONB NOT NULL,
  outbox_message_id BIGINT,
  made_at TIMESTAMPTZ NOT NULL,
  agreed_at TIMESTAMPTZ,
  told_at TIMESTAMPTZ,
  CONSTRAINT pk_chat_proposals PRIMARY KEY (id),
  CONSTRAINT uq_chat_proposals_company_id_id UNIQUE (company_id, id),
  CONSTRAINT fk_chat_proposals_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_proposals_outbox_message_id
    FOREIGN KEY (outbox_message_id) REFERENCES outbox_messages (id) ON DELETE SET NULL,
  CONSTRAINT fk_chat_proposals_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_proposals_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_chat_proposals_contact ON chat_proposals (company_id, contact_id, id);
CREATE INDEX idx_chat_proposals_kept ON chat_proposals (made_at);
CREATE INDEX idx_chat_proposals_outbox ON chat_proposals (outbox_message_id);
CREATE INDEX idx_chat_proposals_untold ON chat_proposals (company_id, contact_id)
  WHERE agreed_at IS NOT NULL AND told_at IS NULL;

CREATE TABLE chat_writes (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  proposal_id BIGINT NOT NULL,
  part SMALLINT NOT NULL,
  operation VARCHAR(20) NOT NULL,
  api_id VARCHAR(100) NOT NULL,
  record_id BIGINT,
  staff_id BIGINT,
  starts TIMESTAMP,
  seconds INTEGER,
  service_ids BIGINT[] NOT NULL DEFAULT '{}',
  guest VARCHAR(255),
  state VARCHAR(20) NOT NULL DEFAULT 'waiting',
  reason VARCHAR(20),
  checks INTEGER NOT NULL DEFAULT 0,
  next_check_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  sent_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ,
  CONSTRAINT pk_chat_writes PRIMARY KEY (id),
  CONSTRAINT uq_chat_writes_company_id_proposal_id_part UNIQUE (company_id, proposal_id, part),
  CONSTRAINT uq_chat_writes_company_id_api_id UNIQUE (company_id, api_id),
  CONSTRAINT ck_chat_writes_operation CHECK (operation IN ('book', 'move', 'cancel')),
  CONSTRAINT ck_chat_writes_state CHECK (state IN ('waiting', 'sending', 'saved', 'refused', 'unknown')),
  CONSTRAINT fk_chat_writes_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_writes_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_chat_writes_own_proposal
    FOREIGN KEY (company_id, proposal_id) REFERENCES chat_proposals (company_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_chat_writes_contact ON chat_writes (company_id, contact_id);
CREATE INDEX idx_chat_writes_due ON chat_writes (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX idx_chat_writes_record ON chat_writes (company_id, record_id);

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
    op.execute("DROP TABLE bot_settings, chat_writes, chat_proposals, chat_turns, chats")
