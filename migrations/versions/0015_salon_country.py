"""Where a salon is and the sign behind its prices: how its phone numbers are read, and what its messages say."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE companies ADD COLUMN country VARCHAR(2), ADD COLUMN currency VARCHAR(10)")


def downgrade() -> None:
    op.execute("ALTER TABLE companies DROP COLUMN currency, DROP COLUMN country")
