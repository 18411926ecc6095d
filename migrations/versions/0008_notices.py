"""Notices to clients: what a salon wants and says, what is planned, asked and answered; whom we must not write to."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE contacts
  ADD COLUMN opted_out_at TIMESTAMPTZ,
  ADD COLUMN absent_at TIMESTAMPTZ,
  ADD COLUMN locked_until TIMESTAMPTZ,
  ADD COLUMN silent_until TIMESTAMPTZ;

ALTER TABLE devices ADD COLUMN locked_until TIMESTAMPTZ;

ALTER TABLE outbox_messages
  ADD COLUMN purpose VARCHAR(20) NOT NULL DEFAULT 'manual' CONSTRAINT ck_outbox_messages_purpose CHECK (purpose IN
    ('manual','trial','booked','moved','changed','cancelled','reminder_day','reminder_hours','reminder_again','review',
     'reply','operator')),
  ADD COLUMN record_id BIGINT;
CREATE INDEX idx_outbox_messages_company ON outbox_messages (company_id, id);

ALTER TABLE inbox_messages ADD COLUMN handled_at TIMESTAMPTZ;
CREATE INDEX idx_inbox_messages_waiting ON inbox_messages (id) WHERE handled_at IS NULL;

ALTER TABLE companies ADD COLUMN messages_paused_at TIMESTAMPTZ;

CREATE TABLE message_settings (
  company_id INTEGER NOT NULL CONSTRAINT fk_message_settings_company_id REFERENCES companies (id) ON DELETE CASCADE,
  settings JSONB NOT NULL DEFAULT '{}',
  updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_message_settings PRIMARY KEY (company_id)
);

CREATE TABLE message_texts (
  company_id INTEGER NOT NULL CONSTRAINT fk_message_texts_company_id REFERENCES companies (id) ON DELETE CASCADE,
  kind VARCHAR(20) NOT NULL,
  template TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_message_texts PRIMARY KEY (company_id, kind)
);

CREATE TABLE notices (
  id BIGSERIAL CONSTRAINT pk_notices PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_notices_company_id REFERENCES companies (id) ON DELETE CASCADE,
  record_id BIGINT NOT NULL,
  kind VARCHAR(20) NOT NULL CONSTRAINT ck_notices_kind CHECK (kind IN
    ('booked','moved','changed','cancelled','reminder_day','reminder_hours','reminder_again','review')),
  dedup_key VARCHAR(200) NOT NULL,
  promise JSONB NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  deadline_at TIMESTAMPTZ NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'waiting'
    CONSTRAINT ck_notices_state CHECK (state IN ('waiting','released','done','dropped')),
  reason VARCHAR(50),
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until TIMESTAMPTZ,
  outbox_message_id BIGINT CONSTRAINT fk_notices_outbox_message_id REFERENCES outbox_messages (id) ON DELETE SET NULL,
  created_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  CONSTRAINT uq_notices_company_id_dedup_key UNIQUE (company_id, dedup_key)
);
CREATE INDEX idx_notices_due ON notices (company_id, due_at) WHERE state = 'waiting';
CREATE INDEX idx_notices_record ON notices (company_id, record_id, id);
CREATE INDEX idx_notices_released ON notices (outbox_message_id) WHERE state = 'released';

CREATE TABLE questions (
  company_id INTEGER NOT NULL CONSTRAINT fk_questions_company_id REFERENCES companies (id) ON DELETE CASCADE,
  record_id BIGINT NOT NULL,
  starts_at TIMESTAMPTZ NOT NULL,
  visit_id BIGINT,
  contact_id BIGINT NOT NULL CONSTRAINT fk_questions_contact_id REFERENCES contacts (id) ON DELETE CASCADE,
  asked_at TIMESTAMPTZ NOT NULL,
  answer VARCHAR(20) CONSTRAINT ck_questions_answer CHECK (answer IN ('yes','no','unclear')),
  answered_at TIMESTAMPTZ,
  written_at TIMESTAMPTZ,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  error VARCHAR(200),
  CONSTRAINT pk_questions PRIMARY KEY (company_id, record_id, starts_at)
);
CREATE INDEX idx_questions_contact ON questions (company_id, contact_id, asked_at);
CREATE INDEX idx_questions_unwritten ON questions (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

CREATE TABLE operator_messages (
  id BIGSERIAL CONSTRAINT pk_operator_messages PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_operator_messages_company_id REFERENCES companies (id) ON DELETE CASCADE,
  external_id VARCHAR(100) NOT NULL,
  outbox_message_id BIGINT CONSTRAINT fk_operator_messages_outbox_message_id
    REFERENCES outbox_messages (id) ON DELETE SET NULL,
  callback_url TEXT,
  told INTEGER[] NOT NULL DEFAULT '{}',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  error VARCHAR(200),
  created_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  CONSTRAINT uq_operator_messages_company_id_external_id UNIQUE (company_id, external_id)
);
CREATE INDEX idx_operator_messages_due ON operator_messages (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX idx_operator_messages_outbox ON operator_messages (outbox_message_id);
"""

DOWNGRADE = """
DROP TABLE operator_messages, questions, notices, message_texts, message_settings;
ALTER TABLE companies DROP COLUMN messages_paused_at;
DROP INDEX idx_inbox_messages_waiting;
ALTER TABLE inbox_messages DROP COLUMN handled_at;
DROP INDEX idx_outbox_messages_company;
ALTER TABLE outbox_messages DROP COLUMN purpose, DROP COLUMN record_id;
ALTER TABLE devices DROP COLUMN locked_until;
ALTER TABLE contacts
  DROP COLUMN opted_out_at, DROP COLUMN absent_at, DROP COLUMN locked_until, DROP COLUMN silent_until;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
