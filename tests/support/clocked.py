"""The product under a clock that is set; whatever runs it needs nothing of the tests' own libraries."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from aiadmin.adapters.yclients.booking_api import YClientsBooking
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.adapters.yclients.salon_api import MAX_BYTES
from aiadmin.container import Container


class ClockedContainer(Container):
    """The product with a clock of the test's own."""

    now: datetime

    def clock(self) -> datetime:
        return self.now

    @cached_property
    def booking_api(self) -> YClientsBooking:
        """Who has failed is not asked again for long: a fault of the fake's is an answer, or none, at once."""
        rest = self._rest_as_user(max_bytes=MAX_BYTES, keeps_connections=True)
        return YClientsBooking(rest, timeouts=Timeouts(connect=3, total=3), patience=timedelta(seconds=0.6))


class PatientContainer(ClockedContainer):
    """Waits for YClients as long as the product does: there is time to be killed."""

    @cached_property
    def booking_api(self) -> YClientsBooking:
        return Container.booking_api.func(self)
