"""Contacts, the inbox of messages and the outbox of messages."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE contacts (
  id BIGSERIAL CONSTRAINT pk_contacts PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_contacts_company_id REFERENCES companies (id) ON DELETE CASCADE,
  lid TEXT,
  phone VARCHAR(20),
  push_name VARCHAR(100),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  CONSTRAINT uq_contacts_company_id_lid UNIQUE (company_id, lid),
  CONSTRAINT uq_contacts_company_id_phone UNIQUE (company_id, phone),
  CONSTRAINT ck_contacts_known CHECK (lid IS NOT NULL OR phone IS NOT NULL)
);

CREATE TABLE inbox_messages (
  id BIGSERIAL CONSTRAINT pk_inbox_messages PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_inbox_messages_company_id REFERENCES companies (id) ON DELETE CASCADE,
  device_id BIGINT CONSTRAINT fk_inbox_messages_device_id REFERENCES devices (id) ON DELETE SET NULL,
  contact_id BIGINT NOT NULL CONSTRAINT fk_inbox_messages_contact_id REFERENCES contacts (id) ON DELETE CASCADE,
  message_id TEXT NOT NULL,
  direction VARCHAR(20) NOT NULL
    CONSTRAINT ck_inbox_messages_direction CHECK (direction IN ('in','own_phone')),
  kind VARCHAR(20) NOT NULL
    CONSTRAINT ck_inbox_messages_kind CHECK (kind IN ('text','reaction','other')),
  text TEXT,
  media VARCHAR(50),
  quoted_id TEXT,
  sent_at TIMESTAMPTZ NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT uq_inbox_messages_device_id_message_id UNIQUE (device_id, message_id)
);
CREATE INDEX idx_inbox_messages_contact ON inbox_messages (contact_id, id);
CREATE INDEX idx_inbox_messages_company ON inbox_messages (company_id, id);

CREATE TABLE outbox_messages (
  id BIGSERIAL CONSTRAINT pk_outbox_messages PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_outbox_messages_company_id REFERENCES companies (id) ON DELETE CASCADE,
  contact_id BIGINT NOT NULL CONSTRAINT fk_outbox_messages_contact_id REFERENCES contacts (id) ON DELETE CASCADE,
  device_id BIGINT CONSTRAINT fk_outbox_messages_device_id REFERENCES devices (id) ON DELETE SET NULL,
  epoch BIGINT,
  dedup_key VARCHAR(200) NOT NULL,
  text TEXT NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'pending'
    CONSTRAINT ck_outbox_messages_state CHECK (state IN ('pending','sending','sent','unknown','failed','cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  deadline_at TIMESTAMPTZ,
  attempted_at TIMESTAMPTZ,
  reason VARCHAR(50),
  message_id TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  sent_at TIMESTAMPTZ,
  delivered_at TIMESTAMPTZ,
  read_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ,
  CONSTRAINT uq_outbox_messages_company_id_dedup_key UNIQUE (company_id, dedup_key)
);
CREATE INDEX idx_outbox_messages_due ON outbox_messages (company_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX idx_outbox_messages_deadline ON outbox_messages (deadline_at) WHERE state = 'pending';
CREATE INDEX idx_outbox_messages_sending ON outbox_messages (device_id) WHERE state = 'sending';
CREATE INDEX idx_outbox_messages_message ON outbox_messages (device_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX idx_outbox_messages_contact ON outbox_messages (contact_id, id);
"""

DOWNGRADE = "DROP TABLE outbox_messages, inbox_messages, contacts"


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
