"""What the bot has done is no news to its client: the chat has said it. What the salon does to it afterwards is."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.domain.yclients.write_outcome import Saved, Unknown
from tests.integration.chat.agreeing import Client, booking, cancellation, move, slot, writer
from tests.support.played_salon import ANNA, FILE, PlayedSalon

THREE = "2026-03-12T15:00"
VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
FOUR = slot("2026-03-12T16:00", ANNA, 101, minutes=60)
WISHES = {"book": booking(slot(THREE)), "move": move(9001, FOUR), "cancel": cancellation(9001)}


@pytest.fixture
def maria(played: PlayedSalon) -> Client:
    played.play(FILE, VISIT)
    played.link_phone()
    return Client(played)


def _news(client: Client) -> list[tuple[Any, ...]]:
    played = client.played
    played.box.notice_planner.plan_change_notices()
    return [tuple(row) for row in played.rows("SELECT kind, state, reason FROM notices ORDER BY id")]


def _events(client: Client) -> list[tuple[Any, ...]]:
    found = client.played.rows("SELECT kind, handled_at IS NOT NULL FROM booking_events ORDER BY id")
    return [tuple(row) for row in found]


def _reads(client: Client, number: int) -> None:
    """A webhook has spoken of a record, and it was read."""
    client.played.execute(
        "INSERT INTO refetches (company_id, subject, number, due_at, first_requested_at)"
        " VALUES (:company, 'record', :number, :at, :at) ON CONFLICT DO NOTHING",
        company=client.played.company_id,
        number=number,
        at=client.played.box.clock(),
    )
    client.played.read_again()


@pytest.mark.parametrize("wish", WISHES)
def test_what_the_bot_did_is_no_news(maria: Client, wish: str) -> None:
    (outcome,) = maria.says_yes(maria.offered(WISHES[wish]))
    assert isinstance(outcome, Saved)
    maria.played.read_again()
    kinds = {"book": "created", "move": "moved", "cancel": "cancelled"}
    assert _news(maria) == [("booked", "dropped", "told_in_chat")]
    assert _events(maria) == [(kinds[wish], True)]


@pytest.mark.parametrize("wish", WISHES)
def test_a_webhook_that_comes_before_our_answer_waits_for_it(maria: Client, wish: str) -> None:
    api = maria.played.box.booking_api

    class Late:
        """The journal has it, a webhook was read and planned, and only then the answer comes."""

        def __getattr__(self, name: str) -> Any:
            call = getattr(api, name)

            def late(*given: Any, **named: Any) -> Any:
                answer = call(*given, **named)
                if name == wish:
                    _reads(maria, maria.writes[-1]["record"])
                    assert _news(maria) == []
                    assert [is_handled for _, is_handled in _events(maria)] == [False]
                return answer

            return late

    turn = maria.turn(maria.offered(WISHES[wish]))
    (outcome,) = writer(maria.played, api=Late()).perform(turn)
    assert isinstance(outcome, Saved)
    assert _news(maria) == [("booked", "dropped", "told_in_chat")]
    assert [is_handled for _, is_handled in _events(maria)] == [True]


def test_a_booking_of_which_nobody_knew_is_news(maria: Client) -> None:
    """The chat has said that it cannot confirm it."""
    maria.played.yclients.method_faults(create="timeout_saved", records="down")
    assert maria.says_yes(maria.offered(booking(slot(THREE)))) == (Unknown(),)
    maria.played.yclients.method_faults()
    _reads(maria, maria.writes[-1]["record"])
    assert _news(maria) == [("booked", "waiting", None)]


@pytest.mark.parametrize(
    ("wish", "edit", "kind"),
    [
        ("book", {"datetime": "2026-03-13 17:30:00"}, "moved"),
        ("book", {"deleted": True}, "cancelled"),
        ("move", {"datetime": "2026-03-14 12:00:00"}, "moved"),
        ("move", {"deleted": True}, "cancelled"),
    ],
)
@pytest.mark.parametrize("is_together", [False, True], ids=["later", "at once"])
def test_what_the_salon_does_to_it_afterwards_is_news(
    maria: Client, wish: str, edit: dict[str, Any], kind: str, *, is_together: bool
) -> None:
    played = maria.played
    (outcome,) = maria.says_yes(maria.offered(WISHES[wish]))
    assert isinstance(outcome, Saved)
    number = maria.writes[-1]["record"]
    played.read_again()
    if not is_together:
        assert _news(maria) == [("booked", "dropped", "told_in_chat")]
    played.yclients.edit_record(played.salon_id, number, **edit)
    _reads(maria, number)
    assert _news(maria)[-1] == (kind, "waiting", None)
    [(was,)] = played.rows("SELECT announced -> 'was' ->> 'wall_clock' FROM notices WHERE kind = :kind", kind=kind)
    at = WISHES[wish].slots[0].starts.isoformat()
    assert was == at, "the client knows what the chat has said"


def test_news_that_waits_gives_way_to_what_the_chat_said(maria: Client) -> None:
    """The desk has moved the visit, and she was not told yet; the chat has named the new time, and moved it again."""
    played = maria.played
    played.yclients.edit_record(played.salon_id, 9001, datetime="2026-03-14 12:00:00")
    _reads(maria, 9001)
    assert _news(maria) == [("moved", "waiting", None)]
    assert isinstance(maria.says_yes(maria.offered(WISHES["move"]))[0], Saved)
    played.read_again()
    assert _news(maria) == [("moved", "dropped", "superseded"), ("booked", "dropped", "told_in_chat")]


@pytest.mark.parametrize("wish", WISHES)
def test_what_the_chat_said_is_what_the_client_believes(maria: Client, wish: str) -> None:
    """The comparison of a week holds what clients were told against the journal."""
    played = maria.played
    assert isinstance(maria.says_yes(maria.offered(WISHES[wish]))[0], Saved)
    played.read_again()
    _news(maria)
    compared = played.box.reconciliation.compare(played.company_id)
    assert compared is not None
    assert compared.visits == len({"book": [9001, "new"], "move": [9001], "cancel": []}[wish])
    assert not any(compared.differences.values()), compared


def test_reminders_of_a_visit_that_the_bot_booked_come_as_usual(maria: Client) -> None:
    played = maria.played
    assert isinstance(maria.says_yes(maria.offered(booking(slot("2026-03-16T18:00"))))[0], Saved)
    played.read_again()
    _news(maria)
    played.at("2026-03-15T18:01")
    played.box.notice_planner.plan_reminders()
    found = played.rows("SELECT kind, state FROM notices WHERE kind <> 'booked'")
    assert found == [("reminder_day", "waiting")]
