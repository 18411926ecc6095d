"""The salons of the specification, what is owed to YClients about them, and what they and we did."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE companies (
  id SERIAL,
  yclients_id INTEGER NOT NULL,
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
  integration_status VARCHAR(50) DEFAULT 'pending',
  api_key VARCHAR(255),
  raw_data JSONB,
  created_at TIMESTAMPTZ DEFAULT now(),
  updated_at TIMESTAMPTZ DEFAULT now(),
  connect_jti VARCHAR(64),
  activation_error VARCHAR(64),
  activation_deadline_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  activated_at TIMESTAMPTZ,
  consented_at TIMESTAMPTZ,
  yclients_status VARCHAR(20),
  yclients_checked_at TIMESTAMPTZ,
  left_at TIMESTAMPTZ,
  erased_at TIMESTAMPTZ,
  webhooks_state VARCHAR(20),
  webhooks_checked_at TIMESTAMPTZ,
  messages_paused_at TIMESTAMPTZ,
  country VARCHAR(2),
  currency VARCHAR(10),
  rights_missing VARCHAR(20)[],
  rights_checked_at TIMESTAMPTZ,
  truth_checked_at TIMESTAMPTZ,
  truth_differences JSONB,
  booking_rules JSONB,
  booking_rules_checked_at TIMESTAMPTZ,
  CONSTRAINT pk_companies PRIMARY KEY (id),
  CONSTRAINT uq_companies_yclients_id UNIQUE (yclients_id),
  CONSTRAINT ck_companies_webhooks_state CHECK (webhooks_state IN ('ours', 'missing', 'inactive', 'unknown')),
  CONSTRAINT ck_companies_integration_status CHECK (integration_status IN ('pending', 'pairing', 'activating',
    'active', 'activation_failed', 'frozen', 'uninstalled'))
);
CREATE INDEX idx_companies_api_key ON companies (api_key);
CREATE INDEX idx_companies_whatsapp_connected ON companies (whatsapp_connected);
CREATE INDEX idx_companies_yclients_id ON companies (yclients_id);

CREATE TABLE outbox (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  kind VARCHAR(50) NOT NULL,
  dedup_key VARCHAR(200) NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'pending',
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  deadline_at TIMESTAMPTZ,
  secret TEXT,
  last_error VARCHAR(200),
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  finished_at TIMESTAMPTZ,
  CONSTRAINT pk_outbox PRIMARY KEY (id),
  CONSTRAINT uq_outbox_company_id_dedup_key UNIQUE (company_id, dedup_key),
  CONSTRAINT ck_outbox_state CHECK (state IN ('pending', 'sending', 'sent', 'unknown', 'failed', 'cancelled')),
  CONSTRAINT fk_outbox_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_outbox_due ON outbox (next_attempt_at) WHERE state IN ('pending', 'sending');

CREATE TABLE audit_log (
  id BIGSERIAL,
  company_id INTEGER,
  actor VARCHAR(50) NOT NULL,
  action VARCHAR(50) NOT NULL,
  details JSONB NOT NULL DEFAULT '{}',
  outcome VARCHAR(200),
  at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_audit_log PRIMARY KEY (id),
  CONSTRAINT fk_audit_log_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_audit_log_company ON audit_log (company_id, id);

CREATE TABLE erasures (
  company_id INTEGER NOT NULL,
  fingerprint VARCHAR(64) NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_erasures PRIMARY KEY (company_id, fingerprint),
  CONSTRAINT fk_erasures_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE quarantine (
  queue VARCHAR(30) NOT NULL,
  company_id INTEGER NOT NULL,
  row_key VARCHAR(100) NOT NULL,
  reason VARCHAR(200) NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TIMESTAMPTZ,
  first_at TIMESTAMPTZ NOT NULL,
  last_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_quarantine PRIMARY KEY (queue, company_id, row_key),
  CONSTRAINT fk_quarantine_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_quarantine_company_id ON quarantine (company_id);
CREATE INDEX idx_quarantine_due ON quarantine (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE quarantine, erasures, audit_log, outbox, companies")
