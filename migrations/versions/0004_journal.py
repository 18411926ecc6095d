"""YClients' journal as it was read, what is to be read again, and what changed in it."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE webhooks (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  dedup_key VARCHAR(64) NOT NULL,
  body BYTEA NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'received',
  resource VARCHAR(100),
  status VARCHAR(100),
  received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  processed_at TIMESTAMPTZ,
  CONSTRAINT pk_webhooks PRIMARY KEY (id),
  CONSTRAINT uq_webhooks_company_id_dedup_key UNIQUE (company_id, dedup_key),
  CONSTRAINT ck_webhooks_state CHECK (state IN ('received', 'processed', 'ignored', 'unreadable')),
  CONSTRAINT fk_webhooks_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_webhooks_received ON webhooks (id) WHERE state = 'received';

CREATE TABLE webhook_phones (
  company_id INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  client_id BIGINT NOT NULL,
  phone VARCHAR(20) NOT NULL,
  received_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_webhook_phones PRIMARY KEY (company_id, record_id),
  CONSTRAINT fk_webhook_phones_company_id_companies
    FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE categories (
  company_id INTEGER NOT NULL,
  category_id BIGINT NOT NULL,
  title VARCHAR(255) NOT NULL,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  CONSTRAINT pk_categories PRIMARY KEY (company_id, category_id),
  CONSTRAINT fk_categories_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE services (
  company_id INTEGER NOT NULL,
  service_id BIGINT NOT NULL,
  category_id BIGINT,
  title VARCHAR(255) NOT NULL,
  price_min NUMERIC(12, 2),
  price_max NUMERIC(12, 2),
  seconds INTEGER,
  is_online BOOLEAN NOT NULL DEFAULT true,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  terms JSONB NOT NULL DEFAULT '{}',
  CONSTRAINT pk_services PRIMARY KEY (company_id, service_id),
  CONSTRAINT fk_services_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE staff (
  company_id INTEGER NOT NULL,
  staff_id BIGINT NOT NULL,
  name VARCHAR(255) NOT NULL,
  specialization VARCHAR(255),
  is_fired BOOLEAN NOT NULL DEFAULT false,
  is_hidden BOOLEAN NOT NULL DEFAULT false,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  CONSTRAINT pk_staff PRIMARY KEY (company_id, staff_id),
  CONSTRAINT fk_staff_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE schedule (
  company_id INTEGER NOT NULL,
  staff_id BIGINT NOT NULL,
  day DATE NOT NULL,
  slots JSONB NOT NULL,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_schedule PRIMARY KEY (company_id, staff_id, day),
  CONSTRAINT fk_schedule_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE clients (
  company_id INTEGER NOT NULL,
  client_id BIGINT NOT NULL,
  name VARCHAR(255),
  phone VARCHAR(20),
  email VARCHAR(255),
  is_muted BOOLEAN NOT NULL DEFAULT false,
  visits INTEGER NOT NULL DEFAULT 0,
  last_visit_on DATE,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  CONSTRAINT pk_clients PRIMARY KEY (company_id, client_id),
  CONSTRAINT fk_clients_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_clients_phone ON clients (company_id, phone);

CREATE TABLE records (
  company_id INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  visit_id BIGINT,
  staff_id BIGINT,
  staff_name VARCHAR(255),
  client_id BIGINT,
  client_name VARCHAR(255),
  client_phone VARCHAR(20),
  starts_at TIMESTAMPTZ NOT NULL,
  seconds INTEGER NOT NULL DEFAULT 0,
  services JSONB NOT NULL DEFAULT '[]',
  attendance SMALLINT NOT NULL DEFAULT 0,
  changed_at TIMESTAMPTZ,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ,
  comment TEXT NOT NULL DEFAULT '',
  is_online BOOLEAN NOT NULL DEFAULT false,
  is_group BOOLEAN NOT NULL DEFAULT false,
  wall_clock TIMESTAMP,
  is_unpaid BOOLEAN NOT NULL DEFAULT false,
  client_number VARCHAR(20),
  api_id VARCHAR(100),
  CONSTRAINT pk_records PRIMARY KEY (company_id, record_id),
  CONSTRAINT ck_records_attendance CHECK (attendance BETWEEN -1 AND 2),
  CONSTRAINT fk_records_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_records_client ON records (company_id, client_id);
CREATE INDEX idx_records_created_at ON records (company_id, created_at);
CREATE INDEX idx_records_starts_at ON records (company_id, starts_at);
CREATE INDEX idx_records_number ON records (company_id, client_number);
CREATE INDEX idx_records_visit ON records (company_id, visit_id);

CREATE TABLE refetches (
  company_id INTEGER NOT NULL,
  subject VARCHAR(10) NOT NULL,
  number BIGINT NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  first_requested_at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until TIMESTAMPTZ,
  CONSTRAINT pk_refetches PRIMARY KEY (company_id, subject, number),
  CONSTRAINT ck_refetches_subject CHECK (subject IN ('record', 'client')),
  CONSTRAINT fk_refetches_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_refetches_due ON refetches (due_at);

CREATE TABLE booking_events (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  kind VARCHAR(20) NOT NULL,
  before JSONB,
  after JSONB NOT NULL,
  source VARCHAR(20) NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  handled_at TIMESTAMPTZ,
  CONSTRAINT pk_booking_events PRIMARY KEY (id),
  CONSTRAINT ck_booking_events_kind CHECK (kind IN ('created', 'moved', 'changed', 'cancelled', 'restored',
    'confirmed', 'unconfirmed', 'came', 'no_show')),
  CONSTRAINT ck_booking_events_source CHECK (source IN ('webhook', 'reconcile', 'sync')),
  CONSTRAINT fk_booking_events_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_booking_events_record ON booking_events (company_id, record_id, id);
CREATE INDEX idx_booking_events_waiting ON booking_events (id) WHERE handled_at IS NULL;

CREATE TABLE sync_runs (
  company_id INTEGER NOT NULL,
  kind VARCHAR(20) NOT NULL,
  state VARCHAR(20) NOT NULL,
  stage VARCHAR(20),
  page INTEGER NOT NULL DEFAULT 1,
  total_pages INTEGER,
  counts JSONB NOT NULL DEFAULT '{}',
  since TIMESTAMPTZ,
  started_at TIMESTAMPTZ,
  finished_at TIMESTAMPTZ,
  next_at TIMESTAMPTZ,
  claimed_until TIMESTAMPTZ,
  attempts INTEGER NOT NULL DEFAULT 0,
  error VARCHAR(200),
  CONSTRAINT pk_sync_runs PRIMARY KEY (company_id, kind),
  CONSTRAINT ck_sync_runs_kind CHECK (kind IN ('full', 'changes', 'nightly')),
  CONSTRAINT ck_sync_runs_state CHECK (state IN ('waiting', 'running', 'done', 'failed', 'paused')),
  CONSTRAINT fk_sync_runs_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_sync_runs_due ON sync_runs (next_at);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE sync_runs, booking_events, refetches, webhook_phones, webhooks")
    op.execute("DROP TABLE records, clients, schedule, staff, services, categories")
