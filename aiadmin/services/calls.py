"""Calls: what a client had to hear and could not be sent is told to the salon, which has a telephone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiadmin import texts, wording
from aiadmin.domain.contact import Sighting
from aiadmin.domain.journal import DEFAULT_ZONE
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.domain.notice import Notice, Promise
from aiadmin.domain.release import call_key
from aiadmin.services.messages import owe
from aiadmin.services.ports import UnitOfWork


def ask(notice: Notice, *, work: UnitOfWork, now: datetime) -> None:
    """Owe a message to the salon's own number: whom to call, and about what. Nothing where no phone is linked."""
    company = work.companies.find(notice.company_id)
    if company is None or company.whatsapp_phone is None:
        return
    salon = work.sync_runs.salon(notice.company_id)
    zone, promise = salon.zone if salon else DEFAULT_ZONE, notice.promise
    client = work.releases.client(notice.company_id, promise.client_id) if promise.client_id is not None else None
    phone = promise.client_phone or (client.phone if client else None)
    who = texts.who(client.name if client else None, phone)
    was = _when(promise.was or promise, zone)
    text = texts.CALL[notice.kind].format(who=who, was=was, now=_when(promise, zone))
    new = NewMessage(
        company_id=notice.company_id,
        text=text,
        dedup_key=call_key(notice),
        deadline_at=max(promise.starts_at, (promise.was or promise).starts_at),
        purpose=Purpose.REPLY,
        record_id=notice.record_id,
        about=work.contacts.see(notice.company_id, Sighting(phone=phone), now) if phone else None,
    )
    owe(new, to=Sighting(phone=company.whatsapp_phone), work=work, now=now)


def _when(promise: Promise, zone: str) -> str:
    """By the salon's clock as it was told, whatever its timezone has become since."""
    local = promise.wall_clock or promise.starts_at.astimezone(ZoneInfo(zone))
    return f"{wording.day(local)}, в {wording.clock(local)}"
