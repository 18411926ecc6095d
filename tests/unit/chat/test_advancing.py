"""A new word changes only what it says, and the newest wins: how a wish grows, as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.when import Asked, Day, DayRange, Time, TimeRange, When
from aiadmin.domain.chat.wishes import days, merged, on, suits
from tests.support.chat_turns import ARTEM, BEARD, CUT, NOW, RUSLAN, TOMORROW, client, situation, visit

FRIDAY, SATURDAY = TOMORROW, TOMORROW + timedelta(days=1)
THREE, FIVE = time(15), time(17)


def _at(day: date, at: time) -> datetime:
    return datetime.combine(day, at)


def _point(at: time) -> When:
    return When(time=Time(any_of=(TimeRange(at, at),)))


def _not(span: TimeRange) -> When:
    return When(time=Time(not_in=(span,)))


def _slot(starts: datetime, staff_id: int = ARTEM, services: tuple[int, ...] = (CUT,)) -> Slot:
    return Slot(starts=starts, staff_id=staff_id, services=services, length=timedelta(hours=1), price=Price())


def _offered(*slots: Slot) -> Situation:
    proposal = Proposal(operation=VisitOperation.BOOK, slots=slots)
    return situation(asks=(OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW, proposal=proposal),))


def _after(
    *bursts: tuple[said.Command, ...], known: Situation | None = None, start: Dialogue | None = None
) -> Dialogue:
    known, dialogue = known or situation(), start or Dialogue()
    for burst in bursts:
        dialogue = advance(dialogue, burst, known)
    return dialogue


# --- days and times ---


def test_a_time_goes_on_on_the_day_that_was_said_and_a_day_at_the_time() -> None:
    assert merged([on(FRIDAY)], [_point(THREE)]) == (on(FRIDAY, THREE),)
    assert merged([on(FRIDAY, THREE)], [on(SATURDAY)]) == (on(SATURDAY, THREE),)


def test_what_is_said_whole_takes_the_place_of_all_before() -> None:
    assert merged([on(FRIDAY, THREE)], [on(SATURDAY, FIVE)]) == (on(SATURDAY, FIVE),)


def test_a_refused_part_of_the_day_stays_refused_until_it_is_asked_for() -> None:
    morning = TimeRange(time(9), time(12))
    wish = merged([on(FRIDAY)], [_not(morning)])

    assert not suits(wish, _at(FRIDAY, time(10)))
    assert suits(wish, _at(FRIDAY, THREE))
    assert not suits(merged(wish, [on(SATURDAY)]), _at(SATURDAY, time(10)))
    assert suits(merged(wish, [When(time=Time(any_of=(morning,)))]), _at(FRIDAY, time(10)))


def test_either_of_two_wishes_suits_and_naming_one_of_their_days_keeps_its_time() -> None:
    evening = When(day=on(FRIDAY).day, time=Time(any_of=(TimeRange(FIVE, None),)))
    morning = When(day=on(SATURDAY).day, time=Time(any_of=(TimeRange(None, time(12)),)))

    assert suits([evening, morning], _at(FRIDAY, time(18)))
    assert suits([evening, morning], _at(SATURDAY, time(10)))
    assert not suits([evening, morning], _at(SATURDAY, time(18)))
    narrowed = merged([evening, morning], [on(SATURDAY)])
    assert suits(narrowed, _at(SATURDAY, time(10)))
    assert not suits(narrowed, _at(SATURDAY, time(18)))


@pytest.mark.parametrize(("at", "is_about"), [(time(16, 15), True), (time(17, 45), True), (time(16), False)])
def test_about_a_time_is_three_quarters_of_an_hour_around_it(at: time, is_about: bool) -> None:
    about = When(time=Time(any_of=(TimeRange(FIVE, FIVE),), is_around=True))
    assert suits([about], _at(FRIDAY, at)) is is_about


def test_the_end_of_a_part_of_the_day_is_none_of_it() -> None:
    morning = When(time=Time(any_of=(TimeRange(time(9), time(12)),)))
    assert not suits([morning], _at(FRIDAY, time(12)))


def test_days_that_were_wished_for_are_listed_without_those_refused() -> None:
    week = When(day=Day(any_of=(DayRange(FRIDAY, FRIDAY + timedelta(days=3)),), not_on=(DayRange.of(SATURDAY),)))
    listed = days([week], NOW.date(), FRIDAY + timedelta(days=9))
    assert listed == [FRIDAY, FRIDAY + timedelta(days=2), FRIDAY + timedelta(days=3)]


# --- a talk ---


def test_fragments_gather_and_nothing_is_forgotten() -> None:
    dialogue = _after(
        (said.WantBooking(),),
        (said.NamedService(ids=(CUT,)),),
        (said.Suits(whens=(on(FRIDAY),)),),
        (said.NamedStaff(ids=(ARTEM,)),),
        (said.Suits(whens=(_point(THREE),)),),
    )

    assert dialogue.operation is VisitOperation.BOOK
    assert (dialogue.services, dialogue.staff, dialogue.whens) == ((CUT,), (ARTEM,), (on(FRIDAY, THREE),))


def test_another_service_takes_the_place_of_one_and_a_further_one_comes_on_top() -> None:
    known = _after((said.NamedService(ids=(CUT,)),))

    assert _after((said.NamedService(ids=(BEARD,)),), start=known).services == (BEARD,)
    assert _after((said.NamedService(ids=(BEARD,), is_added=True),), start=known).services == (CUT, BEARD)
    assert _after((said.NamedService(ids=(CUT, BEARD)),), start=known).services == (CUT,)


def test_services_stand_in_the_order_in_which_they_were_said() -> None:
    first = _after((said.NamedService(ids=(CUT, 99)), said.NamedService(ids=(BEARD,))))
    assert first.choices == ((CUT, 99),)
    assert _after((said.NamedService(ids=(CUT,)),), start=first).services == (CUT, BEARD)


def test_another_master_than_the_one_who_was_offered_is_not_that_one() -> None:
    dialogue = _after((said.NamedStaff(is_other=True),), known=_offered(_slot(_at(FRIDAY, THREE))))

    assert dialogue.excluded_staff == {ARTEM}
    assert dialogue.staff == ()


def test_a_master_who_was_refused_and_is_asked_for_again_is_wished_for() -> None:
    dialogue = _after((said.NamedStaff(ids=(RUSLAN,), is_excluded=True),), (said.NamedStaff(ids=(RUSLAN,)),))
    assert (dialogue.staff, dialogue.excluded_staff) == ((RUSLAN,), frozenset())


def test_a_bare_time_chooses_the_one_that_was_shown_at_that_hour() -> None:
    shown = (_slot(_at(FRIDAY, THREE)), _slot(_at(SATURDAY, FIVE)))
    dialogue = _after((said.Suits(whens=(_point(FIVE),)),), start=Dialogue(services=(CUT,), shown=shown))

    assert dialogue.picked == shown[1]
    assert dialogue.whens == (on(SATURDAY, FIVE),)


def test_a_place_in_a_list_chooses_what_stands_there() -> None:
    shown = (_slot(_at(FRIDAY, THREE)), _slot(_at(SATURDAY, FIVE)))
    start = Dialogue(services=(CUT,), shown=shown)

    assert _after((said.Choose(number=2),), start=start).picked == shown[1]
    assert _after((said.Choose(number=3),), start=start).picked is None
    asked = Dialogue(asked=Asked.STAFF, options=(ARTEM, RUSLAN))
    assert _after((said.Choose(number=2),), start=asked).staff == (RUSLAN,)


def test_a_time_without_a_day_is_of_the_day_that_was_offered() -> None:
    dialogue = _after((said.No(), said.Suits(whens=(_point(FIVE),))), known=_offered(_slot(_at(SATURDAY, THREE))))

    assert dialogue.services == (CUT,)
    assert dialogue.whens == (on(SATURDAY, FIVE),)
    assert dialogue.refused == {_at(SATURDAY, THREE)}


def test_an_hour_later_is_later_than_what_was_offered() -> None:
    later = When(time=Time(shift=timedelta(hours=1)))
    dialogue = _after((said.Suits(whens=(later,)),), known=_offered(_slot(_at(SATURDAY, THREE))))
    assert dialogue.whens == (on(SATURDAY, time(16)),)


def test_only_a_no_to_an_offer_refuses_its_time() -> None:
    known = _offered(_slot(_at(SATURDAY, THREE)))

    assert _after((said.No(),), known=known).refused == {_at(SATURDAY, THREE)}
    assert _after((said.No(), said.NamedStaff(ids=(ARTEM,), is_excluded=True)), known=known).refused == frozenset()
    assert _after((said.Elsewhen(way=said.WhichWay.LATER),), known=known).refused == frozenset()


def test_later_is_later_on_that_day_and_another_day_is_any_but_that() -> None:
    known = _offered(_slot(_at(SATURDAY, THREE)))
    later = _after((said.Elsewhen(way=said.WhichWay.LATER),), known=known).whens
    other = _after((said.Elsewhen(way=said.WhichWay.OTHER_DAY),), known=known).whens

    assert suits(later, _at(SATURDAY, time(15, 30)))
    assert not suits(later, _at(SATURDAY, THREE))
    assert not suits(later, _at(FRIDAY, FIVE))
    assert suits(other, _at(FRIDAY, THREE))
    assert not suits(other, _at(SATURDAY, FIVE))


def test_as_last_time_takes_what_and_with_whom_and_words_of_the_same_burst_win() -> None:
    past = visit(3, NOW - timedelta(days=30), staff_id=RUSLAN)
    known = situation(client=replace(client(), past=(past,)))

    last = _after((said.SameAsLast(),), known=known)
    assert (last.services, last.staff) == ((CUT,), (RUSLAN,))
    other = _after((said.SameAsLast(), said.NamedStaff(ids=(ARTEM,))), known=known)
    assert (other.services, other.staff) == ((CUT,), (ARTEM,))


def test_guests_are_kept_by_who_they_are_and_named_when_they_are() -> None:
    dialogue = _after(
        (said.Guest(who="подруга", is_beside=True), said.NamedService(ids=(CUT,))),
        (said.Guest(name="Катя"),),
    )

    assert [(one.who, one.name) for one in dialogue.guests] == [("подруга", "Катя")]
    assert dialogue.guest_count == 2


def test_a_question_changes_no_wish() -> None:
    known = _after((said.NamedService(ids=(CUT,)), said.Suits(whens=(on(FRIDAY),))))
    asked = _after((said.AskHours(), said.Suits(whens=(on(SATURDAY),))), start=known)
    assert asked.whens == known.whens


@pytest.mark.parametrize(
    ("burst", "is_wish"),
    [
        ((said.AskPrice(), said.NamedService(ids=(CUT,))), False),
        ((said.NamedService(ids=(CUT,)),), True),
        ((said.AskSlots(),), True),
        ((said.Complaint(), said.NamedService(ids=(CUT,))), False),
        ((said.Greet(),), False),
    ],
)
def test_what_is_a_wish_for_a_visit(burst: tuple[said.Command, ...], is_wish: bool) -> None:
    assert (_after(burst).operation is VisitOperation.BOOK) is is_wish


def test_a_wish_is_forgotten_after_a_day_but_for_the_name() -> None:
    dialogue = _after((said.NamedService(ids=(CUT,)), said.Name(given="Оля")))
    later = situation(now=NOW + timedelta(hours=25), written_at=NOW + timedelta(hours=25))

    kept = advance(dialogue, (said.Greet(),), later)
    assert (kept.services, kept.name) == ((), "Оля")


def test_an_offer_that_is_to_be_moved_is_changed_where_there_is_no_visit() -> None:
    burst = (said.WantMove(), said.Suits(whens=(_point(FIVE),)))
    known = _offered(_slot(_at(SATURDAY, THREE)))

    assert _after(burst, known=known).operation is VisitOperation.BOOK
    assert _after(burst, known=replace(known, client=client(visit()))).operation is VisitOperation.MOVE
