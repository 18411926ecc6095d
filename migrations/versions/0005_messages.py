"""Contacts, what they write, and what they are sent."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE contacts (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  lid TEXT,
  phone VARCHAR(20),
  push_name VARCHAR(100),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  opted_out_at TIMESTAMPTZ,
  unreachable_at TIMESTAMPTZ,
  locked_until TIMESTAMPTZ,
  disappears_after INTEGER,
  CONSTRAINT pk_contacts PRIMARY KEY (id),
  CONSTRAINT uq_contacts_company_id_id UNIQUE (company_id, id),
  CONSTRAINT uq_contacts_company_id_lid UNIQUE (company_id, lid),
  CONSTRAINT uq_contacts_company_id_phone UNIQUE (company_id, phone),
  CONSTRAINT ck_contacts_known CHECK ((lid IS NOT NULL) OR (phone IS NOT NULL)),
  CONSTRAINT fk_contacts_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE contact_addresses (
  company_id INTEGER NOT NULL,
  address TEXT NOT NULL,
  contact_id BIGINT NOT NULL,
  CONSTRAINT pk_contact_addresses PRIMARY KEY (company_id, address),
  CONSTRAINT fk_contact_addresses_company_id_companies
    FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_contact_addresses_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_contact_addresses_contact ON contact_addresses (contact_id);

CREATE TABLE inbox_messages (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  device_id BIGINT,
  contact_id BIGINT NOT NULL,
  message_id TEXT NOT NULL,
  direction VARCHAR(20) NOT NULL,
  kind VARCHAR(20) NOT NULL,
  text TEXT,
  media VARCHAR(50),
  quoted_id TEXT,
  sent_at TIMESTAMPTZ NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  handled_at TIMESTAMPTZ,
  seconds INTEGER,
  voice JSONB,
  edited_at TIMESTAMPTZ,
  withdrawn_at TIMESTAMPTZ,
  CONSTRAINT pk_inbox_messages PRIMARY KEY (id),
  CONSTRAINT uq_inbox_messages_device_id_message_id UNIQUE (device_id, message_id),
  CONSTRAINT ck_inbox_messages_direction CHECK (direction IN ('in', 'own_phone')),
  CONSTRAINT ck_inbox_messages_kind CHECK (kind IN ('text', 'reaction', 'other')),
  CONSTRAINT fk_inbox_messages_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_inbox_messages_device_id FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE SET NULL,
  CONSTRAINT fk_inbox_messages_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_inbox_messages_own_device
    FOREIGN KEY (company_id, device_id) REFERENCES devices (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_inbox_messages_company ON inbox_messages (company_id, id);
CREATE INDEX idx_inbox_messages_contact ON inbox_messages (contact_id, id);
CREATE INDEX idx_inbox_messages_kept ON inbox_messages (received_at) WHERE text IS NOT NULL;
CREATE INDEX idx_inbox_messages_log ON inbox_messages (company_id, received_at);
CREATE INDEX idx_inbox_messages_voices ON inbox_messages (received_at) WHERE voice IS NOT NULL;
CREATE INDEX idx_inbox_messages_waiting ON inbox_messages (id) WHERE handled_at IS NULL;

CREATE TABLE outbox_messages (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  contact_id BIGINT NOT NULL,
  device_id BIGINT,
  epoch BIGINT,
  dedup_key VARCHAR(200) NOT NULL,
  text TEXT NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'pending',
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
  purpose VARCHAR(20) NOT NULL DEFAULT 'manual',
  record_id BIGINT,
  about_contact_id BIGINT,
  withdrawn_at TIMESTAMPTZ,
  CONSTRAINT pk_outbox_messages PRIMARY KEY (id),
  CONSTRAINT uq_outbox_messages_company_id_dedup_key UNIQUE (company_id, dedup_key),
  CONSTRAINT uq_outbox_messages_company_id_id UNIQUE (company_id, id),
  CONSTRAINT ck_outbox_messages_purpose CHECK (purpose IN ('manual', 'trial', 'booked', 'moved', 'changed',
    'cancelled', 'reminder_day', 'reminder_hours', 'reminder_again', 'review', 'reply', 'provider')),
  CONSTRAINT ck_outbox_messages_state
    CHECK (state IN ('pending', 'sending', 'sent', 'unknown', 'failed', 'cancelled')),
  CONSTRAINT fk_outbox_messages_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_outbox_messages_device_id FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE SET NULL,
  CONSTRAINT fk_outbox_messages_own_about
    FOREIGN KEY (company_id, about_contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_outbox_messages_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  CONSTRAINT fk_outbox_messages_own_device
    FOREIGN KEY (company_id, device_id) REFERENCES devices (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_outbox_messages_about ON outbox_messages (about_contact_id) WHERE about_contact_id IS NOT NULL;
CREATE INDEX idx_outbox_messages_contact ON outbox_messages (contact_id, id);
CREATE INDEX idx_outbox_messages_deadline ON outbox_messages (deadline_at) WHERE state = 'pending';
CREATE INDEX idx_outbox_messages_due ON outbox_messages (company_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX idx_outbox_messages_kept ON outbox_messages (created_at) WHERE text <> '';
CREATE INDEX idx_outbox_messages_log ON outbox_messages (company_id, created_at);
CREATE INDEX idx_outbox_messages_message ON outbox_messages (device_id, message_id)
  WHERE message_id IS NOT NULL;
CREATE INDEX idx_outbox_messages_sending ON outbox_messages (device_id) WHERE state = 'sending';

CREATE TABLE message_pause (
  is_paused BOOLEAN NOT NULL DEFAULT true,
  since TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_message_pause PRIMARY KEY (is_paused),
  CONSTRAINT ck_message_pause_is_paused CHECK (is_paused)
);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE message_pause, outbox_messages, inbox_messages, contact_addresses, contacts")
