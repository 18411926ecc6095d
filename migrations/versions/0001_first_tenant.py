"""The companies of the specification, and what pairing, hosting and delivery need."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE companies (
  id SERIAL CONSTRAINT pk_companies PRIMARY KEY,
  yclients_id INTEGER NOT NULL CONSTRAINT uq_companies_yclients_id UNIQUE,
  company_id INTEGER,
  title VARCHAR(255),
  phone VARCHAR(20),
  email VARCHAR(255),
  address TEXT,
  timezone VARCHAR(50) DEFAULT 'Europe/Moscow',
  whatsapp_enabled BOOLEAN DEFAULT false,
  whatsapp_connected BOOLEAN DEFAULT false,
  whatsapp_phone VARCHAR(20),
  whatsapp_connected_at TIMESTAMPTZ,
  ai_enabled BOOLEAN DEFAULT true,
  sync_enabled BOOLEAN DEFAULT true,
  integration_status VARCHAR(50) DEFAULT 'pending'
    CONSTRAINT ck_companies_integration_status
    CHECK (integration_status IN ('pending','pairing','activating','active','activation_failed')),
  api_key VARCHAR(255),
  raw_data JSONB,
  created_at TIMESTAMPTZ DEFAULT now(),
  updated_at TIMESTAMPTZ DEFAULT now(),
  connect_jti VARCHAR(64),
  activation_error VARCHAR(64),
  activation_deadline_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  activated_at TIMESTAMPTZ
);
CREATE INDEX idx_companies_yclients_id ON companies (yclients_id);
CREATE INDEX idx_companies_whatsapp_connected ON companies (whatsapp_connected);
CREATE INDEX idx_companies_api_key ON companies (api_key);

CREATE TABLE session_hosts (
  id UUID CONSTRAINT pk_session_hosts PRIMARY KEY,
  lease_until TIMESTAMPTZ NOT NULL,
  capacity INTEGER NOT NULL,
  draining BOOLEAN NOT NULL DEFAULT false,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE devices (
  id BIGSERIAL CONSTRAINT pk_devices PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_devices_company_id REFERENCES companies (id) ON DELETE CASCADE,
  jid TEXT NOT NULL CONSTRAINT uq_devices_jid UNIQUE,
  lid TEXT,
  phone VARCHAR(20) NOT NULL,
  platform VARCHAR(50),
  business_name VARCHAR(255),
  desired VARCHAR(20) NOT NULL DEFAULT 'on'
    CONSTRAINT ck_devices_desired CHECK (desired IN ('on','off','removed')),
  observed VARCHAR(20) NOT NULL DEFAULT 'linked'
    CONSTRAINT ck_devices_observed
    CHECK (observed IN ('linked','starting','online','reconnecting','backoff','conflict','banned','outdated',
                        'logged_out')),
  reason VARCHAR(100),
  host_id UUID CONSTRAINT fk_devices_host_id REFERENCES session_hosts (id) ON DELETE SET NULL,
  epoch BIGINT NOT NULL DEFAULT 0,
  state_since TIMESTAMPTZ NOT NULL DEFAULT now(),
  next_attempt_at TIMESTAMPTZ,
  linked_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_devices_company ON devices (company_id) WHERE desired <> 'removed';
CREATE UNIQUE INDEX idx_devices_phone ON devices (phone) WHERE desired <> 'removed';
CREATE INDEX idx_devices_host ON devices (host_id);

CREATE TABLE outbox (
  id BIGSERIAL CONSTRAINT pk_outbox PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_outbox_company_id REFERENCES companies (id) ON DELETE CASCADE,
  kind VARCHAR(50) NOT NULL,
  dedup_key VARCHAR(200) NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'pending'
    CONSTRAINT ck_outbox_state CHECK (state IN ('pending','sending','sent','unknown','failed','cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  deadline_at TIMESTAMPTZ,
  secret TEXT,
  last_error VARCHAR(200),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  finished_at TIMESTAMPTZ,
  CONSTRAINT uq_outbox_company_id_dedup_key UNIQUE (company_id, dedup_key)
);
CREATE INDEX idx_outbox_due ON outbox (next_attempt_at) WHERE state IN ('pending','sending');

CREATE TABLE webhooks (
  id BIGSERIAL CONSTRAINT pk_webhooks PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_webhooks_company_id REFERENCES companies (id) ON DELETE CASCADE,
  dedup_key VARCHAR(64) NOT NULL,
  body BYTEA NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'received'
    CONSTRAINT ck_webhooks_state CHECK (state IN ('received','processed','ignored','unreadable')),
  resource VARCHAR(100),
  status VARCHAR(100),
  received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  processed_at TIMESTAMPTZ,
  CONSTRAINT uq_webhooks_company_id_dedup_key UNIQUE (company_id, dedup_key)
);
CREATE INDEX idx_webhooks_received ON webhooks (id) WHERE state = 'received';
"""

DOWNGRADE = "DROP TABLE webhooks, outbox, devices, session_hosts, companies"


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
