"""A row of one company can no longer point at a contact, a device or a message of another.

What is set to null when its target is deleted keeps its old constraint, which does that, beside a deferred one of
both columns: PostgreSQL can null one column of two only since version 15.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

UPGRADE = """
ALTER TABLE contacts ADD CONSTRAINT uq_contacts_company_id_id UNIQUE (company_id, id);
ALTER TABLE devices ADD CONSTRAINT uq_devices_company_id_id UNIQUE (company_id, id);
DROP INDEX idx_outbox_messages_company;
ALTER TABLE outbox_messages ADD CONSTRAINT uq_outbox_messages_company_id_id UNIQUE (company_id, id);

ALTER TABLE inbox_messages
  DROP CONSTRAINT fk_inbox_messages_contact_id,
  ADD CONSTRAINT fk_inbox_messages_own_contact FOREIGN KEY (company_id, contact_id)
    REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  ADD CONSTRAINT fk_inbox_messages_own_device FOREIGN KEY (company_id, device_id)
    REFERENCES devices (company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE outbox_messages
  DROP CONSTRAINT fk_outbox_messages_contact_id,
  ADD CONSTRAINT fk_outbox_messages_own_contact FOREIGN KEY (company_id, contact_id)
    REFERENCES contacts (company_id, id) ON DELETE CASCADE,
  ADD CONSTRAINT fk_outbox_messages_own_device FOREIGN KEY (company_id, device_id)
    REFERENCES devices (company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE questions
  DROP CONSTRAINT fk_questions_contact_id,
  ADD CONSTRAINT fk_questions_own_contact FOREIGN KEY (company_id, contact_id)
    REFERENCES contacts (company_id, id) ON DELETE CASCADE;
ALTER TABLE notices
  ADD CONSTRAINT fk_notices_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE operator_messages
  ADD CONSTRAINT fk_operator_messages_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED;
"""

DOWNGRADE = """
ALTER TABLE operator_messages DROP CONSTRAINT fk_operator_messages_own_message;
ALTER TABLE notices DROP CONSTRAINT fk_notices_own_message;
ALTER TABLE questions
  DROP CONSTRAINT fk_questions_own_contact,
  ADD CONSTRAINT fk_questions_contact_id FOREIGN KEY (contact_id) REFERENCES contacts (id) ON DELETE CASCADE;
ALTER TABLE outbox_messages
  DROP CONSTRAINT fk_outbox_messages_own_device,
  DROP CONSTRAINT fk_outbox_messages_own_contact,
  ADD CONSTRAINT fk_outbox_messages_contact_id FOREIGN KEY (contact_id) REFERENCES contacts (id) ON DELETE CASCADE;
ALTER TABLE inbox_messages
  DROP CONSTRAINT fk_inbox_messages_own_device,
  DROP CONSTRAINT fk_inbox_messages_own_contact,
  ADD CONSTRAINT fk_inbox_messages_contact_id FOREIGN KEY (contact_id) REFERENCES contacts (id) ON DELETE CASCADE;
ALTER TABLE outbox_messages DROP CONSTRAINT uq_outbox_messages_company_id_id;
CREATE INDEX idx_outbox_messages_company ON outbox_messages (company_id, id);
ALTER TABLE devices DROP CONSTRAINT uq_devices_company_id_id;
ALTER TABLE contacts DROP CONSTRAINT uq_contacts_company_id_id;
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute(DOWNGRADE)
