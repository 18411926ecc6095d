"""What the services need of what a salon wants its messages to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings


class MessageSettingsStore(Protocol):
    """Rows of `message_settings` and `message_texts`. Every call names its company."""

    def settings(self, company_id: CompanyId) -> MessageSettings:
        """What the salon has set; what it never set is the default."""
        ...

    def text(self, company_id: CompanyId, kind: NoticeKind) -> str | None:
        """The salon's own template, or None where it has none."""
        ...

    def texts(self, company_id: CompanyId) -> Mapping[NoticeKind, str]:
        """All of the salon's own templates."""
        ...

    def set_settings(self, company_id: CompanyId, settings: MessageSettings, at: datetime) -> None: ...

    def set_text(self, company_id: CompanyId, kind: NoticeKind, template: str, at: datetime) -> None: ...

    def reset_text(self, company_id: CompanyId, kind: NoticeKind) -> bool:
        """Forget the salon's own template; False when it had none."""
        ...

    def address(self, company_id: CompanyId) -> str | None: ...
