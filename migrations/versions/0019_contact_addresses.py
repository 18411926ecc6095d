"""A contact keeps every number and LID that it was known by, and the timer of its chat's disappearing messages."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
    ALTER TABLE contacts ADD COLUMN disappears_after INTEGER;
    CREATE TABLE contact_addresses (
      company_id INTEGER NOT NULL CONSTRAINT fk_contact_addresses_company_id_companies
        REFERENCES companies (id) ON DELETE CASCADE,
      address TEXT NOT NULL,
      contact_id BIGINT NOT NULL,
      CONSTRAINT pk_contact_addresses PRIMARY KEY (company_id, address),
      CONSTRAINT fk_contact_addresses_own_contact FOREIGN KEY (company_id, contact_id)
        REFERENCES contacts (company_id, id) ON DELETE CASCADE
    );
    CREATE INDEX idx_contact_addresses_contact ON contact_addresses (contact_id);
    INSERT INTO contact_addresses (company_id, address, contact_id)
    SELECT company_id, phone, id FROM contacts WHERE phone IS NOT NULL
    UNION ALL SELECT company_id, lid, id FROM contacts WHERE lid IS NOT NULL;
    """)


def downgrade() -> None:
    op.execute("""
    DROP TABLE contact_addresses;
    ALTER TABLE contacts DROP COLUMN disappears_after;
    """)
