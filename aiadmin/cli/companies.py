"""`python -m aiadmin companies`: look at the tenants, and help them along."""

from __future__ import annotations

import click

from aiadmin.cli.lazy import LazyGroup, Places

_COMMANDS: Places = {
    "disconnect": (
        "companies_orders",
        "Unlink a company's phone: it is logged out at WhatsApp and has to be linked again.",
    ),
    "link": (
        "companies_orders",
        "Make a connect link for a company; it works for 24 hours, and the one before it stops working.",
    ),
    "list": ("companies_list:list_companies", "Every company, or those that are asked for; phones are masked."),
    "retry-activation": (
        "companies_orders:retry_activation",
        "Tell YClients again that a company is connected, for another activation window.",
    ),
    "send": ("messages", "Send TEXT from a company's WhatsApp to PHONE , and wait for the outcome."),
    "show": (
        "companies_show",
        "All that is known of one company: its status, its device, its activation, the last errors.",
    ),
}


@click.group(cls=LazyGroup, places=_COMMANDS)
def companies() -> None:
    """Look at companies, and help them along."""
