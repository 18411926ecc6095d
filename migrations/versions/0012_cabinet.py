"""Messages that a salon types in its cabinet, and what it has read there."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOTICES = "'booked','moved','changed','cancelled','reminder_day','reminder_hours','reminder_again','review'"


def upgrade() -> None:
    _allow(f"'manual','staff','trial',{_NOTICES},'reply','provider'")
    # the default is of one moment for all rows that there are, which are not written for it; what came before is read
    op.execute("ALTER TABLE contacts ADD COLUMN seen_at TIMESTAMPTZ DEFAULT now()")
    op.execute("ALTER TABLE contacts ALTER COLUMN seen_at DROP DEFAULT")


def downgrade() -> None:
    op.execute("ALTER TABLE contacts DROP COLUMN seen_at")
    op.execute("UPDATE outbox_messages SET purpose = 'manual' WHERE purpose = 'staff'")
    _allow(f"'manual','trial',{_NOTICES},'reply','provider'")


def _allow(purposes: str) -> None:
    op.execute("ALTER TABLE outbox_messages DROP CONSTRAINT ck_outbox_messages_purpose")
    check = f"CHECK (purpose IN ({purposes})) NOT VALID"
    op.execute(f"ALTER TABLE outbox_messages ADD CONSTRAINT ck_outbox_messages_purpose {check}")
    op.execute("ALTER TABLE outbox_messages VALIDATE CONSTRAINT ck_outbox_messages_purpose")
