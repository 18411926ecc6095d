"""Sessions under any history of events, time, failures and operators: each comes online again, or says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aiadmin.domain.hosting import session as rules
from aiadmin.domain.hosting import session_event as event
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session import Action, Session, SessionStep
from aiadmin.texts import ru
from tests.support.examples import examples

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOGOUTS = ["logged_out", "main_device_gone", "unknown_logout", "keys_missing", "a reason of next year"]
EVENTS = [
    event.SocketOpen(),
    event.Connected(),
    event.Disconnected(),
    event.KeepAliveTimeout(failures=2),
    event.KeepAliveRestored(),
    event.StreamReplaced(),
    event.TemporaryBan(reason="blocked_by_users", expires_in=timedelta(days=7)),
    event.TemporaryBan(reason="broadcast_list", expires_in=None),
    event.ClientOutdated(),
    event.ConnectFailure(reason="bad_user_agent"),
    event.StreamError(code="503"),
    event.Ended(error="dial tcp: connection refused"),
    event.Ended(error="proto: required field neonize.TemporaryBan.Code not set"),
    event.QrCodeEvent(text="never here"),
]
DICE = st.floats(0, 1, exclude_max=True)
RUNNING = frozenset({Observed.STARTING, Observed.ONLINE, Observed.DEGRADED, Observed.RECONNECTING})


class Sessions(RuleBasedStateMachine):
    """One session, and what its host did with the library on its account."""

    @initialize(observed=st.sampled_from([one for one in Observed if one is not Observed.LOGGED_OUT]))
    def adopt(self, observed: Observed) -> None:
        self.now = NOW
        self.session = rules.adopted(observed, NOW)
        self.is_running = False

    @rule(said=st.sampled_from(EVENTS), dice=DICE)
    def hear(self, said: event.SessionEvent, dice: float) -> None:
        self._take(rules.transition(self.session, said, self.now, dice))

    @rule(reason=st.sampled_from(LOGOUTS), dice=DICE)
    def log_out(self, reason: str, dice: float) -> None:
        said = event.LoggedOut(reason=reason)
        self._take(rules.transition(self.session, said, self.now, dice))
        assert self.session.observed is Observed.LOGGED_OUT
        assert ru.logged_out(reason)

    @rule(seconds=st.one_of(st.integers(0, 60), st.integers(0, 10**6)), dice=DICE)
    def wait(self, seconds: int, dice: float) -> None:
        self.now += timedelta(seconds=seconds)
        self._take(rules.tick(self.session, self.now, dice))

    @rule(dice=DICE)
    def whatsapp_is_away(self, dice: float) -> None:
        if self.session.observed is Observed.RECONNECTING:
            self._take(rules.parked(self.session, "whatsapp_away", self.now, dice))

    @rule()
    def an_operator_restarts_it(self) -> None:
        if self.session.observed is not Observed.LOGGED_OUT:
            self._take(rules.restarted(self.session, self.now))

    @rule(dice=DICE)
    def the_start_cannot_be_tried(self, dice: float) -> None:
        """PostgreSQL is away, and the keys cannot be looked up."""
        if self.session.retry_at is not None and self.session.retry_at <= self.now:
            self.session = rules.postponed(self.session, self.now, dice)

    @rule(dice=DICE)
    def another_host_takes_it(self, dice: float) -> None:
        if self.session.observed is not Observed.LOGGED_OUT:
            self.session, self.is_running = rules.adopted(self.session.observed, self.now), False

    def _take(self, step: SessionStep) -> None:
        if step.action is Action.START:
            assert not self.is_running, "two connections of one device"
            self.is_running = True
        elif step.action is Action.STOP:
            self.is_running = False
        assert step.session.since <= self.now
        self.session = step.session

    @invariant()
    def it_runs_exactly_when_it_says_so(self) -> None:
        says_so = self.session.retry_at is None and self.session.observed in RUNNING
        assert says_so == self.is_running
        assert self.is_running or self.session.retry_at or self.session.observed is Observed.LOGGED_OUT

    @invariant()
    def it_never_waits_longer_than_whatsapp_asked_and_some(self) -> None:
        if self.session.retry_at is not None:
            assert self.session.retry_at - self.session.since <= timedelta(days=7, minutes=10)

    @invariant()
    def there_is_a_way_out(self) -> None:
        """By time alone, and a WhatsApp that is well again; for a logout only by the salon, which is told so."""
        if self.session.observed is Observed.LOGGED_OUT:
            assert self.session.reason is not None
            assert "Подключите" in ru.logged_out(self.session.reason)
        else:
            assert _comes_online(self.session, self.now)


def _comes_online(session: Session, now: datetime) -> bool:
    for _ in range(4):
        if session.observed is Observed.ONLINE and session.retry_at is None:
            return True
        if session.retry_at is None and session.observed is Observed.DEGRADED:
            session = rules.transition(session, event.KeepAliveRestored(), now, 0.5).session
        elif session.retry_at is None:
            session = rules.transition(session, event.Connected(), now, 0.5).session
        else:
            now = max(now, session.retry_at)
            session = rules.tick(session, now, 0.5).session
    return False


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=examples(75), stateful_step_count=30, deadline=None)
