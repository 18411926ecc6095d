"""Installations with their owners, what a salon's journal holds, and what became of it."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE companies
  ADD COLUMN yclients_status VARCHAR(20),
  ADD COLUMN yclients_checked_at TIMESTAMPTZ,
  ADD COLUMN left_at TIMESTAMPTZ,
  ADD COLUMN erased_at TIMESTAMPTZ,
  DROP CONSTRAINT ck_companies_integration_status,
  ADD CONSTRAINT ck_companies_integration_status CHECK (integration_status IN
    ('pending','pairing','activating','active','activation_failed','frozen','uninstalled'));

CREATE TABLE salon_owners (
  company_id INTEGER NOT NULL CONSTRAINT fk_salon_owners_company_id REFERENCES companies (id) ON DELETE CASCADE,
  user_id BIGINT NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_salon_owners PRIMARY KEY (company_id, user_id)
);

CREATE TABLE landings (
  sign_hash VARCHAR(64) CONSTRAINT pk_landings PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_landings_at ON landings (at);

CREATE TABLE audit_log (
  id BIGSERIAL CONSTRAINT pk_audit_log PRIMARY KEY,
  company_id INTEGER CONSTRAINT fk_audit_log_company_id REFERENCES companies (id) ON DELETE CASCADE,
  actor VARCHAR(50) NOT NULL,
  action VARCHAR(50) NOT NULL,
  details JSONB NOT NULL DEFAULT '{}',
  outcome VARCHAR(200),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_audit_log_company ON audit_log (company_id, id);

CREATE TABLE categories (
  company_id INTEGER NOT NULL CONSTRAINT fk_categories_company_id REFERENCES companies (id) ON DELETE CASCADE,
  category_id BIGINT NOT NULL,
  title VARCHAR(255) NOT NULL,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  CONSTRAINT pk_categories PRIMARY KEY (company_id, category_id)
);

CREATE TABLE services (
  company_id INTEGER NOT NULL CONSTRAINT fk_services_company_id REFERENCES companies (id) ON DELETE CASCADE,
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
  CONSTRAINT pk_services PRIMARY KEY (company_id, service_id)
);

CREATE TABLE staff (
  company_id INTEGER NOT NULL CONSTRAINT fk_staff_company_id REFERENCES companies (id) ON DELETE CASCADE,
  staff_id BIGINT NOT NULL,
  name VARCHAR(255) NOT NULL,
  specialization VARCHAR(255),
  is_fired BOOLEAN NOT NULL DEFAULT false,
  is_hidden BOOLEAN NOT NULL DEFAULT false,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  deleted_at TIMESTAMPTZ,
  CONSTRAINT pk_staff PRIMARY KEY (company_id, staff_id)
);

CREATE TABLE schedule (
  company_id INTEGER NOT NULL CONSTRAINT fk_schedule_company_id REFERENCES companies (id) ON DELETE CASCADE,
  staff_id BIGINT NOT NULL,
  day DATE NOT NULL,
  slots JSONB NOT NULL,
  raw_data JSONB NOT NULL,
  synced_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_schedule PRIMARY KEY (company_id, staff_id, day)
);

CREATE TABLE clients (
  company_id INTEGER NOT NULL CONSTRAINT fk_clients_company_id REFERENCES companies (id) ON DELETE CASCADE,
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
  CONSTRAINT pk_clients PRIMARY KEY (company_id, client_id)
);
CREATE INDEX idx_clients_phone ON clients (company_id, phone);

CREATE TABLE records (
  company_id INTEGER NOT NULL CONSTRAINT fk_records_company_id REFERENCES companies (id) ON DELETE CASCADE,
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
  CONSTRAINT pk_records PRIMARY KEY (company_id, record_id),
  CONSTRAINT ck_records_attendance CHECK (attendance BETWEEN -1 AND 2)
);
CREATE INDEX idx_records_starts_at ON records (company_id, starts_at);
CREATE INDEX idx_records_client ON records (company_id, client_id);

CREATE TABLE record_checks (
  company_id INTEGER NOT NULL CONSTRAINT fk_record_checks_company_id REFERENCES companies (id) ON DELETE CASCADE,
  record_id BIGINT NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  first_heard_at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until TIMESTAMPTZ,
  CONSTRAINT pk_record_checks PRIMARY KEY (company_id, record_id)
);
CREATE INDEX idx_record_checks_due ON record_checks (due_at);

CREATE TABLE booking_events (
  id BIGSERIAL CONSTRAINT pk_booking_events PRIMARY KEY,
  company_id INTEGER NOT NULL CONSTRAINT fk_booking_events_company_id REFERENCES companies (id) ON DELETE CASCADE,
  record_id BIGINT NOT NULL,
  kind VARCHAR(20) NOT NULL,
  before JSONB,
  after JSONB NOT NULL,
  source VARCHAR(20) NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  handled_at TIMESTAMPTZ,
  CONSTRAINT ck_booking_events_kind CHECK (kind IN
    ('created','moved','changed','cancelled','restored','confirmed','unconfirmed','came','no_show')),
  CONSTRAINT ck_booking_events_source CHECK (source IN ('webhook','reconcile','sync'))
);
CREATE INDEX idx_booking_events_record ON booking_events (company_id, record_id, id);
CREATE INDEX idx_booking_events_waiting ON booking_events (id) WHERE handled_at IS NULL;

CREATE TABLE sync_runs (
  company_id INTEGER NOT NULL CONSTRAINT fk_sync_runs_company_id REFERENCES companies (id) ON DELETE CASCADE,
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
  CONSTRAINT ck_sync_runs_kind CHECK (kind IN ('full','changes','nightly')),
  CONSTRAINT ck_sync_runs_state CHECK (state IN ('waiting','running','done','failed','paused'))
);
CREATE INDEX idx_sync_runs_due ON sync_runs (next_at);
"""

DOWNGRADE = """
DROP TABLE sync_runs, booking_events, record_checks, records, clients, schedule, staff, services, categories,
  audit_log, landings, salon_owners;
UPDATE companies SET integration_status = 'activation_failed'
  WHERE integration_status IN ('frozen', 'uninstalled');
ALTER TABLE companies
  DROP COLUMN yclients_status,
  DROP COLUMN yclients_checked_at,
  DROP COLUMN left_at,
  DROP COLUMN erased_at,
  DROP CONSTRAINT ck_companies_integration_status,
  ADD CONSTRAINT ck_companies_integration_status CHECK (integration_status IN
    ('pending','pairing','activating','active','activation_failed'));
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
