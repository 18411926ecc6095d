"""Message settings of a salon and its own texts, with a preview of each text."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from aiadmin import texts
from aiadmin.domain.chat.confirmation import ASKING
from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import TooManyTrialsError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.template import TemplateData, check
from aiadmin.services.manage.overview import OWNER
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.journal.journal import Sample
from aiadmin.storage.notices.settings import SalonMessages
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

TRIALS_A_DAY = 20
_TRIAL_LASTS = timedelta(minutes=10)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """The text of one kind of notice, ours unless `is_own`, and how it would read."""

    kind: NoticeKind
    template: str
    is_own: bool
    preview: TextPreview


@dataclass(frozen=True, kw_only=True)
class TextPreview:
    """How a text would read.

    Attributes:
        confirmed: to a client who has said already that they come; None for a kind that asks no question.
    """

    text: str
    confirmed: str | None


@dataclass(frozen=True, kw_only=True)
class MessageSettingsService:
    """Changes message settings and texts; everything is checked before it is stored."""

    uow: NewUnitOfWork
    clock: Clock

    def settings(self, company_id: CompanyId) -> MessageSettings:
        """What the salon has set. Raises DependencyDownError."""
        with self.uow() as work:
            return work.message_settings.settings(company_id)

    def set(self, company_id: CompanyId, given: Mapping[str, object]) -> MessageSettings:
        """Change the settings that are `given`; the others stay.

        Raises:
            SettingsInvalidError: names every setting that is wrong; nothing is changed.
        """
        now = self.clock()
        with self.uow() as work:
            work.companies.get(company_id, lock=True)
            before = work.message_settings.settings(company_id).to_json()
            settings = MessageSettings.parse({**before, **given})
            after = settings.to_json()
            changed = {name: after[name] for name in after if after[name] != before[name]}
            work.message_settings.set_settings(company_id, settings, now)
            work.due_notices.release_holds(company_id)
            _log_event(work, company_id, "messages.settings", changed, now)
            work.commit()
        return settings

    def texts(self, owner: Company) -> Sequence[NoticeText]:
        """Every kind's text. Raises DependencyDownError."""
        with self.uow() as work:
            return self.read_texts(owner, work)

    def read_texts(self, owner: Company, work: UnitOfWork) -> Sequence[NoticeText]:
        """`texts`, in the caller's transaction."""
        own = work.message_settings.of_salon(owner.company_id)
        example = self._example(owner, own, work)
        return [_wording(kind, own.texts.get(kind), example) for kind in NoticeKind]

    def set_text(self, owner: Company, kind: NoticeKind, template: str | None) -> NoticeText:
        """Make a text the salon's own, or with None go back to ours. Raises TemplateError."""
        if template is not None:
            check(template)
        now = self.clock()
        with self.uow() as work:
            if template is None:
                work.message_settings.reset_text(owner.company_id, kind)
            else:
                work.message_settings.set_text(owner.company_id, kind, template, now)
            _log_event(work, owner.company_id, "messages.text", {"kind": kind, "own": template is not None}, now)
            example = self._example(owner, work.message_settings.of_salon(owner.company_id), work)
            work.commit()
        return _wording(kind, template, example)

    def preview(self, owner: Company, kind: NoticeKind, template: str) -> TextPreview:
        """What a client would be sent where this were the salon's text. Raises TemplateError."""
        check(template)
        with self.uow() as work:
            own = work.message_settings.of_salon(owner.company_id)
            return _preview(kind, template, self._example(owner, own, work))

    def try_out(self, owner: Company, kind: NoticeKind, template: str, phone: str) -> None:
        """Owe the text, with an invented booking, to one phone. Raises TemplateError, TooManyTrialsError."""
        text, now = self.preview(owner, kind, template).text, self.clock()
        new = NewMessage(
            company_id=owner.company_id,
            text=text,
            dedup_key=f"trial:{uuid.uuid4()}",
            deadline_at=now + _TRIAL_LASTS,
            purpose=Purpose.TRIAL,
        )
        with self.uow() as work:
            work.companies.get(owner.company_id, lock=True)
            if work.outbox_messages.count(owner.company_id, Purpose.TRIAL, since=now - _DAY) >= TRIALS_A_DAY:
                raise TooManyTrialsError
            messages.enqueue(new, to=IdentityObservation(phone=phone), work=work, now=now)
            work.commit()

    def _example(self, owner: Company, own: SalonMessages, work: UnitOfWork) -> _Example:
        """A booking of tomorrow at half past two with what this salon's journal has, and no more: an owner sees the
        hole that clients would. Only the client is invented, and, before the journal was read, all of it."""
        salon = work.sync_runs.salon(owner.company_id)
        zone = salon.zone if salon else DEFAULT_ZONE
        tomorrow = self.clock().astimezone(ZoneInfo(zone)) + _DAY
        sample = work.journal.sample(owner.company_id)
        address = own.address
        if sample is None:
            sample = Sample(master="Мария", service="Стрижка", price=Decimal(2500), link="https://n1.yclients.com")
            address = address or "ул. Садовая, 1"
        data = TemplateData(
            name="Анна",
            starts_at=tomorrow.replace(hour=14, minute=30),
            zone=zone,
            master=sample.master,
            services=((sample.service, 1),) if sample.service else (),
            price=sample.price,
            currency=salon.currency if salon else None,
            address=address,
            link=sample.link,
        )
        return _Example(data=data, settings=own.settings)


@dataclass(frozen=True, kw_only=True)
class _Example:
    """An invented booking, for every kind, and in what language it is told."""

    data: TemplateData
    settings: MessageSettings

    @property
    def texts(self) -> texts.NoticeTexts:
        return texts.of(self.settings.language).notices

    def of(self, kind: NoticeKind) -> TemplateData:
        """A request for a review has a link of its own."""
        link = self.settings.review_link or None if kind is NoticeKind.REVIEW else self.data.link
        return replace(self.data, link=link)


def _wording(kind: NoticeKind, own: str | None, example: _Example) -> NoticeText:
    template = own or example.texts.templates[kind]
    preview = _preview(kind, template, example)
    return NoticeText(kind=kind, template=template, is_own=own is not None, preview=preview)


def _preview(kind: NoticeKind, template: str, example: _Example) -> TextPreview:
    say, booking = example.texts.say, example.of(kind)
    is_asking = Purpose(kind) in ASKING and kind is not NoticeKind.REMINDER_AGAIN
    confirmed = say(kind, template, booking, is_asked=False) if is_asking else None
    return TextPreview(text=say(kind, template, booking), confirmed=confirmed)


def _log_event(
    work: UnitOfWork, company_id: CompanyId, action: str, details: Mapping[str, object], at: datetime
) -> None:
    work.audit.add(company_id, actor=OWNER, action=action, details=details, at=at, outcome="done")
