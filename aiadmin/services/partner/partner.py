"""What an operator arranges with YClients about a salon. Every action is in the audit log before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.errors import KeyReusedError, NotConfiguredError
from aiadmin.domain.ids import AuditId, CompanyId, SalonId
from aiadmin.domain.partner import partner as rules
from aiadmin.domain.partner.partner import (
    PAYMENT,
    InstallationDetails,
    InstalledSalon,
    NewPayment,
    PartnerOutcome,
    PaymentResult,
    Tariff,
)
from aiadmin.domain.yclients.error import NotFoundError, YClientsError
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import Partner
from aiadmin.storage.unit_of_work import NewUnitOfWork

T = TypeVar("T")
_LOOK_BACK = 500


@dataclass(frozen=True, kw_only=True)
class PartnerService:
    """Carries an operator's orders to YClients.

    Every method raises YClientsError, NotConfiguredError and, with a company, CompanyNotFoundError. `actor` is who
    gave the order.
    """

    uow: NewUnitOfWork
    partner: Partner
    clock: Clock

    def pay(self, company_id: CompanyId, payment: NewPayment, *, key: str, actor: str) -> PaymentResult:
        """Report a payment under a key of our own, for YClients has none: a key that was used is answered from
        the log, and one whose answer was lost is looked for in YClients' own list, never sent again.

        Raises:
            KeyReusedError: the key belongs to another payment of this company.
        """
        begun = self._begin_payment(company_id, payment, key=key, actor=actor)
        if isinstance(begun, AuditEntry):
            return self._look_up(begun, company_id)
        audit_id, salon_id = begun
        try:
            payment_id = self.partner.pay(salon_id, payment)
        except YClientsError as error:
            outcome = self._fail(audit_id, error)
            if outcome is PartnerOutcome.REFUSED:
                raise
            return PaymentResult(key=key, outcome=outcome, payment_id=None, detail=str(error), is_repeat=False)
        self._finish(audit_id, PartnerOutcome.DONE, result={"payment_id": payment_id})
        return PaymentResult(key=key, outcome=PartnerOutcome.DONE, payment_id=payment_id, detail="", is_repeat=False)

    def _begin_payment(
        self, company_id: CompanyId, payment: NewPayment, *, key: str, actor: str
    ) -> AuditEntry | tuple[AuditId, SalonId]:
        """The entry that has this key, or a new one; the lock lets one of two that come at once begin."""
        self._check_configured()
        with self.uow() as work:
            company = work.companies.get(company_id, lock=True)
            known = work.audit.find_by_key(company_id, action=PAYMENT, key=key)
            if known is not None:
                if not rules.is_same(known, payment):
                    raise KeyReusedError
                return known
            details = {"key": key, **payment.details(), "paid_at": f"{payment.paid_at:{rules.TIME}}"}
            audit_id = work.audit.add(company_id, actor=actor, action=PAYMENT, details=details, at=self.clock())
            work.commit()
        return audit_id, company.salon_id

    def _look_up(self, entry: AuditEntry, company_id: CompanyId) -> PaymentResult:
        paid = rules.stored(entry)
        if paid.outcome is not PartnerOutcome.UNKNOWN:
            return paid
        with self.uow() as work:
            company = work.companies.get(company_id)
            others = work.audit.recent(company_id, limit=_LOOK_BACK)
        taken = {number for each in others if (number := _payment_id(each)) is not None}
        try:
            listed = self.partner.installation(company.salon_id).payments
        except YClientsError:
            return paid
        found = rules.recognise(entry, listed, taken)
        if found is None:
            return paid
        self._finish(entry.audit_id, PartnerOutcome.DONE, result={"payment_id": found})
        return replace(paid, outcome=PartnerOutcome.DONE, payment_id=found, detail="")

    def refund(self, company_id: CompanyId, payment_id: int, *, actor: str) -> None:
        """Give a payment back. Raises NotFoundError when it is not this salon's."""

        def perform(salon_id: SalonId) -> None:
            listed = self.partner.installation(salon_id).payments
            if payment_id not in {each.payment_id for each in listed}:
                raise NotFoundError(message=f"payment {payment_id} is not one of this salon's")
            self.partner.refund(salon_id, payment_id)

        self._do(company_id, "partner.refund", {"payment_id": payment_id}, perform, actor=actor)

    def set_short_names(self, company_id: CompanyId, names: Sequence[str], *, actor: str) -> None:
        """The names that messages may come from."""
        self._do(
            company_id,
            "partner.short_names",
            {"names": list(names)},
            lambda salon_id: self.partner.set_short_names(salon_id, names),
            actor=actor,
        )

    def set_channel(self, company_id: CompanyId, channel: str, *, is_available: bool, actor: str) -> None:
        """Whether YClients may send this salon's notices through us by `whatsapp` or `sms`."""
        self._do(
            company_id,
            "partner.channel",
            {"channel": channel, "is_available": is_available},
            lambda salon_id: self.partner.set_channel(salon_id, channel, is_available=is_available),
            actor=actor,
        )

    def payment_link(self, company_id: CompanyId, discount: Decimal | None, *, actor: str) -> str:
        """Where the salon can pay."""
        return self._do(
            company_id,
            "partner.payment_link",
            {} if discount is None else {"discount": str(discount)},
            lambda salon_id: self.partner.payment_link(salon_id, discount),
            actor=actor,
        )

    def add_discount(self, company_id: CompanyId, discount: Decimal, *, actor: str) -> None:
        """Let the salon pay so many per cent less."""
        self._do(
            company_id,
            "partner.discount",
            {"discount": str(discount)},
            lambda salon_id: self.partner.add_discount(salon_id, discount),
            actor=actor,
        )

    def installation(self, company_id: CompanyId, *, actor: str) -> InstallationDetails:
        """Our app in the salon as YClients sees it, with its history and payments."""
        return self._do(company_id, "partner.status", {}, self.partner.installation, actor=actor)

    def uninstall(self, company_id: CompanyId, *, actor: str) -> None:
        """Take our app out of the salon; YClients' lifecycle event follows."""
        self._do(company_id, "partner.uninstall", {}, self.partner.uninstall, actor=actor)

    def tariffs(self, *, actor: str) -> Sequence[Tariff]:
        """Our app's tariffs."""
        return self._do(None, "partner.tariffs", {}, lambda _: self.partner.tariffs(), actor=actor)

    def salons(self, *, actor: str) -> Sequence[InstalledSalon]:
        """Every salon where our app is active."""
        return self._do(None, "partner.salons", {}, lambda _: self.partner.salons(), actor=actor)

    def _do(
        self,
        company_id: CompanyId | None,
        action: str,
        details: Mapping[str, Any],
        perform: Callable[[SalonId], T],
        *,
        actor: str,
    ) -> T:
        self._check_configured()
        with self.uow() as work:
            salon_id = SalonId(0) if company_id is None else work.companies.get(company_id).salon_id
            audit_id = work.audit.add(company_id, actor=actor, action=action, details=details, at=self.clock())
            work.commit()
        try:
            value = perform(salon_id)
        except YClientsError as error:
            self._fail(audit_id, error)
            raise
        self._finish(audit_id, PartnerOutcome.DONE)
        return value

    def _fail(self, audit_id: AuditId, error: YClientsError) -> PartnerOutcome:
        outcome = rules.outcome_of(error)
        self._finish(audit_id, outcome, detail=str(error))
        return outcome

    def _finish(
        self, audit_id: AuditId, outcome: PartnerOutcome, *, detail: str = "", result: Mapping[str, Any] | None = None
    ) -> None:
        with self.uow() as work:
            work.audit.finish(audit_id, rules.written(outcome, detail), result=result)
            work.commit()

    def _check_configured(self) -> None:
        if not self.partner.is_configured:
            raise NotConfiguredError


def _payment_id(entry: AuditEntry) -> int | None:
    result = entry.details.get("result") or {}
    number = result.get("payment_id")
    return number if isinstance(number, int) else None
