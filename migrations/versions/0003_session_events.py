"""What sessions went through, how hosts are, and what operators ask of them."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE session_events (
  id BIGSERIAL CONSTRAINT pk_session_events PRIMARY KEY,
  device_id BIGINT NOT NULL,
  company_id INTEGER NOT NULL CONSTRAINT fk_session_events_company_id REFERENCES companies (id) ON DELETE CASCADE,
  state VARCHAR(20) NOT NULL,
  reason VARCHAR(100),
  host_id UUID,
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idx_session_events_company ON session_events (company_id, id);
CREATE INDEX idx_session_events_at ON session_events (at);

ALTER TABLE session_hosts
  ADD COLUMN name VARCHAR(100) NOT NULL DEFAULT '',
  ADD COLUMN rss_bytes BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN threads INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN open_files INTEGER NOT NULL DEFAULT 0;

ALTER TABLE devices
  ADD COLUMN restart_asked_at TIMESTAMPTZ,
  DROP CONSTRAINT ck_devices_observed,
  ADD CONSTRAINT ck_devices_observed CHECK (observed IN ('linked','starting','online','degraded','reconnecting',
    'backoff','conflict','banned','outdated','logged_out'));
"""

DOWNGRADE = """
UPDATE devices SET observed = 'online' WHERE observed = 'degraded';
ALTER TABLE devices
  DROP COLUMN restart_asked_at,
  DROP CONSTRAINT ck_devices_observed,
  ADD CONSTRAINT ck_devices_observed CHECK (observed IN ('linked','starting','online','reconnecting',
    'backoff','conflict','banned','outdated','logged_out'));
ALTER TABLE session_hosts DROP COLUMN name, DROP COLUMN rss_bytes, DROP COLUMN threads, DROP COLUMN open_files;
DROP TABLE session_events;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
