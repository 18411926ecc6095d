"""What a salon wants its messages to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.notices import MessageSettingsRow, MessageTextRow


class MessageSettingsStore:
    """Rows of `message_settings` and `message_texts`. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def settings(self, company_id: CompanyId) -> MessageSettings:
        """What the salon has set; what it never set is the default."""
        statement = select(MessageSettingsRow.settings).where(MessageSettingsRow.company_id == company_id)
        return MessageSettings.from_json(self._session.scalar(statement))

    def text(self, company_id: CompanyId, kind: NoticeKind) -> str | None:
        """The salon's own template of a kind, or None where it has none."""
        statement = select(MessageTextRow.template).where(
            MessageTextRow.company_id == company_id, MessageTextRow.kind == kind
        )
        return self._session.scalar(statement)

    def texts(self, company_id: CompanyId) -> Mapping[NoticeKind, str]:
        """All of the salon's own templates."""
        statement = select(MessageTextRow.kind, MessageTextRow.template).where(
            MessageTextRow.company_id == company_id
        )
        return {NoticeKind(kind): template for kind, template in self._session.execute(statement)}

    def set_settings(self, company_id: CompanyId, settings: MessageSettings, at: datetime) -> None:
        given = {"settings": dict(settings.to_json()), "updated_at": at}
        statement = insert(MessageSettingsRow).values(company_id=company_id, **given)
        self._session.execute(statement.on_conflict_do_update(constraint="pk_message_settings", set_=given))

    def set_text(self, company_id: CompanyId, kind: NoticeKind, template: str, at: datetime) -> None:
        given = {"template": template, "updated_at": at}
        statement = insert(MessageTextRow).values(company_id=company_id, kind=kind, **given)
        self._session.execute(statement.on_conflict_do_update(constraint="pk_message_texts", set_=given))

    def reset_text(self, company_id: CompanyId, kind: NoticeKind) -> bool:
        """Forget the salon's own template; False when it had none."""
        statement = delete(MessageTextRow).where(MessageTextRow.company_id == company_id, MessageTextRow.kind == kind)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def address(self, company_id: CompanyId) -> str | None:
        return self._session.scalar(select(CompanyRow.address).where(CompanyRow.id == company_id))
