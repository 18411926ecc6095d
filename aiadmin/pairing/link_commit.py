"""The commit of a link: what a phone confirmed becomes rows, once, or is given back."""

from __future__ import annotations

from enum import Enum, auto

from aiadmin.adapters.whatsapp.key_store import SqlKeyStore
from aiadmin.container import Container
from aiadmin.domain.errors import CompanyNotFoundError, NumberTakenError, SalonLeftError
from aiadmin.domain.hosting.device import LinkedAccount
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.metrics import Metric
from aiadmin.services.pairing import pairings
from aiadmin.services.pairing.pairings import Linked


class NoLink(Enum):
    """Why a confirmed phone is not linked after all."""

    UNLINKED = auto()
    """Its keys are gone: the phone has removed the device since."""
    TAKEN = auto()
    """Its number serves another company; a host logs the new device out."""
    NO_COMPANY = auto()
    """The company is gone, or its salon has removed the application."""


def commit(container: Container, keys: SqlKeyStore, company_id: CompanyId, account: LinkedAccount) -> Linked | NoLink:
    """Store the link and release the activation. Safe to repeat.

    Raises:
        DependencyDownError: PostgreSQL does not answer; WhatsApp will not tell it again, so the caller must.
    """
    if not keys.exists(account.jid):
        return NoLink.UNLINKED
    try:
        linked = pairings.complete(
            company_id,
            account,
            uow=container.uow,
            clock=container.clock,
            window=container.config.activation_window,
        )
    except NumberTakenError:
        pairings.refuse(company_id, account, uow=container.uow, clock=container.clock)
        return NoLink.TAKEN
    except SalonLeftError:
        pairings.refuse(company_id, account, uow=container.uow, clock=container.clock)
        return NoLink.NO_COMPANY
    except CompanyNotFoundError:
        return NoLink.NO_COMPANY
    container.metrics.count(Metric.WHATSAPP_CONNECTIONS)
    return linked
