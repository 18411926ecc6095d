"""Operators' browsers in the console, and their entries into salons' pages."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE operator_sessions (
  id BIGSERIAL,
  secret_hash VARCHAR(64) NOT NULL,
  key_fingerprint VARCHAR(64) NOT NULL,
  operator VARCHAR(40) NOT NULL,
  agent VARCHAR(60) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  CONSTRAINT pk_operator_sessions PRIMARY KEY (id),
  CONSTRAINT uq_operator_sessions_secret_hash UNIQUE (secret_hash)
);
ALTER TABLE owner_sessions ADD COLUMN is_support BOOLEAN NOT NULL DEFAULT false;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("ALTER TABLE owner_sessions DROP COLUMN is_support; DROP TABLE operator_sessions")
