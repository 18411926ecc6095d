"""Checks of clients as well as of records; what a record's snapshot lacked; whether webhooks still come to us."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

UPGRADE = """
DROP TABLE record_checks;
CREATE TABLE checks (
  company_id INTEGER NOT NULL CONSTRAINT fk_checks_company_id REFERENCES companies (id) ON DELETE CASCADE,
  subject VARCHAR(10) NOT NULL,
  number BIGINT NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  first_heard_at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until TIMESTAMPTZ,
  CONSTRAINT pk_checks PRIMARY KEY (company_id, subject, number),
  CONSTRAINT ck_checks_subject CHECK (subject IN ('record','client'))
);
CREATE INDEX idx_checks_due ON checks (due_at);

ALTER TABLE records
  ADD COLUMN created_at TIMESTAMPTZ,
  ADD COLUMN comment TEXT NOT NULL DEFAULT '',
  ADD COLUMN is_online BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN is_group BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE companies
  ADD COLUMN hooks_state VARCHAR(20) CONSTRAINT ck_companies_hooks_state CHECK (hooks_state IN
    ('ours','missing','inactive','unknown')),
  ADD COLUMN hooks_checked_at TIMESTAMPTZ;
"""

DOWNGRADE = """
ALTER TABLE companies DROP COLUMN hooks_state, DROP COLUMN hooks_checked_at;
ALTER TABLE records DROP COLUMN created_at, DROP COLUMN comment, DROP COLUMN is_online, DROP COLUMN is_group;
DROP TABLE checks;
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
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
