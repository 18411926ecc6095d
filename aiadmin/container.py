"""Builds the adapters and services from Config, each once per process and only when it is asked for.

Most are imported when they are asked for: commands, the clock and the session hosts ask for few of them, and all
of them take a fifth of a process's start. Who may not pause later calls `load` first, who forks `load_for_jobs`.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

from aiadmin.config import Config
from aiadmin.domain.ids import CompanyId, OwnerSessionId, SalonId
from aiadmin.domain.job import Argument, Job
from aiadmin.domain.messages.message import RecordedSend, SentMessage
from aiadmin.storage import unit_of_work
from aiadmin.storage.engine import make_engine, make_statement_engine
from aiadmin.storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from redis import Redis
    from sqlalchemy import Engine

    from aiadmin.adapters.batcher import Batcher
    from aiadmin.adapters.language_model.chat_completions import ChatCompletions
    from aiadmin.adapters.metrics.counters import RedisMetrics
    from aiadmin.adapters.readiness import ReadinessProbe
    from aiadmin.adapters.redis.connect_links import RedisLinkCache
    from aiadmin.adapters.redis.fleet import RedisFleet
    from aiadmin.adapters.redis.job_queue import RqJobQueue
    from aiadmin.adapters.redis.model_limits import RedisModelLimits
    from aiadmin.adapters.redis.pairing_store import RedisPairingStore
    from aiadmin.adapters.redis.try_outs import RedisTryOuts
    from aiadmin.adapters.redis.visitor_shares import RedisVisitorShares
    from aiadmin.adapters.secrets import DerivedSecrets
    from aiadmin.adapters.sockets.page_events import SocketPageEvents
    from aiadmin.adapters.speech.transcriptions import Transcriptions
    from aiadmin.adapters.throttle import Throttle
    from aiadmin.adapters.tokens import JwtTokens
    from aiadmin.adapters.webhook_writer import WebhookWriter
    from aiadmin.adapters.yclients.booking_api import YClientsBooking
    from aiadmin.adapters.yclients.call_router import CallRouter
    from aiadmin.adapters.yclients.marketplace import YClientsMarketplace
    from aiadmin.adapters.yclients.members import YClientsMembers
    from aiadmin.adapters.yclients.rest import RestApi
    from aiadmin.adapters.yclients.salon_api import YClientsSalonApi
    from aiadmin.domain.companies.company import Company
    from aiadmin.domain.messages.sending_policy import SendingPolicy
    from aiadmin.services.chat.bot_settings import BotSettingsService
    from aiadmin.services.chat.confirmations import JournalConfirmer
    from aiadmin.services.chat.dialogues import DialogueReader
    from aiadmin.services.chat.lookups import LookUps
    from aiadmin.services.chat.lost_writes import LostWrites
    from aiadmin.services.chat.salon_views import SalonViews
    from aiadmin.services.chat.try_out import TryOut
    from aiadmin.services.chat.turns import ChatHandler
    from aiadmin.services.chat.understanding import Understanding
    from aiadmin.services.chat.views import Views
    from aiadmin.services.chat.voices import VoiceListener
    from aiadmin.services.chat.writes import VisitWriter
    from aiadmin.services.console.fleet import FleetDesk
    from aiadmin.services.console.operators import OperatorService
    from aiadmin.services.console.salon_page import SalonDesk
    from aiadmin.services.console.salons import SalonDirectory
    from aiadmin.services.install.activations import ActivationSender
    from aiadmin.services.install.arrivals import ArrivalService
    from aiadmin.services.install.lifecycle import LifecycleService
    from aiadmin.services.journal.reconciliation import JournalReconciliation
    from aiadmin.services.journal.refetches import Refetcher
    from aiadmin.services.journal.sync import Synchroniser
    from aiadmin.services.manage.salon_states import SalonStateReader
    from aiadmin.services.notices.dispatch import NoticeDispatcher
    from aiadmin.services.notices.planning import NoticePlanner
    from aiadmin.services.partner.partner import PartnerService
    from aiadmin.services.privacy.privacy import PrivacyService
    from aiadmin.services.provider.orders import OrderService
    from aiadmin.services.provider.statuses import StatusReporter
    from aiadmin.storage.companies.lookups import ByApiKey, ByNumber
    from aiadmin.storage.companies.registrations import NewRegistration

_LATER = (
    "aiadmin.adapters.batcher",
    "aiadmin.adapters.language_model.presets",
    "aiadmin.adapters.metrics.counters",
    "aiadmin.adapters.readiness",
    "aiadmin.adapters.redis.client",
    "aiadmin.adapters.redis.connect_links",
    "aiadmin.adapters.redis.fleet",
    "aiadmin.adapters.redis.job_queue",
    "aiadmin.adapters.redis.pairing_store",
    "aiadmin.adapters.redis.try_outs",
    "aiadmin.adapters.redis.visitor_shares",
    "aiadmin.adapters.redis.window_limits",
    "aiadmin.adapters.secrets",
    "aiadmin.adapters.sockets.page_events",
    "aiadmin.adapters.speech.transcriptions",
    "aiadmin.adapters.throttle",
    "aiadmin.adapters.tokens",
    "aiadmin.adapters.webhook_writer",
    "aiadmin.adapters.yclients.call_router",
    "aiadmin.adapters.yclients.marketplace",
    "aiadmin.adapters.yclients.members",
    "aiadmin.adapters.yclients.partner",
    "aiadmin.domain.messages.sending_policy",
    "aiadmin.domain.yclients.call_budget",
    "aiadmin.services.chat.bot_settings",
    "aiadmin.services.chat.dialogues",
    "aiadmin.services.chat.salon_views",
    "aiadmin.services.companies.connect_links",
    "aiadmin.services.companies.registration",
    "aiadmin.services.console.fleet",
    "aiadmin.services.console.operators",
    "aiadmin.services.console.salon_page",
    "aiadmin.services.console.salons",
    "aiadmin.services.install.arrivals",
    "aiadmin.services.install.lifecycle",
    "aiadmin.services.journal.webhooks",
    "aiadmin.services.manage.salon_states",
    "aiadmin.services.notices.rendering",
    "aiadmin.services.partner.partner",
    "aiadmin.services.privacy.privacy",
    "aiadmin.services.provider.orders",
    "aiadmin.storage.companies.lookups",
    "aiadmin.storage.companies.registrations",
    "aiadmin.storage.statements",
    "aiadmin.texts.en.calls",
    "aiadmin.texts.en.notices",
    "aiadmin.texts.ru.calls",
    "aiadmin.texts.ru.notices",
)
"""What requests and jobs ask for."""
_BOT = (
    "aiadmin.adapters.morphology",
    "aiadmin.adapters.redis.model_limits",
    "aiadmin.adapters.yclients.booking_api",
    "aiadmin.adapters.yclients.salon_api",
    "aiadmin.services.chat.lookups",
    "aiadmin.services.chat.try_out",
    "aiadmin.services.chat.understanding",
    "aiadmin.services.chat.views",
)
"""What reads what clients write, and knows what to answer: jobs, and an owner who tries the bot out."""
_OF_JOBS = (
    "aiadmin.adapters.speech.voice_notes",
    "aiadmin.adapters.yclients.status_post",
    "aiadmin.domain.messages.number_plans",
    "aiadmin.services.chat.confirmations",
    "aiadmin.services.chat.lost_writes",
    "aiadmin.services.chat.openings",
    "aiadmin.services.chat.turns",
    "aiadmin.services.chat.voices",
    "aiadmin.services.chat.writes",
    "aiadmin.services.install.activations",
    "aiadmin.services.journal.reconciliation",
    "aiadmin.services.journal.refetches",
    "aiadmin.services.journal.sync",
    "aiadmin.services.journal.sync_pages",
    "aiadmin.services.notices.dispatch",
    "aiadmin.services.notices.planning",
    "aiadmin.services.provider.statuses",
    "aiadmin.storage.messages.sent_messages",
)
"""What no request asks for."""


def load() -> None:
    """Import now what a container imports when a request asks for it: a request that imported would hold up all."""
    for name in _LATER:
        import_module(name)
    unit_of_work.load()


def load_bot(pause: Callable[[], object] = lambda: None) -> None:
    """Import what reads clients' words and answers them: a third of a second of processor time.

    Args:
        pause: called behind each of its modules, the largest of which takes a twentieth of a second.
    """
    chat = import_module("aiadmin.domain.chat")
    for name in (*(one.name for one in walk_packages(chat.__path__, f"{chat.__name__}.")), *_BOT):
        import_module(name)
        pause()


def load_for_jobs() -> None:
    """Import now all that jobs ask for, and read the dictionaries: each fork would do so anew."""
    load()
    load_bot()
    for name in _OF_JOBS:
        import_module(name)
    from aiadmin.adapters.morphology import morphology
    from aiadmin.services.chat import views

    views.warm(morphology())


STATEMENT_PATIENCE_SECONDS = 15.0
"""Longer than finding a connection dead, opening another and asking again."""
RECORD_SECONDS = 60.0
"""Longer than two statements may take, one behind the other: what they claim is for who waits."""
STATEMENT_CONNECTIONS = 2
DRAIN_SECONDS = 0.2
"""Under a stream of webhooks, a drain is asked for this often."""


class Container:
    """What the edges hold: settings, and one of each adapter. Making one opens nothing.

    Args:
        lock_seconds: how long a statement waits for a lock of PostgreSQL's; None for as long as it may take.
        keeps_statements: whether some of `DATABASE_POOL_SIZE` are for `statement_engine`, as in a process that uses
            it all the time; in others what it opens comes on top.
    """

    def __init__(self, config: Config, *, lock_seconds: float | None = None, keeps_statements: bool = False) -> None:
        self.config = config
        self._lock_seconds = lock_seconds
        kept = STATEMENT_CONNECTIONS if keeps_statements else 0
        self._transactions = max(config.database_pool_size - kept, 1)

    @classmethod
    def from_env(cls) -> Container:
        """A container with the settings of this process's environment. Raises ConfigError."""
        return cls(Config.from_env(os.environ))

    def close(self) -> None:
        """Finish what is buffered and let go of every connection."""
        made = vars(self)
        batchers = "address_limits", "company_lookup", "registrations", "sent_messages"
        for name in (*batchers, "webhook_writer", "webhook_drain", "metrics"):
            if name in made:
                made[name].close()
        for name in ("engine", "statement_engine"):
            if name in made:
                made[name].dispose()
        for name in ("redis", "impatient_redis"):
            if name in made:
                made[name].close()

    def clock(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.config.database_url, pool_size=self._transactions, lock_seconds=self._lock_seconds)

    def uow(self) -> UnitOfWork:
        """A new transaction."""
        return UnitOfWork(self.engine, self._fingerprint, send_nudge=self._send_nudge)

    def one_statement(self) -> UnitOfWork:
        """For a single statement, which is then a transaction by itself: two trips to PostgreSQL less."""
        return UnitOfWork(self._autocommit, self._fingerprint, send_nudge=self._send_nudge)

    def _fingerprint(self, company_id: CompanyId, address: str) -> str:
        return self.secrets.fingerprint(company_id, address)

    def _send_nudge(self, job: Job, *arguments: Argument) -> None:
        self.queue.nudge(job, *arguments)

    @cached_property
    def _autocommit(self) -> Engine:
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @cached_property
    def statement_engine(self) -> Engine:
        return make_statement_engine(
            self.config.database_url, pool_size=STATEMENT_CONNECTIONS, lock_seconds=self._lock_seconds
        )

    @cached_property
    def sent_messages(self) -> Batcher[SentMessage, RecordedSend]:
        """Writes down what was sent: all that are sent at the same time share a statement."""
        from aiadmin.adapters.batcher import Batcher
        from aiadmin.storage.messages.sent_messages import SentMessages
        from aiadmin.storage.statements import Statements

        recorder = SentMessages(Statements(self.statement_engine))
        return Batcher(recorder.record, name="PostgreSQL", patience=RECORD_SECONDS)

    @cached_property
    def company_lookup(self) -> Batcher[ByNumber | ByApiKey, Company | None]:
        """Which company a request is from: all that wait share a statement."""
        from aiadmin.adapters.batcher import Batcher
        from aiadmin.storage.companies.lookups import CompanyLookups
        from aiadmin.storage.statements import Statements

        lookups = CompanyLookups(Statements(self.statement_engine))
        return Batcher(lookups.find, name="PostgreSQL", patience=STATEMENT_PATIENCE_SECONDS)

    def company_by_number(self, company_id: CompanyId) -> Company | None:
        """The company with this number. Raises DependencyDownError."""
        from aiadmin.storage.companies.lookups import ByNumber

        return self.company_lookup.ask(ByNumber(company_id))

    def open_link(self, token: str) -> Company:
        """The company that a connect link or a page's token opens. Raises LinkError, DependencyDownError."""
        from aiadmin.services.companies import connect_links

        return connect_links.open_link(
            token,
            find=self.company_by_number,
            is_session=self._is_owner_session,
            tokens=self.tokens,
            clock=self.clock,
        )

    def _is_owner_session(self, company_id: CompanyId, session_id: OwnerSessionId) -> bool:
        with self.one_statement() as work:
            return work.owner_sessions.is_live(company_id, session_id, self.clock())

    def company_by_api_key(self, api_key: str) -> Company | None:
        """The company that has this API key. Raises DependencyDownError."""
        from aiadmin.storage.companies.lookups import ByApiKey

        return self.company_lookup.ask(ByApiKey(self.secrets.hash_api_key(api_key)))

    @cached_property
    def registrations(self) -> Batcher[NewRegistration, Company]:
        """Stores new companies: all that wait share a statement."""
        from aiadmin.adapters.batcher import Batcher
        from aiadmin.services.companies import registration
        from aiadmin.storage.companies.registrations import Registrations
        from aiadmin.storage.statements import Statements

        store = partial(
            registration.store_together,
            registrations=Registrations(Statements(self.statement_engine)),
            links=self.links,
        )
        return Batcher(store, name="PostgreSQL", patience=STATEMENT_PATIENCE_SECONDS)

    @cached_property
    def redis(self) -> Redis:
        from aiadmin.adapters.redis.client import make_redis

        return make_redis(self.config.redis_url, pool_size=self.config.redis_pool_size)

    @cached_property
    def impatient_redis(self) -> Redis:
        """For what is not worth a wait."""
        from aiadmin.adapters.redis.client import IMPATIENT_SECONDS, make_redis

        config = self.config
        return make_redis(config.redis_url, pool_size=config.redis_pool_size, read_timeout=IMPATIENT_SECONDS)

    @cached_property
    def tokens(self) -> JwtTokens:
        from aiadmin.adapters.tokens import JwtTokens

        return JwtTokens(self.config.jwt_secret)

    @cached_property
    def secrets(self) -> DerivedSecrets:
        from aiadmin.adapters.secrets import DerivedSecrets

        return DerivedSecrets(self.config.jwt_secret)

    @cached_property
    def links(self) -> RedisLinkCache:
        from aiadmin.adapters.redis.connect_links import RedisLinkCache

        return RedisLinkCache(self.redis)

    @cached_property
    def pairing_store(self) -> RedisPairingStore:
        from aiadmin.adapters.redis.pairing_store import RedisPairingStore

        return RedisPairingStore(self.redis)

    @cached_property
    def fleet(self) -> RedisFleet:
        from aiadmin.adapters.redis.fleet import RedisFleet

        return RedisFleet(self.redis)

    @cached_property
    def page_events(self) -> SocketPageEvents:
        from aiadmin.adapters.sockets.page_events import SocketPageEvents

        return SocketPageEvents(self.redis)

    @cached_property
    def metrics(self) -> RedisMetrics:
        from aiadmin.adapters.metrics.counters import RedisMetrics

        return RedisMetrics(self.redis)

    @cached_property
    def webhook_writer(self) -> WebhookWriter:
        from aiadmin.adapters.redis.window_limits import WindowLimits
        from aiadmin.adapters.webhook_writer import WebhookWriter
        from aiadmin.storage.journal.webhooks import WebhookInbox
        from aiadmin.storage.statements import Statements

        limits = WindowLimits(self.impatient_redis, self.config.webhook_limit_per_minute)
        add = WebhookInbox(Statements(self.statement_engine)).add
        return WebhookWriter(add, limits=limits, after_commit=self.webhook_drain.ask)

    @cached_property
    def address_limits(self) -> Batcher[str, float]:
        """For `keys.address_limit`: how many seconds a request should wait, 0 where it is admitted."""
        from aiadmin.adapters.batcher import Batcher
        from aiadmin.adapters.redis.client import READ_TIMEOUT_SECONDS
        from aiadmin.adapters.redis.window_limits import WindowLimits

        limits = WindowLimits(self.impatient_redis, self.config.rate_limit_per_minute)
        return Batcher(limits.admit_each, name="Redis", patience=READ_TIMEOUT_SECONDS)

    @cached_property
    def webhook_drain(self) -> Throttle:
        """Asks for a drain of the inbox."""
        from aiadmin.adapters.throttle import Throttle

        return Throttle(partial(self.queue.nudge, Job.DRAIN_WEBHOOKS), pause=DRAIN_SECONDS)

    @cached_property
    def readiness(self) -> ReadinessProbe:
        from aiadmin.adapters.readiness import ReadinessProbe

        return ReadinessProbe(
            uow=self.uow, redis=self.redis, clock=self.clock, is_stalled=self.webhook_writer.is_stalled
        )

    @cached_property
    def salon_of(self) -> Callable[[CompanyId], SalonId]:
        """The salon of a company, remembered: it never changes. Raises CompanyNotFoundError."""
        from aiadmin.services.journal import webhooks

        return lru_cache(maxsize=10_000)(partial(webhooks.salon_of, uow=self.one_statement))

    @cached_property
    def queue(self) -> RqJobQueue:
        from aiadmin.adapters.redis.job_queue import RqJobQueue

        return RqJobQueue(self.redis)

    @cached_property
    def call_router(self) -> CallRouter:
        from aiadmin.adapters.yclients.call_router import CallRouter
        from aiadmin.domain.yclients.call_budget import Budget
        from aiadmin.domain.yclients.egress import egress_of

        config = self.config
        budget = Budget(per_second=config.yclients_per_second, per_minute=config.yclients_per_minute)
        return CallRouter(self.redis, budget, tuple(map(egress_of, config.yclients_egress)), rng=random.random)

    @cached_property
    def salon_api(self) -> YClientsSalonApi:
        from aiadmin.adapters.yclients.salon_api import MAX_BYTES, YClientsSalonApi

        return YClientsSalonApi(self._rest_as_user(max_bytes=MAX_BYTES, keeps_connections=True))

    @cached_property
    def booking_api(self) -> YClientsBooking:
        from aiadmin.adapters.yclients.booking_api import YClientsBooking
        from aiadmin.adapters.yclients.salon_api import MAX_BYTES

        return YClientsBooking(self._rest_as_user(max_bytes=MAX_BYTES, keeps_connections=True))

    @cached_property
    def members(self) -> YClientsMembers:
        from aiadmin.adapters.yclients.members import YClientsMembers

        return YClientsMembers(self._rest_as_user(), is_configured=bool(self.config.yclients_user_token))

    def _rest_as_user(self, **limits: Any) -> RestApi:
        """YClients' REST API on behalf of the user whose token is set, within the fleet's budget."""
        from aiadmin.adapters.yclients.http import YClientsHttp
        from aiadmin.adapters.yclients.rest import RestApi

        config = self.config
        http = YClientsHttp(
            base_url=config.yclients_api_url,
            partner_token=config.yclients_api_key,
            user_token=config.yclients_user_token,
            ca_bundle=config.yclients_ca_bundle,
            accept=config.yclients_accept,
            **limits,
        )
        return RestApi(http, self.call_router, metrics=self.metrics, rng=random.random)

    @cached_property
    def visitor_shares(self) -> RedisVisitorShares:
        from aiadmin.adapters.redis.visitor_shares import RedisVisitorShares

        return RedisVisitorShares(self.redis, self.config.redis_url)

    @cached_property
    def marketplace(self) -> YClientsMarketplace:
        from aiadmin.adapters.yclients.marketplace import YClientsMarketplace

        return YClientsMarketplace(self.config, self.call_router)

    @cached_property
    def partner_service(self) -> PartnerService:
        from aiadmin.adapters.yclients import partner
        from aiadmin.adapters.yclients.http import YClientsHttp
        from aiadmin.adapters.yclients.rest import RestApi
        from aiadmin.services.partner.partner import PartnerService

        config = self.config
        http = YClientsHttp(
            base_url=config.yclients_marketplace_url,
            partner_token=config.yclients_api_key,
            ca_bundle=config.yclients_ca_bundle,
            accept=config.yclients_accept,
            max_bytes=partner.MAX_BYTES,
        )
        rest = RestApi(http, self.call_router, metrics=self.metrics, rng=random.random)
        calls = partner.YClientsPartner(rest, app_id=config.yclients_app_id, has_key=bool(config.yclients_api_key))
        return PartnerService(uow=self.uow, partner=calls, clock=self.clock)

    @cached_property
    def notice_planner(self) -> NoticePlanner:
        from aiadmin.services.notices.planning import NoticePlanner

        return NoticePlanner(uow=self.uow, clock=self.clock, is_paced=self.config.message_pacing)

    @cached_property
    def notice_dispatcher(self) -> NoticeDispatcher:
        from aiadmin.services.notices.dispatch import NoticeDispatcher, own_policy, unlimited

        return NoticeDispatcher(
            uow=self.uow,
            api=self.salon_api,
            clock=self.clock,
            rng=random.random,
            policy=own_policy if self.config.message_pacing else unlimited,
        )

    @cached_property
    def reconciliation(self) -> JournalReconciliation:
        from aiadmin.services.journal.reconciliation import JournalReconciliation

        return JournalReconciliation(uow=self.uow, api=self.salon_api, clock=self.clock)

    @cached_property
    def salon_states(self) -> SalonStateReader:
        from aiadmin.services.manage.salon_states import SalonStateReader

        return SalonStateReader(uow=self.uow, clock=self.clock, is_never_sending=self.config.messages_paused)

    @cached_property
    def operators(self) -> OperatorService:
        from aiadmin.services.console.operators import OperatorService

        key = self.secrets.admin_fingerprint(self.config.admin_api_key)
        return OperatorService(uow=self.uow, clock=self.clock, key_fingerprint=key)

    @cached_property
    def salon_directory(self) -> SalonDirectory:
        from aiadmin.services.console.salons import SalonDirectory

        return SalonDirectory(uow=self.uow, clock=self.clock, is_never_sending=self.config.messages_paused)

    @cached_property
    def salon_desk(self) -> SalonDesk:
        from aiadmin.services.console.salon_page import SalonDesk

        return SalonDesk(uow=self.uow, clock=self.clock, directory=self.salon_directory)

    @cached_property
    def fleet_desk(self) -> FleetDesk:
        from aiadmin.adapters.redis.client import unless_away
        from aiadmin.services.console.fleet import FleetDesk

        return FleetDesk(
            uow=self.uow,
            clock=self.clock,
            jobs=unless_away(self.queue.depth),
            budgets=unless_away(self.call_router.read),
            in_line=unless_away(lambda: len(self.pairing_store.queue())),
        )

    @cached_property
    def salon_views(self) -> SalonViews:
        from aiadmin.services.chat.salon_views import SalonViews

        return SalonViews()

    @cached_property
    def views(self) -> Views:
        from aiadmin.adapters.morphology import morphology
        from aiadmin.services.chat.views import Views

        return Views(salons=self.salon_views, morphology=morphology(), clock=self.clock)

    @cached_property
    def understanding(self) -> Understanding:
        from aiadmin.services.chat.understanding import Understanding

        return Understanding(clock=self.clock, model=self.language_model, limits=self.model_limits)

    @cached_property
    def model_limits(self) -> RedisModelLimits:
        from aiadmin.adapters.redis.model_limits import RedisModelLimits

        return RedisModelLimits(self.impatient_redis, self.config.bot_model_per_day)

    @cached_property
    def language_model(self) -> ChatCompletions | None:
        """The model that is configured, if one is."""
        from aiadmin.adapters.language_model.presets import model_of

        return model_of(self.config) if self.config.has_model else None

    @cached_property
    def voices(self) -> VoiceListener:
        from aiadmin.adapters.redis.model_limits import RedisModelLimits
        from aiadmin.adapters.speech.voice_notes import MediaServer
        from aiadmin.services.chat.voices import VoiceListener

        return VoiceListener(
            uow=self.uow,
            clock=self.clock,
            notes=MediaServer(url=self.config.whatsapp_media_url),
            speech=self.speech,
            limits=RedisModelLimits(self.impatient_redis, self.config.speech_per_day, name="speech"),
        )

    @cached_property
    def speech(self) -> Transcriptions | None:
        """The recogniser that is configured, if one is."""
        from aiadmin.adapters.speech.transcriptions import Transcriptions

        config = self.config
        if not config.speech_url:
            return None
        return Transcriptions(
            url=config.speech_url,
            key=config.speech_key,
            model=config.speech_model,
            is_abroad=config.speech_abroad,
        )

    @cached_property
    def dialogues(self) -> DialogueReader:
        from aiadmin.services.chat.dialogues import DialogueReader

        return DialogueReader(uow=self.uow, clock=self.clock)

    @cached_property
    def try_outs(self) -> RedisTryOuts:
        from aiadmin.adapters.redis.try_outs import RedisTryOuts

        return RedisTryOuts(self.impatient_redis)

    @cached_property
    def look_ups(self) -> LookUps:
        from aiadmin.services.chat.lookups import LookUps

        return LookUps(api=self.booking_api, clock=self.clock)

    @cached_property
    def bot_settings(self) -> BotSettingsService:
        from aiadmin.services.chat.bot_settings import BotSettingsService

        return BotSettingsService(uow=self.uow, clock=self.clock)

    @cached_property
    def lost_writes(self) -> LostWrites:
        from aiadmin.services.chat.lost_writes import LostWrites

        return LostWrites(uow=self.uow, api=self.booking_api, clock=self.clock, views=self.views, sleep=time.sleep)

    @cached_property
    def visit_writer(self) -> VisitWriter:
        from aiadmin.services.chat.writes import VisitWriter

        return VisitWriter(uow=self.uow, api=self.booking_api, clock=self.clock, lost=self.lost_writes)

    @cached_property
    def try_out(self) -> TryOut:
        from aiadmin.services.chat.try_out import TryOut

        return TryOut(uow=self.uow, views=self.views, understanding=self.understanding, look_ups=self.look_ups)

    @cached_property
    def chat_handler(self) -> ChatHandler:
        from aiadmin.services.chat.openings import OpeningReader
        from aiadmin.services.chat.turns import ChatHandler

        return ChatHandler(
            uow=self.uow,
            clock=self.clock,
            openings=OpeningReader(views=self.views),
            understanding=self.understanding,
            look_ups=self.look_ups,
            writer=self.visit_writer,
            voices=self.voices,
        )

    @cached_property
    def journal_confirmer(self) -> JournalConfirmer:
        from aiadmin.services.chat.confirmations import JournalConfirmer

        return JournalConfirmer(uow=self.uow, api=self.salon_api, clock=self.clock, rng=random.random)

    @cached_property
    def sending_policy(self) -> SendingPolicy:
        from aiadmin.domain.messages.sending_policy import UNLIMITED, SendingPolicy

        return SendingPolicy() if self.config.message_pacing else UNLIMITED

    @cached_property
    def synchroniser(self) -> Synchroniser:
        from aiadmin.services.journal import webhooks
        from aiadmin.services.journal.sync import Synchroniser
        from aiadmin.services.journal.sync_pages import PageReader

        address = partial(webhooks.address_of, public_url=self.config.public_url, secrets=self.secrets)
        return Synchroniser(
            uow=self.uow,
            pages=PageReader(
                api=self.salon_api,
                reconciliation=self.reconciliation,
                rules=self.booking_api.rules,
                hook_address=address,
                clock=self.clock,
            ),
            page_events=self.page_events,
            clock=self.clock,
            rng=random.random,
        )

    @cached_property
    def privacy_service(self) -> PrivacyService:
        from aiadmin.services.privacy.privacy import PrivacyService

        return PrivacyService(uow=self.uow, secrets=self.secrets, clock=self.clock)

    @cached_property
    def order_service(self) -> OrderService:
        from aiadmin.services.provider.orders import OrderService

        return OrderService(uow=self.uow, secrets=self.secrets, clock=self.clock, pause=time.sleep)

    @cached_property
    def status_reporter(self) -> StatusReporter:
        from aiadmin.adapters.yclients.status_post import HttpStatusPost
        from aiadmin.services.provider.statuses import StatusReporter

        config = self.config
        return StatusReporter(
            uow=self.uow,
            secrets=self.secrets,
            post=HttpStatusPost(origins=config.provider_callback_origins, ca_bundle=config.yclients_ca_bundle),
            clock=self.clock,
            steady=time.monotonic,
            rng=random.random,
        )

    @cached_property
    def refetcher(self) -> Refetcher:
        from aiadmin.services.journal.refetches import Refetcher

        return Refetcher(uow=self.uow, api=self.salon_api, clock=self.clock, rng=random.random)

    @cached_property
    def arrival_service(self) -> ArrivalService:
        from aiadmin.services.install.arrivals import ArrivalService

        return ArrivalService(
            uow=self.uow,
            marketplace=self.marketplace,
            members=self.members,
            shares=self.visitor_shares,
            secrets=self.secrets,
            tokens=self.tokens,
            links=self.links,
            clock=self.clock,
            window=self.config.activation_window,
        )

    @cached_property
    def lifecycle_service(self) -> LifecycleService:
        from aiadmin.services.install.lifecycle import LifecycleService

        return LifecycleService(
            uow=self.uow,
            marketplace=self.marketplace,
            links=self.links,
            page_events=self.page_events,
            clock=self.clock,
            window=self.config.activation_window,
        )

    @cached_property
    def activation_sender(self) -> ActivationSender:
        from aiadmin.services.install.activations import ActivationSender

        return ActivationSender(
            uow=self.uow,
            marketplace=self.marketplace,
            secrets=self.secrets,
            page_events=self.page_events,
            clock=self.clock,
            rng=random.random,
            public_url=self.config.public_url,
        )
