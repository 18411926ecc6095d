"""Browsers that owners opened their salons' pages in."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE owner_sessions (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  browser_hash VARCHAR(64) NOT NULL,
  user_id BIGINT,
  agent VARCHAR(60) NOT NULL,
  has_returned BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  ended_why VARCHAR(20),
  CONSTRAINT pk_owner_sessions PRIMARY KEY (id),
  CONSTRAINT uq_owner_sessions_company_id_browser_hash UNIQUE (company_id, browser_hash),
  CONSTRAINT fk_owner_sessions_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT ck_owner_sessions_ended_why
    CHECK (ended_why IN ('logout','everywhere','uninstalled','crowded'))
);
CREATE INDEX idx_owner_sessions_browser ON owner_sessions (browser_hash);
CREATE INDEX idx_owner_sessions_expires ON owner_sessions (expires_at);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE owner_sessions")
