"""`python -m aiadmin partner`: what an operator arranges with YClients. All of it is in the audit log."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation

import click

from aiadmin.cli.table import show_facts, show_table, written
from aiadmin.container import Container
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.number import BIGGEST_INTEGER
from aiadmin.domain.partner.partner import NewPayment, PartnerOutcome, default_key, now_there

_COMPANY = click.argument("company_id", type=click.IntRange(1, BIGGEST_INTEGER))
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M:%S"])
_ACTOR = "cli"
_ENTRIES = 50


class _Amount(click.ParamType[Decimal]):
    """A number with at most two digits behind the point."""

    name = "number"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or amount < 0 or amount != round(amount, 2):
            self.fail("a number such as 990 or 990.50", param, ctx)
        return amount


_AMOUNT = _Amount()


@click.group()
def partner() -> None:
    """Arrange payments, channels and installations with YClients."""


@partner.command()
@_COMPANY
@click.option("--sum", "amount", type=_AMOUNT, required=True)
@click.option("--from", "period_from", type=_TIME, required=True, help="The first moment that is paid for.")
@click.option("--to", "period_to", type=_TIME, required=True)
@click.option("--currency", default="RUB", show_default=True)
@click.option("--paid-at", type=_TIME, help="Now, when not given.")
@click.option("--key", help="A name of your own; the period, when not given. A repeat sends nothing.")
def payment(
    company_id: int,
    amount: Decimal,
    period_from: datetime,
    period_to: datetime,
    currency: str,
    paid_at: datetime | None,
    key: str | None,
) -> None:
    """Tell YClients that a salon has paid us for a period."""
    container = Container.from_env()
    order = NewPayment(
        amount=amount,
        currency=currency,
        paid_at=paid_at or now_there(container.clock()),
        period_from=period_from,
        period_to=period_to,
    )
    paid = container.partner_service.pay(CompanyId(company_id), order, key=key or default_key(order), actor=_ACTOR)
    before = " (sent before, nothing was sent now)" if paid.is_repeat else ""
    if paid.outcome is not PartnerOutcome.DONE:
        raise click.ClickException(f"payment {paid.key}: {paid.outcome}{before} {paid.detail}".rstrip())
    click.echo(f"payment {paid.key}: done, number {paid.payment_id}{before}")


@partner.command()
@_COMPANY
@click.argument("payment_id", type=click.IntRange(1, BIGGEST_INTEGER))
def refund(company_id: int, payment_id: int) -> None:
    """Give a salon's payment back, by YClients' number of it (see `partner status`)."""
    Container.from_env().partner_service.refund(CompanyId(company_id), payment_id, actor=_ACTOR)
    click.echo(f"payment {payment_id}: given back")


@partner.command("short-names")
@_COMPANY
@click.argument("names", nargs=-1, required=True)
def short_names(company_id: int, names: tuple[str, ...]) -> None:
    """Say which names a salon's messages come from."""
    Container.from_env().partner_service.set_short_names(CompanyId(company_id), names, actor=_ACTOR)
    click.echo(f"company {company_id}: {', '.join(names)}")


@partner.command()
@_COMPANY
@click.argument("name", type=click.Choice(["whatsapp", "sms"]))
@click.argument("state", type=click.Choice(["on", "off"]))
def channel(company_id: int, name: str, state: str) -> None:
    """Say whether YClients may send a salon's notices through us."""
    Container.from_env().partner_service.set_channel(
        CompanyId(company_id), name, is_available=state == "on", actor=_ACTOR
    )
    click.echo(f"company {company_id}: {name} {state}")


@partner.command("payment-link")
@_COMPANY
@click.option("--discount", type=_AMOUNT, help="In per cent.")
def payment_link(company_id: int, discount: Decimal | None) -> None:
    """Print where a salon can pay."""
    click.echo(Container.from_env().partner_service.payment_link(CompanyId(company_id), discount, actor=_ACTOR))


@partner.command()
@_COMPANY
@click.argument("per_cent", type=_AMOUNT)
def discount(company_id: int, per_cent: Decimal) -> None:
    """Let a salon pay so many per cent less."""
    Container.from_env().partner_service.add_discount(CompanyId(company_id), per_cent, actor=_ACTOR)
    click.echo(f"company {company_id}: {per_cent} % less")


@partner.command()
@_COMPANY
def status(company_id: int) -> None:
    """Show our app in a salon as YClients sees it: its state, history and payments."""
    found = Container.from_env().partner_service.installation(CompanyId(company_id), actor=_ACTOR)
    show_facts([("status", found.status), ("since", found.since)])
    changes = [(each.changed_at, each.before, each.after, each.source) for each in found.changes]
    payments = [
        (
            str(each.payment_id),
            f"{written(each.amount)} {each.currency}",
            each.paid_at,
            each.period_from,
            each.period_to,
            "refunded" if each.is_refunded else "",
        )
        for each in found.payments
    ]
    if changes:
        click.echo()
        show_table(("AT", "FROM", "TO", "BY"), changes)
    if payments:
        click.echo()
        show_table(("PAYMENT", "SUM", "PAID", "FROM", "TO", ""), payments)


@partner.command()
@_COMPANY
@click.confirmation_option(prompt="The salon loses the app. Go on?")
def uninstall(company_id: int) -> None:
    """Take our app out of a salon."""
    Container.from_env().partner_service.uninstall(CompanyId(company_id), actor=_ACTOR)
    click.echo(f"company {company_id}: YClients takes the app out")


@partner.command()
@_COMPANY
def log(company_id: int) -> None:
    """Show what was done about a salon on purpose, the latest first."""
    container = Container.from_env()
    with container.uow() as work:
        entries = work.audit.recent(work.companies.get(CompanyId(company_id)).company_id, limit=_ENTRIES)
    rows = [(written(each.at), each.actor, each.action, each.outcome or "unknown") for each in entries]
    show_table(("AT", "BY", "WHAT", "OUTCOME"), rows)


@partner.command()
def tariffs() -> None:
    """Show what our app costs."""
    found = Container.from_env().partner_service.tariffs(actor=_ACTOR)
    show_table(
        ("TARIFF", "OPTION", "TITLE", "PRICE", "MONTHS"),
        [
            (str(tariff.tariff_id), str(each.option_id), each.title, f"{written(each.price)} {each.currency}",
             str(each.months))
            for tariff in found
            for each in tariff.options
        ],
    )  # fmt: skip


@partner.command()
def salons() -> None:
    """List every salon where our app is active."""
    found = Container.from_env().partner_service.salons(actor=_ACTOR)
    show_table(("SALON", "CITY", "TITLE"), [(str(each.salon_id), each.city, each.title) for each in found])
