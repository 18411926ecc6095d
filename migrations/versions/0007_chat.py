"""What clients were asked, and what they answered."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE questions (
  company_id INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  starts_at TIMESTAMPTZ NOT NULL,
  visit_id BIGINT,
  contact_id BIGINT NOT NULL,
  asked_at TIMESTAMPTZ NOT NULL,
  answer VARCHAR(20),
  answered_at TIMESTAMPTZ,
  written_at TIMESTAMPTZ,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at TIMESTAMPTZ,
  error VARCHAR(200),
  client_id BIGINT,
  others JSONB NOT NULL DEFAULT '{}',
  message_ids BIGINT[] NOT NULL DEFAULT '{}',
  CONSTRAINT pk_questions PRIMARY KEY (company_id, record_id, starts_at),
  CONSTRAINT ck_questions_answer CHECK (answer IN ('yes', 'no', 'unclear')),
  CONSTRAINT ck_questions_others CHECK (NOT jsonb_path_exists(others, '$.* ? (@.type() != "number")')),
  CONSTRAINT fk_questions_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_questions_own_contact
    FOREIGN KEY (company_id, contact_id) REFERENCES contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_questions_contact ON questions (company_id, contact_id, asked_at);
CREATE INDEX idx_questions_open ON questions (company_id, asked_at) WHERE answer IS NULL;
CREATE INDEX idx_questions_unwritten ON questions (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX idx_questions_visit ON questions (company_id, visit_id);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE questions")
