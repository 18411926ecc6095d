"""Whatever a desk does to a visit and takes back: what is still owed is reminded of, and nobody is reminded twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import Desk
from tests.integration.notices.unhurried import due, just_now, unhurried
from tests.support.examples import examples
from tests.support.salon import Salon

ANNA, BORIS = "79995550303", "79995550404"
_DEEDS: dict[str, dict[str, Any]] = {
    "away": {"days": 7},
    "back": {"days": 1},
    "off": {"deleted": True},
    "on": {"deleted": False},
    "absent": {"attendance": -1},
    "expected": {"attendance": 0},
    "to Boris": {"phone": BORIS},
    "to Anna": {"phone": ANNA},
}
_STEPS = st.lists(st.sampled_from([*_DEEDS, "remind", "remind", "look"]), max_size=8)
_TO_AND_FRO = ["away", "remind", "back", "look", "off", "remind", "on", "absent", "remind"]


class _Day:
    """The eve of one visit of Anna's; her number is on the card, unless the desk writes another there."""

    def __init__(self, desk: Desk, card: int) -> None:
        self.desk, self.is_off, self.edits = desk, False, 0
        desk.later = timedelta(0)
        desk.salon.yclients.clock(seconds=-7 * DAY.total_seconds())
        self.phone = ANNA
        self.booking = desk.salon.book(hour=20, days=1, client={"phone": ANNA, "name": f"Анна {card}"})
        desk.salon.yclients.clock()
        desk.news()
        desk.salon.world.execute("DELETE FROM notices")
        desk.salon.world.execute("DELETE FROM outbox_messages")
        desk.set(day_at=just_now(desk), reminder_hours=False, reminder_again=False)
        desk.planner.plan_reminders()

    def do(self, deed: str) -> None:
        if deed in _DEEDS:
            self._edit(dict(_DEEDS[deed]))
        elif deed == "remind":
            due(self.desk)
        self.desk.news()

    def end(self) -> None:
        """The visit is tomorrow again, and all that waits goes out."""
        for deed in ("on", "back", "expected"):
            self.do(deed)
        for _ in range(5):
            self.desk.later += HOUR / 2
            self.desk.planner.plan_change_notices()
            due(self.desk)

    def reminded(self) -> list[str]:
        rows = self.desk.salon.world.rows(
            "SELECT c.phone FROM outbox_messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE m.purpose = 'reminder_day' AND m.state = 'sent' AND m.record_id = :id ORDER BY m.id",
            id=self.booking["id"],
        )
        return [row[0] for row in rows]

    def just_told(self) -> list[str]:
        """Numbers that were not reminded because they had read of the visit within the hour."""
        rows = self.desk.salon.world.rows(
            "SELECT announced ->> 'client_phone' FROM notices"
            " WHERE kind = 'reminder_day' AND state = 'dropped' AND reason = 'just_told' AND record_id = :id",
            id=self.booking["id"],
        )
        return [row[0] for row in rows]

    def close(self) -> None:
        """The salon is as it was."""
        self._edit({"deleted": True})
        self.desk.salon.yclients.edit(
            "client", self.desk.salon.salon_id, client_id=self.booking["client"]["id"], deleted=True
        )
        self.desk.news()
        self.desk.salon.world.execute("DELETE FROM notices")

    def _edit(self, change: dict[str, Any]) -> None:
        if "phone" in change:
            self.phone = change["phone"]
            self.desk.salon.yclients.edit(
                "client",
                self.desk.salon.salon_id,
                client_id=self.booking["client"]["id"],
                name="Анна",
                phone=self.phone,
            )
            return
        if self.is_off and change.get("deleted") is not False:
            return
        if "days" in change:
            day = (self.desk.salon.starts_at(self.booking) + (change["days"] - 1) * DAY).date()
            change = {"datetime": f"{day} 20:00:00"}
        self.is_off = change.get("deleted", False)
        self.edits += 1  # in a comment: webhooks of one second that say the same are one
        self.desk.edit(self.booking, **change, comment=f"{self.edits}")


@settings(deadline=None, max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
@example(_TO_AND_FRO)
@example(["remind", "to Boris", "remind", "away", "back"])
@example(["to Boris", "to Anna"])
def test_a_reminder_that_is_owed_comes_and_none_comes_twice(read_salon: Salon, steps: list[str]) -> None:
    desk = Desk(read_salon)
    desk.releaser = replace(desk.releaser, policy=unhurried)
    day = _Day(desk, len(steps))
    for step in steps:
        day.do(step)
    day.end()
    reminded, just_told = day.reminded(), day.just_told()
    day.close()
    assert sorted(set(reminded)) == sorted(reminded), "twice"
    assert day.phone in [*reminded, *just_told], "never"
