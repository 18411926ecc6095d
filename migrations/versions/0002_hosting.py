"""Linked phones, the hosts that hold their sessions, and what became of each."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE session_hosts (
  id UUID NOT NULL,
  lease_until TIMESTAMPTZ NOT NULL,
  capacity INTEGER NOT NULL,
  draining BOOLEAN NOT NULL DEFAULT false,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  name VARCHAR(100) NOT NULL DEFAULT '',
  rss_bytes BIGINT NOT NULL DEFAULT 0,
  threads INTEGER NOT NULL DEFAULT 0,
  open_files INTEGER NOT NULL DEFAULT 0,
  clock_skew DOUBLE PRECISION NOT NULL DEFAULT 0,
  CONSTRAINT pk_session_hosts PRIMARY KEY (id)
);

CREATE TABLE devices (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  jid TEXT NOT NULL,
  lid TEXT,
  phone VARCHAR(20) NOT NULL,
  platform VARCHAR(50),
  business_name VARCHAR(255),
  desired VARCHAR(20) NOT NULL DEFAULT 'on',
  observed VARCHAR(20) NOT NULL DEFAULT 'linked',
  reason VARCHAR(100),
  host_id UUID,
  epoch BIGINT NOT NULL DEFAULT 0,
  state_since TIMESTAMPTZ NOT NULL DEFAULT now(),
  next_attempt_at TIMESTAMPTZ,
  linked_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  restart_asked_at TIMESTAMPTZ,
  locked_until TIMESTAMPTZ,
  CONSTRAINT pk_devices PRIMARY KEY (id),
  CONSTRAINT uq_devices_company_id_id UNIQUE (company_id, id),
  CONSTRAINT uq_devices_jid UNIQUE (jid),
  CONSTRAINT ck_devices_desired CHECK (desired IN ('on', 'off', 'removed')),
  CONSTRAINT ck_devices_observed CHECK (observed IN ('linked', 'starting', 'online', 'degraded',
    'reconnecting', 'backoff', 'conflict', 'banned', 'outdated', 'logged_out')),
  CONSTRAINT fk_devices_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_devices_host_id FOREIGN KEY (host_id) REFERENCES session_hosts (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX idx_devices_company ON devices (company_id) WHERE desired <> 'removed';
CREATE INDEX idx_devices_host ON devices (host_id);
CREATE INDEX idx_devices_free ON devices (next_attempt_at) WHERE host_id IS NULL
  AND desired IN ('on', 'removed') AND (observed <> 'logged_out' OR desired = 'removed');
CREATE UNIQUE INDEX idx_devices_phone ON devices (phone) WHERE desired <> 'removed';

CREATE TABLE session_events (
  id BIGSERIAL,
  device_id BIGINT NOT NULL,
  company_id INTEGER NOT NULL,
  state VARCHAR(20) NOT NULL,
  reason VARCHAR(100),
  host_id UUID,
  at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_session_events PRIMARY KEY (id),
  CONSTRAINT fk_session_events_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
CREATE INDEX idx_session_events_at ON session_events (at);
CREATE INDEX idx_session_events_company ON session_events (company_id, id);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE session_events, devices, session_hosts")
