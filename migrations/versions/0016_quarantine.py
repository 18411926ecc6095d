"""Rows that raised are set aside, and whose a message to the salon's own number is, so that it can be erased."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    CREATE TABLE quarantine (
        queue VARCHAR(30) NOT NULL,
        company_id INTEGER NOT NULL CONSTRAINT fk_quarantine_company_id
            REFERENCES companies (id) ON DELETE CASCADE,
        row_key VARCHAR(100) NOT NULL,
        reason VARCHAR(200) NOT NULL,
        attempts INTEGER NOT NULL,
        next_attempt_at TIMESTAMPTZ,
        first_at TIMESTAMPTZ NOT NULL,
        last_at TIMESTAMPTZ NOT NULL,
        CONSTRAINT pk_quarantine PRIMARY KEY (queue, company_id, row_key)
    );
    CREATE INDEX idx_quarantine_due ON quarantine (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
    CREATE INDEX idx_quarantine_company_id ON quarantine (company_id);
    ALTER TABLE outbox_messages ADD COLUMN about_contact_id BIGINT,
        ADD CONSTRAINT fk_outbox_messages_own_about FOREIGN KEY (company_id, about_contact_id)
            REFERENCES contacts (company_id, id) ON DELETE CASCADE;
    CREATE INDEX idx_outbox_messages_about ON outbox_messages (about_contact_id) WHERE about_contact_id IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("""
    DROP INDEX idx_outbox_messages_about;
    ALTER TABLE outbox_messages DROP COLUMN about_contact_id;
    DROP TABLE quarantine;
    """)
