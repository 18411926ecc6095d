"""Who came from YClients' marketplace, and for which salons."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE arrivals (
  sign_hash VARCHAR(64) NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_arrivals PRIMARY KEY (sign_hash)
);
CREATE INDEX idx_arrivals_at ON arrivals (at);

CREATE TABLE salon_owners (
  company_id INTEGER NOT NULL,
  user_id BIGINT NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_salon_owners PRIMARY KEY (company_id, user_id),
  CONSTRAINT fk_salon_owners_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE salon_owners, arrivals")
