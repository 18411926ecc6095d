"""Limits by company, and of wrong keys by address.

YClients sends for all salons from few addresses, so the addresses' usual limit would be one for all of them.
"""

from __future__ import annotations

import math
import time

import structlog
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from aiadmin.adapters.redis import keys
from aiadmin.container import Container
from aiadmin.domain.errors import UnauthorizedError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.quota import Quota
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

_ONCE = parse("1/minute")
_ERRANDS = parse("10/10 minutes")
"""How often a company may send us to YClients: an activation again, the whole journal again."""
_TRY_OUTS = parse("60/10 minutes")
"""How often an owner may write to the bot for a try; each costs YClients four calls at most."""

_LOGINS = parse("10/15 minutes")
"""How often an address may show a key at the console's door, the right one included."""
_REFUSED_LOGINS = parse("60/hour")
"""How many wrong keys are written down, whoever shows them: the audit log is not for a stranger to fill."""


_TYPED = parse("30/minute")
"""How often a salon may send what it types in the cabinet: no hand is quicker, and a number that is must not be."""


class KeyLimits:
    """Exact across processes; per process in memory while Redis is away."""

    def __init__(self, container: Container) -> None:
        shared = RedisStorage(
            container.config.redis_url,
            connection_pool=container.redis.connection_pool,
            wrap_exceptions=True,
            key_prefix=keys.KEY_LIMITS,
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._per_salon = parse(f"{container.config.webhook_limit_per_minute}/minute")
        self._wrong_keys = parse(f"{container.config.rate_limit_per_minute}/minute")
        self._shown = Quota(container.config.rate_limit_per_minute, 60)

    def check(self, address: str, key_hash: str) -> None:
        """Refuse an address that has shown its share of wrong keys, before anything is looked up for it.

        Raises:
            TooManyRequests: it says how long to wait.
            UnauthorizedError: this very key has opened nothing so often lately that it is not looked up again.
        """
        if self._shown.is_spent((address, key_hash)):
            raise UnauthorizedError
        try:
            is_within = self._shared.test(self._wrong_keys, address)
        except StorageError:
            is_within = self._own.test(self._wrong_keys, address)
        if not is_within:
            raise self._refusal(self._wrong_keys, address)

    def note_wrong_key(self, address: str, key_hash: str) -> None:
        """Count a key that opens nothing; the same one again within a minute is no new guess.

        YClients may go on sending for a salon that has left, with its old key, and the other salons' orders come from
        the same address.
        """
        self._shown.take((address, key_hash))
        if self._hit(_ONCE, address, key_hash):
            self._hit(self._wrong_keys, address)

    def count_order(self, company_id: CompanyId) -> None:
        """Count an order of a salon. Raises TooManyRequests."""
        if not self._hit(self._per_salon, str(company_id)):
            raise self._refusal(self._per_salon, str(company_id))

    def may_send(self, company_id: CompanyId) -> bool:
        """Count an errand to YClients; False where the company has had its share of them."""
        return self._hit(_ERRANDS, "errand", str(company_id))

    def count_errand(self, company_id: CompanyId) -> None:
        """The same, without a result. Raises TooManyRequests."""
        if not self.may_send(company_id):
            raise self._refusal(_ERRANDS, "errand", str(company_id))

    def count_try_out(self, company_id: CompanyId) -> None:
        """Count a message of a try-out. Raises TooManyRequests."""
        if not self._hit(_TRY_OUTS, "try-out", str(company_id)):
            raise self._refusal(_TRY_OUTS, "try-out", str(company_id))

    def count_typed(self, company_id: CompanyId) -> None:
        """Count a message that was typed. Raises TooManyRequests."""
        if not self._hit(_TYPED, "typed", str(company_id)):
            raise self._refusal(_TYPED, "typed", str(company_id))

    def count_login(self, address: str) -> None:
        """Count an attempt to get into the console. Raises TooManyRequests."""
        if not self._hit(_LOGINS, "console", address):
            raise self._refusal(_LOGINS, "console", address)

    def may_note_refusal(self) -> bool:
        """Count a refusal at the console's door; False where enough are written down for now."""
        return self._hit(_REFUSED_LOGINS, "console-refused")

    def _hit(self, item: RateLimitItem, *names: str) -> bool:
        try:
            return self._shared.hit(item, *names)
        except StorageError as error:
            log.warning("keys are counted in memory", error=reason_of(error.storage_error))
            return self._own.hit(item, *names)

    def _refusal(self, item: RateLimitItem, *names: str) -> TooManyRequests:
        try:
            free_at, _ = self._shared.get_window_stats(item, *names)
        except StorageError:
            free_at, _ = self._own.get_window_stats(item, *names)
        return TooManyRequests(retry_after=max(math.ceil(free_at - time.time()), 1))
