"""What an owner may do about a salon, as it stands."""

from __future__ import annotations

from enum import StrEnum

from aiadmin.domain.companies.company import IntegrationStatus


class OwnerAction(StrEnum):
    """A button of the management page."""

    CONNECT = "connect"
    """Link a phone."""
    REPLACE = "replace"
    """Link another one in the place of the linked."""
    DISCONNECT = "disconnect"
    RETRY = "retry"
    """Tell YClients again that the salon is set up."""
    PAY = "pay"
    """Pay for the application at YClients."""
    READ = "read"
    """Read the journal from the beginning."""


_CLOSED = frozenset({IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED})


def available_actions(status: IntegrationStatus, *, is_linked: bool, can_tell: bool) -> frozenset[OwnerAction]:
    """Whatever makes sense now: no phone for a salon that is not served, no reading of a closed journal.

    Args:
        can_tell: whether there is an activation that can be sent to YClients again.
    """
    wanted = {
        OwnerAction.CONNECT: not is_linked and status not in _CLOSED,
        OwnerAction.REPLACE: is_linked and status not in _CLOSED,
        OwnerAction.DISCONNECT: is_linked,
        OwnerAction.RETRY: can_tell and status is IntegrationStatus.ACTIVATION_FAILED,
        OwnerAction.PAY: status is IntegrationStatus.FROZEN,
        OwnerAction.READ: status is IntegrationStatus.ACTIVE,
    }
    return frozenset(action for action, is_possible in wanted.items() if is_possible)
