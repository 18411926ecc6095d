"""Stories of several clients of one salon, told side by side.

What a story waits for happens once for all of them, as it does in a salon, and takes a fraction of the time. A story
is a generator: it does something to its client's visit, and yields what it waits for; it gets what was told since.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.integration.notices.planning import DAY, Client, Plans

Booking = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a client, and whoever else the story is about, has been told since the story went on.

    Attributes:
        news: how many notices were planned for both.
        texts: what the client reads.
        others: what the other one reads.
    """

    news: int
    texts: list[str]
    others: list[str]


Wait = Callable[[Plans, Sequence[Booking]], None]
Story = Generator[Wait, Told, None]
Begin = Callable[..., Story]
"""Is given the salon as its client sees it, and the bookings of the visit."""


def vera(plans: Plans) -> dict[str, str]:
    """Somebody else, whom no other story knows."""
    return {"phone": f"7900{plans.salon.phone[4:]}", "name": "Вера"}


def news(plans: Plans, _bookings: Sequence[Booking]) -> None:
    """Everything is read and planned, and what is due goes out."""
    plans.news()
    plans.send()


def read(plans: Plans, _bookings: Sequence[Booking]) -> None:
    """Everything is read, and nothing is planned of it yet."""
    plans.read()


def planned(plans: Plans, bookings: Sequence[Booking]) -> None:
    """It is time to remind of the visits; the reminders have not left."""
    plan_reminders(plans, *bookings)


def reminded(plans: Plans, bookings: Sequence[Booking]) -> None:
    """The reminders of the visits go out."""
    plan_reminders(plans, *bookings)
    plans.send()


def sent(plans: Plans, _bookings: Sequence[Booking]) -> None:
    """What is due goes out, and what that has made due."""
    plans.send()
    plans.send()


def plan_reminders(plans: Plans, *bookings: Booking, kind: str = "reminder_day", ahead: int = 21) -> None:
    """It is time to remind of these, and the reminder of nothing else is due."""
    for booking in bookings:
        plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(bookings[0]) - timedelta(hours=ahead) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = :kind", kind=kind)
    ours = [booking["id"] for booking in bookings]
    plans.salon.world.execute(
        "DELETE FROM notices WHERE kind = :kind AND record_id <> ALL(:ours)", kind=kind, ours=ours
    )


def tell(plans: Plans, stories: Mapping[Begin, Sequence[int]]) -> None:
    """Tell stories, each of a visit in three days that has a booking at each of these hours and was told of.

    Raises:
        ExceptionGroup: what went wrong in which stories; the others were told to their ends.
    """
    visits = plans.salon.begin(f"{[*stories.values()]}", lambda: _visits(plans, [*stories.values()]))
    going = [
        _Going(name=begin.__name__, client=client, bookings=bookings, story=begin(plans.of(client), *bookings))
        for begin, (client, bookings) in zip(stories, visits, strict=True)
    ]
    failed, told = list[Exception](), dict[str, Told]()
    while going:
        waits = dict[str, Wait]()
        for one in going:
            try:
                waits[one.name] = one.story.send(told[one.name]) if told else next(one.story)
            except StopIteration:
                continue
            except Exception as error:  # noqa: BLE001 - told of with the others
                error.add_note(f"This is the story of {one.name}.")
                failed.append(error)
        going = [one for one in going if one.name in waits]
        if going:
            [wait] = set(waits.values())
            told = _happen(plans, wait, going)
    if failed:
        raise ExceptionGroup("stories", failed)


@dataclass(frozen=True, kw_only=True)
class _Going:
    """A story that is being told."""

    name: str
    client: Client
    bookings: list[Booking]
    story: Story


def _happen(plans: Plans, wait: Wait, going: Sequence[_Going]) -> dict[str, Told]:
    """What each story has waited for; what its people were told by it."""
    [(last, sent)] = plans.salon.world.rows(
        "SELECT coalesce((SELECT max(id) FROM notices), 0),"
        " ARRAY(SELECT id FROM outbox_messages WHERE state = 'sent')"
    )
    wait(plans, [booking for one in going for booking in one.bookings])
    news = plans.salon.world.rows("SELECT announced ->> 'client_phone' FROM notices WHERE id > :last", last=last)
    texts = plans.salon.world.rows(
        "SELECT contacts.phone, message.text FROM outbox_messages AS message"
        " JOIN contacts ON contacts.id = message.contact_id"
        " WHERE message.state = 'sent' AND message.id <> ALL(:sent) ORDER BY message.id",
        sent=sent,
    )

    def told(client: Client) -> Told:
        other = vera(plans.of(client))["phone"]
        return Told(
            news=sum(phone in {client.phone, other} for (phone,) in news),
            texts=[text for phone, text in texts if phone == client.phone],
            others=[text for phone, text in texts if phone == other],
        )

    return {one.name: told(one.client) for one in going}


def _visits(plans: Plans, hours: Sequence[Sequence[int]]) -> list[tuple[Client, list[Booking]]]:
    """For each a client with a visit, made so long before the next that nobody takes them for an import."""
    plans.salon.world.execute("UPDATE sync_runs SET since = since - interval '1 hour'")
    state = plans.salon.yclients.state(plans.salon.salon_id)
    visits: list[tuple[Client, list[Booking]]] = []
    for number, each in enumerate(hours):
        plans.salon.yclients.clock(seconds=-45 * number)
        phone = f"7999222{number:04}"
        bookings: list[Booking] = []
        for place, hour in enumerate(each):
            visit = {"visit_id": bookings[0]["visit_id"]} if bookings else {}
            staff, service = state["staff"][place % 2]["id"], state["services"][place]["id"]
            booking = plans.salon.book(
                hour=hour,
                days=3,
                client={"phone": phone, "name": "Анна"},
                staff_id=staff,
                services=[{"id": service}],
                **visit,
            )
            bookings.append(booking)
        visits.append((Client(phone=phone, lid=f"{phone}@lid", booking=bookings[0]), bookings))
    plans.salon.yclients.clock()
    assert plans.news() == sum(map(len, hours))
    assert len(plans.send()) == len(hours)
    return visits
