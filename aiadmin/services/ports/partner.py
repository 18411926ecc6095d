"""What the services need of YClients' marketplace beyond activation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from aiadmin.domain.ids import SalonId
from aiadmin.domain.partner.partner import InstallationDetails, InstalledSalon, NewPayment, Tariff


class Partner(Protocol):
    """The partner's calls. Every method raises a `domain.yclients.error.YClientsError`.

    What changes something is sent once: after YClientsDownError or UnreadableError it may have been done.
    """

    @property
    def is_configured(self) -> bool:
        """Whether there is an app to speak for, and a key to speak with."""
        ...

    def pay(self, salon_id: SalonId, payment: NewPayment) -> int:
        """Report a payment; its number at YClients."""
        ...

    def refund(self, salon_id: SalonId, payment_id: int) -> None: ...

    def set_short_names(self, salon_id: SalonId, names: Sequence[str]) -> None: ...

    def set_channel(self, salon_id: SalonId, channel: str, *, is_available: bool) -> None: ...

    def payment_link(self, salon_id: SalonId, discount: Decimal | None) -> str: ...

    def tariffs(self) -> Sequence[Tariff]: ...

    def add_discount(self, salon_id: SalonId, discount: Decimal) -> None: ...

    def installation(self, salon_id: SalonId) -> InstallationDetails:
        """Raises NotInstalledError where the app never was."""
        ...

    def uninstall(self, salon_id: SalonId) -> None: ...

    def salons(self) -> Sequence[InstalledSalon]:
        """Every salon where the app is active, in the order of their ids."""
        ...
