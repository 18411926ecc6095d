"""Which rights a salon has not given our application; the phones that webhooks alone tell while it may see none."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE companies ADD COLUMN rights_missing VARCHAR(20)[], ADD COLUMN rights_checked_at TIMESTAMPTZ"
    )
    op.execute("""
        CREATE TABLE heard_phones (
            company_id INTEGER NOT NULL,
            record_id BIGINT NOT NULL,
            client_id BIGINT NOT NULL,
            phone VARCHAR(20) NOT NULL,
            heard_at TIMESTAMPTZ NOT NULL,
            CONSTRAINT pk_heard_phones PRIMARY KEY (company_id, record_id),
            CONSTRAINT fk_heard_phones_company_id_companies FOREIGN KEY (company_id)
                REFERENCES companies (id) ON DELETE CASCADE
        )
    """)


def downgrade() -> None:
    op.execute("DROP TABLE heard_phones")
    op.execute("ALTER TABLE companies DROP COLUMN rights_checked_at, DROP COLUMN rights_missing")
