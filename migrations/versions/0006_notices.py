"""What each salon tells its clients, and when.

`ck_notices_announced` refuses what statements about all salons could not read: one row must not stop them all.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UPGRADE = """
CREATE TABLE message_settings (
  company_id INTEGER NOT NULL,
  settings JSONB NOT NULL DEFAULT '{}',
  updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_message_settings PRIMARY KEY (company_id),
  CONSTRAINT fk_message_settings_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE message_texts (
  company_id INTEGER NOT NULL,
  kind VARCHAR(20) NOT NULL,
  template TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CONSTRAINT pk_message_texts PRIMARY KEY (company_id, kind),
  CONSTRAINT fk_message_texts_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE
);

CREATE TABLE notices (
  id BIGSERIAL,
  company_id INTEGER NOT NULL,
  record_id BIGINT NOT NULL,
  kind VARCHAR(20) NOT NULL,
  dedup_key VARCHAR(200) NOT NULL,
  announced JSONB NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  deadline_at TIMESTAMPTZ NOT NULL,
  state VARCHAR(20) NOT NULL DEFAULT 'waiting',
  reason VARCHAR(50),
  attempts INTEGER NOT NULL DEFAULT 0,
  claimed_until TIMESTAMPTZ,
  outbox_message_id BIGINT,
  created_at TIMESTAMPTZ NOT NULL,
  finished_at TIMESTAMPTZ,
  looked_at TIMESTAMPTZ,
  called_at TIMESTAMPTZ,
  CONSTRAINT pk_notices PRIMARY KEY (id),
  CONSTRAINT uq_notices_company_id_dedup_key UNIQUE (company_id, dedup_key),
  CONSTRAINT ck_notices_kind CHECK (kind IN ('booked', 'moved', 'changed', 'cancelled', 'reminder_day',
    'reminder_hours', 'reminder_again', 'review')),
  CONSTRAINT ck_notices_announced CHECK (num_nulls(
    CAST(announced ->> 'client_id' AS bigint), CAST(announced ->> 'visit_id' AS bigint),
    CAST(announced -> 'was' ->> 'visit_id' AS bigint), CAST(announced ->> 'starts_at' AS timestamptz),
    CAST(announced -> 'was' ->> 'starts_at' AS timestamptz), CAST(announced ->> 'wall_clock' AS timestamp),
    CAST(announced -> 'was' ->> 'wall_clock' AS timestamp)
  ) >= 0),
  CONSTRAINT ck_notices_state CHECK (state IN ('waiting', 'released', 'done', 'dropped')),
  CONSTRAINT fk_notices_company_id FOREIGN KEY (company_id) REFERENCES companies (id) ON DELETE CASCADE,
  CONSTRAINT fk_notices_outbox_message_id
    FOREIGN KEY (outbox_message_id) REFERENCES outbox_messages (id) ON DELETE SET NULL,
  CONSTRAINT fk_notices_own_message FOREIGN KEY (company_id, outbox_message_id)
    REFERENCES outbox_messages (company_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_notices_called ON notices (company_id, called_at) WHERE called_at IS NOT NULL;
CREATE INDEX idx_notices_deadline ON notices (company_id, deadline_at)
  WHERE kind IN ('reminder_day', 'reminder_hours') AND (state <> 'waiting');
CREATE INDEX idx_notices_due ON notices (company_id, due_at) WHERE state = 'waiting';
CREATE INDEX idx_notices_next ON notices (due_at) WHERE state = 'waiting';
CREATE INDEX idx_notices_record ON notices (company_id, record_id, id);
CREATE INDEX idx_notices_released ON notices (outbox_message_id) WHERE state = 'released';
CREATE INDEX idx_notices_untold ON notices (finished_at)
  WHERE kind IN ('moved', 'cancelled') AND (reason IS NOT NULL) AND (called_at IS NULL);
"""


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    op.execute("DROP TABLE notices, message_texts, message_settings")
