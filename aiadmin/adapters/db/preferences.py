"""What a salon wants its messages to be: rows of `message_settings` and `message_texts`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiadmin.adapters.db.notice_tables import MessageSettingsRow, MessageTextRow
from aiadmin.adapters.db.tables import CompanyRow
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import NoticeKind


class SqlPreferences:
    """`ports.Preferences` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def settings(self, company_id: CompanyId) -> MessageSettings:
        statement = select(MessageSettingsRow.settings).where(MessageSettingsRow.company_id == company_id)
        return MessageSettings.from_json(self._session.scalar(statement))

    def text(self, company_id: CompanyId, kind: NoticeKind) -> str | None:
        statement = select(MessageTextRow.template).where(
            MessageTextRow.company_id == company_id, MessageTextRow.kind == kind
        )
        return self._session.scalar(statement)

    def address(self, company_id: CompanyId) -> str | None:
        return self._session.scalar(select(CompanyRow.address).where(CompanyRow.id == company_id))
