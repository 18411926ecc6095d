"""The salon of a file, connected and read by the product's own services: once, and put back for each conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click

from aiadmin.cli.replay.phone import SalonPhone, take_device
from aiadmin.cli.replay.product import ReplayProduct
from aiadmin.cli.replay.rows import Kept, Rows
from aiadmin.cli.replay.salon import SALON, PlayedSalon
from aiadmin.cli.replay.yclients import JournalOfReplay
from aiadmin.domain.chat.bot_settings import from_json
from aiadmin.domain.hosting.device import Device, LinkedAccount
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, begin
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.services.companies import registration
from aiadmin.services.pairing import pairings

_ACCOUNT = LinkedAccount(jid="79990000001:1@s.whatsapp.net", lid=None)
"""The salon's phone."""
_EARLIER = timedelta(days=2)
"""The salon was installed so long before the conversation, or an hour before the first word of its chat."""
_BEFORE_THE_CHAT = timedelta(hours=1)


@dataclass(frozen=True)
class _Installed:
    """A salon that was installed and read, without a visit that is still to come."""

    company_id: CompanyId
    device: Device
    rows: Kept


@dataclass
class Installer:
    """Begins conversations of one file.

    What they have in common is done once: the rows of it are kept and put back, which takes a twentieth of the time.
    """

    product: ReplayProduct
    journal: JournalOfReplay
    rows: Rows
    document: Mapping[str, Any]
    _installed: dict[datetime, _Installed] = field(default_factory=dict)

    def begin(self, case: Mapping[str, Any]) -> PlayedSalon:
        """The salon of a conversation, clean: loaded at YClients, connected, activated, and its journal read.

        Raises:
            click.ClickException: a service did not do its part.
        """
        now = datetime.fromisoformat(case.get("now", self.document["now"])).replace(tzinfo=self._zone)
        oldest = max((one["minutes"] for one in case.get("before", [])), default=0)
        chat_began = timedelta(minutes=max(oldest, case.get("offer", {}).get("minutes", 0)))
        self.product.now = now - max(_EARLIER, chat_began + _BEFORE_THE_CHAT)
        installed = self._put_back() or self._install(case)
        self.journal.load(SALON, self.document, case, now=self.product.now)
        if case.get("visits"):
            _read_records(self.product, installed.company_id)
        self._set_bot(installed.company_id, case)
        person = self.document["clients"][case["client"]]
        client = IdentityObservation(lid=f"{SALON}1@lid", phone=person["phone"])
        phone = SalonPhone(self.product, installed.company_id, installed.device, client)
        return PlayedSalon(self.product, self.journal, self.document, case, now, installed.company_id, phone)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.document["salon"]["timezone"])

    def _put_back(self) -> _Installed | None:
        installed = self._installed.get(self.product.now)
        self.product.redis.flushdb()
        self.rows.put_back(self.rows.nothing if installed is None else installed.rows)
        return installed

    def _install(self, case: Mapping[str, Any]) -> _Installed:
        without_visits = {name: value for name, value in case.items() if name != "visits"}
        self.journal.load(SALON, self.document, without_visits, now=self.product.now)
        company_id = _connect(self.product, self.journal)
        _read_journal(self.product, company_id)
        device = take_device(self.product)
        installed = self._installed[self.product.now] = _Installed(company_id, device, self.rows.keep())
        return installed

    def _set_bot(self, company_id: CompanyId, case: Mapping[str, Any]) -> None:
        salon = self.document["salon"]
        ticks = {str(one["id"]): one.get("offered", True) for one in self.document["staff"]}
        own = {"facts": salon.get("facts", {}), "rules": salon.get("rules", {}), "staff": ticks, "model_abroad": True}
        settings = from_json({**own, **salon.get("bot", {}), **case.get("bot", {})})
        with self.product.uow() as work:
            work.bot_salons.set_settings(company_id, settings, self.product.clock())
            work.commit()


def _connect(product: ReplayProduct, journal: JournalOfReplay) -> CompanyId:
    """The owner presses Connect and scans the code."""
    services: dict[str, Any] = {"uow": product.uow, "clock": product.clock}
    window = product.config.activation_window
    made = registration.register(
        salon_id=SALON,
        phone=None,
        email=None,
        store=product.registrations.ask,
        secrets=product.secrets,
        tokens=product.tokens,
        clock=product.clock,
        window=window,
    )
    journal.connect(SALON)
    linked = pairings.complete(made.company.company_id, _ACCOUNT, window=window, **services)
    if linked.outbox_id is None or product.activation_sender.work(linked.outbox_id) is None:
        raise click.ClickException("the salon could not be activated")
    return made.company.company_id


def _read_journal(product: ReplayProduct, company_id: CompanyId) -> None:
    while (run := product.synchroniser.work(company_id, SyncKind.FULL)) is not None:
        if run.state is RunState.DONE:
            return
        if run.state is not RunState.RUNNING:
            break
    raise click.ClickException("the salon's journal could not be read")


def _read_records(product: ReplayProduct, company_id: CompanyId) -> None:
    """The visits of a conversation; a reading that was stopped before them goes on there."""
    now = product.clock()
    with product.uow() as work:
        work.sync_runs.start(company_id, SyncKind.FULL, now, is_new=True)
        run = work.sync_runs.claim(company_id, SyncKind.FULL, now=now, until=now)
        if run is None:
            raise click.ClickException("the salon is not to be read")
        work.sync_runs.save(replace(begin(run, now), stage=Stage.RECORDS, claimed_until=None), claim=now)
        work.commit()
    _read_journal(product, company_id)
