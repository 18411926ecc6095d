"""A client's own visits: changed after a yes alone, never somebody else's, and never said without the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from aiadmin.domain.chat import notes
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.dialogue import Dialogue, Price, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.policy.moving import price_with
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import (
    Act,
    Asks,
    Found,
    LookUp,
    Need,
    NeedDay,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Unavailable,
    Write,
)
from aiadmin.domain.journal.journal import MasterTerms
from aiadmin.domain.journal.online_booking import BusySpan, DayOfStaff, Start
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, Unknown, WriteOutcome
from aiadmin.texts.chat import render
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    offered,
    reminder,
    said,
    salon,
    situation,
    step_of,
    visit,
)

SIX = visit()
BEARD_AT_NOON = visit(
    8,
    datetime.combine(TOMORROW + timedelta(days=1), time(12)),
    services=(BEARD,),
    titles=("Моделирование бороды",),
    staff_id=RUSLAN,
    staff_name="Руслан",
    price=Decimal(1000),
)
ONE = client(SIX)
TWO = client(SIX, BEARD_AT_NOON)
HALF_PAST_ONE = datetime.combine(TOMORROW, time(13, 30))
TO_MOVE = offered(VisitOperation.MOVE, SIX, HALF_PAST_ONE)
TO_CANCEL = offered(VisitOperation.CANCEL, SIX)


def _at(*clocks: str) -> list[Start]:
    moments = [datetime.combine(TOMORROW, time.fromisoformat(one)) for one in clocks]
    return [Start(wall_clock=one, length=timedelta(hours=1), token=f"{one}") for one in moments]


TOMORROWS = {NeedStarts((CUT,), ARTEM, TOMORROW): _at("11:00", "13:30")}


# --- the visits are read before a word about them ---


@pytest.mark.parametrize(
    "text", ["когда я записан?", "отмените запись", "перенесите на 13:30", "запишите на стрижку завтра в 18:00"]
)
def test_the_journal_is_read_before_a_word_about_a_visit(text: str) -> None:
    assert step_of(text, situation(client=ONE)) == LookUp((NeedVisits(),))


@pytest.mark.parametrize("ask", [TO_MOVE, TO_CANCEL])
def test_the_journal_is_read_before_a_visit_is_changed(ask: OpenAsk) -> None:
    known = situation(client=ONE, asks=(ask,))

    assert step_of("да", known) == LookUp((NeedVisits(),))
    assert isinstance(step_of("да", known, Found(visits=(SIX,))), Write)


def test_what_the_journal_does_not_have_any_more_is_not_said_to_be_there() -> None:
    answer = said("когда я записан?", situation(client=ONE), Found(visits=()))

    assert "не вижу" in answer
    assert "18:00" not in answer


@pytest.mark.parametrize("text", ["когда я записан?", "отмените запись", "перенесите на 13:30"])
def test_a_journal_that_does_not_answer_leaves_it_to_a_human(text: str) -> None:
    known = situation(client=ONE)
    reply = answer_to(text, known, Found(visits=Unavailable()))

    assert reply.hand_over is HandOverReason.FACT
    assert "18:00" not in render(reply, known)


# --- which of several ---


@pytest.mark.parametrize("text", ["отмените запись", "перенесите пожалуйста"])
def test_of_several_visits_it_is_asked_which(text: str) -> None:
    reply = answer_to(text, situation(client=TWO))

    assert reply.asks is Asks.WHICH_VISIT
    assert reply.dialogue.options == (7, 8)
    assert reply.proposal is None


@pytest.mark.parametrize(
    "text", ["отмените бороду", "отмените запись к Руслану", "отмените на субботу", "отмените ту что в 12:00"]
)
def test_a_visit_is_named_by_what_with_whom_or_when(text: str) -> None:
    proposal = answer_to(text, situation(client=TWO)).proposal

    assert proposal is not None
    assert proposal.record_id == 8


@pytest.mark.parametrize("text", ["2", "вторую", "бороду", "к Руслану", "в субботу"])
def test_the_answer_to_which_is_a_line_or_a_word_of_it(text: str) -> None:
    asked = answer_to("отмените запись", situation(client=TWO))
    known = situation(client=TWO, dialogue=asked.dialogue, asks=(_question(),))
    proposal = answer_to(text, known).proposal

    assert proposal is not None
    assert (proposal.operation, proposal.record_id) == (VisitOperation.CANCEL, 8)


def _question() -> OpenAsk:
    return OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)


# --- cancelling ---


def test_a_cancellation_names_the_visit_and_a_move_in_its_place() -> None:
    known = situation(client=ONE)
    reply = answer_to("отмените", known)

    assert reply.proposal is not None
    assert reply.asks is Asks.CONSENT
    assert all(word in render(reply, known) for word in ("18:00", "22 мая", "мужская стрижка", "перенести"))
    assert render(reply, known).count("?") == 1


def test_a_no_leaves_the_visit() -> None:
    known = situation(client=ONE, asks=(TO_CANCEL,))
    reply = answer_to("нет", known)

    assert reply.act is Act.INFORM
    assert "как есть" in render(reply, known)


@pytest.mark.parametrize(
    "text",
    [
        *("не отменяйте", "ой, не надо отменять", "отменять запись не нужно", "не буду отменять", "do not cancel"),
        *("передумал, не удаляйте запись", "отменять не надо", "don't cancel", "нет, спасибо"),
    ],
)
def test_who_wants_no_cancellation_after_all_keeps_the_visit(text: str) -> None:
    known = situation(client=ONE, asks=(TO_CANCEL,), dialogue=Dialogue(operation=VisitOperation.CANCEL))
    reply = answer_to(text, known)

    assert (reply.act, reply.proposal) == (Act.INFORM, None)
    assert "как есть" in render(reply, known)


@pytest.mark.parametrize(
    "text",
    [
        *("не отменяйте", "отменять запись не нужно, я буду", "не снимайте запись, всё в силе", "do not cancel"),
        *("please don't cancel my appointment, i will come", "i never wanted to cancel", "no need to cancel it"),
        *("я случайно написал отмена, не отменяйте", "отмените запись. ой нет, не надо отменять", "отбой отмены"),
        *("не удаляйте мою запись", "восстановите мою запись", "верните запись обратно, передумал"),
    ],
)
def test_who_has_cancelled_nothing_hears_which_visit_stands(text: str) -> None:
    known = situation(client=ONE)
    reply = answer_to(text, known)

    assert (reply.act, reply.proposal) == (Act.INFORM, None)
    assert "18:00" in render(reply, known)


@pytest.mark.parametrize(
    "text",
    ["cancel my appointment", "i can't come, cancel please", "запись удалите пожалуйста", "я не приду, отмените"],
)
def test_a_cancellation_is_none_the_less_asked_about(text: str) -> None:
    proposal = answer_to(text, situation(client=ONE)).proposal

    assert proposal is not None
    assert proposal.operation is VisitOperation.CANCEL


@pytest.mark.parametrize("text", ["хорошо, буду", "ок, приду", "всё, вопросов нет", "ясно, спасибо за информацию"])
def test_a_word_at_the_end_needs_no_answer(text: str) -> None:
    assert answer_to(text, situation(client=ONE)).act is Act.SILENT


@pytest.mark.parametrize("text", ["отмените ближайшую", "отмените ближайшую запись", "ближайший визит отмените"])
def test_the_next_of_several_visits_is_the_first(text: str) -> None:
    proposal = answer_to(text, situation(client=TWO)).proposal

    assert proposal is not None
    assert proposal.record_id == 7


@pytest.mark.parametrize(
    "text",
    [
        *("отмените стрижку, а бороду не отменяйте", "стрижку отмените, бороду не надо отменять"),
        *("бороду не отменяйте, а стрижку отмените", "на субботу не отменяйте, а на завтра отмените"),
    ],
)
def test_what_is_not_to_be_cancelled_beside_what_is_stays(text: str) -> None:
    proposal = answer_to(text, situation(client=TWO)).proposal

    assert proposal is not None
    assert (proposal.operation, proposal.record_id) == (VisitOperation.CANCEL, 7)


@pytest.mark.parametrize("text", ["первую перенесите на завтра на 13:30", "хочу перенести первую на завтра в 13:30"])
def test_a_line_that_is_to_be_moved_goes_to_the_time_beside_it(text: str) -> None:
    proposal = answer_to(text, situation(client=TWO), journal=TOMORROWS).proposal

    assert proposal is not None
    assert (proposal.record_id, proposal.slots[0].starts) == (7, HALF_PAST_ONE)


def test_the_answer_to_which_may_say_where_to() -> None:
    asked = answer_to("перенесите запись", situation(client=TWO))
    known = situation(client=TWO, dialogue=asked.dialogue, asks=(_question(),))
    proposal = answer_to("первую на завтра на 13:30", known, journal=TOMORROWS).proposal

    assert proposal is not None
    assert (proposal.record_id, proposal.slots[0].starts) == (7, HALF_PAST_ONE)


@pytest.mark.parametrize("text", ["какие у меня записи?", "обе в силе"])
def test_all_visits_are_told(text: str) -> None:
    answer = said(text, situation(client=TWO))

    assert all(one in answer for one in ("18:00", "12:00"))


def test_a_question_about_another_day_misses_no_visit() -> None:
    known = situation(client=ONE)
    text = said("не смогу прийти, отмените. есть места на бороду в понедельник?", known)

    assert "не вижу" not in text
    assert "Отменить" in text


def test_who_cannot_come_and_says_when_they_can_moves() -> None:
    reply = answer_to("завтра не смогу, можно в субботу?", situation(client=ONE))

    assert reply.dialogue.operation is VisitOperation.MOVE


def test_nobody_cancels_a_wish_that_is_no_visit() -> None:
    known = situation(client=client())

    assert "не вижу" in said("отмените мою запись", known)


# --- when the salon changes it itself ---


@pytest.mark.parametrize("text", ["отмените запись", "перенесите на завтра"])
def test_shortly_before_a_visit_the_salon_changes_it_itself(text: str) -> None:
    soon = visit(at=NOW + timedelta(hours=1))
    known = situation(client=client(soon), salon=salon(rules={"cancel": "за два часа уже не меняем"}))
    reply = answer_to(text, known)

    assert reply.hand_over is HandOverReason.FORBIDDEN
    assert "за два часа уже не меняем" in render(reply, known)
    assert "отменена" not in render(reply, known)


def test_a_yes_that_comes_too_late_changes_nothing() -> None:
    soon = visit(at=NOW + timedelta(hours=1))
    known = situation(client=client(soon), asks=(offered(VisitOperation.CANCEL, soon),))

    assert answer_to("да", known).hand_over is HandOverReason.FORBIDDEN


@pytest.mark.parametrize(
    ("ability", "text"), [(Ability.MOVE, "перенесите на завтра на 13:30"), (Ability.CANCEL, "отмените запись")]
)
def test_what_the_bot_may_not_do_is_passed_on(ability: Ability, text: str) -> None:
    known = situation(client=ONE, salon=salon(abilities=frozenset(Ability) - {ability}))

    assert answer_to(text, known).hand_over is HandOverReason.FORBIDDEN


# --- moving ---


def test_a_time_that_is_free_is_offered_with_the_old_one_named() -> None:
    known = situation(client=ONE)
    reply = answer_to("перенесите на 13:30", known, journal=TOMORROWS)

    assert reply.proposal is not None
    assert reply.proposal.slots[0].starts == HALF_PAST_ONE
    assert all(one in render(reply, known) for one in ("18:00", "13:30", "2 000"))


def test_a_time_that_is_not_free_has_others_beside_it_and_no_reason() -> None:
    known = situation(client=ONE)
    reply = answer_to("перенесите на 16:00", known, journal=TOMORROWS)

    assert (reply.act, reply.proposal) == (Act.REFUSED, None)
    assert "занят" not in render(reply, known)
    assert "13:30" in render(reply, known)


_MONDAY = TOMORROW + timedelta(days=3)
_SUNDAY, _WEDNESDAY = _MONDAY - timedelta(days=1), _MONDAY + timedelta(days=2)


def _start(day: date, *clocks: str) -> list[Start]:
    moments = [datetime.combine(day, time.fromisoformat(one)) for one in clocks]
    return [Start(wall_clock=one, length=timedelta(hours=1), token=f"{one}") for one in moments]


def _full_on_monday(*before: str) -> tuple[Situation, dict[Need, list[Start]]]:
    """Monday is full; Wednesday has nothing either, and Sunday what is said."""
    view, hours = salon(), ((time(11), time(21)),)
    days = {(ARTEM, day): hours for day in (TOMORROW, _SUNDAY, _MONDAY, _WEDNESDAY)}
    free: dict[Need, list[Start]] = {
        NeedNearest((CUT,), ARTEM): _start(TOMORROW, "11:00"),
        NeedStarts((CUT,), ARTEM, _MONDAY): [],
        NeedStarts((CUT,), ARTEM, _WEDNESDAY): [],
        NeedStarts((CUT,), ARTEM, _SUNDAY): _start(_SUNDAY, *before),
    }
    return situation(client=ONE, salon=replace(view, schedule={**view.schedule, **days})), free


def test_a_move_to_a_full_day_names_the_nearest_day_and_says_that_the_visit_stands() -> None:
    known, free = _full_on_monday("12:00")
    reply = answer_to("перенесите на понедельник 25 мая", known, journal=free)
    text = render(reply, known)

    assert (reply.act, reply.proposal) == (Act.REFUSED, None)
    assert all(one in text for one in ("свободного времени нет", "24 мая", "12:00", "остаётся за вами"))
    assert "11:00" not in text


@pytest.mark.parametrize("text", ["да", "давайте", "подходит", "в 12"])
def test_the_one_time_that_was_named_is_proposed_after_a_yes(text: str) -> None:
    known, free = _full_on_monday("12:00")
    named = answer_to("перенесите на понедельник 25 мая", known, journal=free)
    proposal = answer_to(text, replace(known, dialogue=named.dialogue, asks=(_question(),)), journal=free).proposal

    assert proposal is not None
    assert proposal.slots[0].starts == datetime.combine(_SUNDAY, time(12))


def test_a_move_with_nothing_around_says_so_and_asks_for_a_day() -> None:
    known, free = _full_on_monday()
    reply = answer_to("перенесите на понедельник 25 мая", known, journal=free)

    assert (reply.asks, reply.proposal) == (Asks.DAY, None)
    assert "остаётся за вами" in render(reply, known)


def test_where_nothing_answers_nothing_is_said_to_be_taken() -> None:
    known = situation(client=ONE)
    reply = answer_to("перенесите на 16:00", known)

    assert reply.hand_over is HandOverReason.FACT
    assert "не получится" not in render(reply, known).replace("Сейчас не получается", "")


@pytest.mark.parametrize(("busy", "is_offered"), [((), True), (((time(19), time(19, 30)),), False)])
def test_half_an_hour_later_goes_over_its_own_time_where_the_master_is_free(
    busy: tuple[tuple[time, time], ...], is_offered: bool
) -> None:
    own = BusySpan(first=time(18), last=time(19), record_id=7)
    others = [BusySpan(first=first, last=last) for first, last in busy]
    day = DayOfStaff(staff_id=ARTEM, day=TOMORROW, hours=((time(11), time(21)),), busy=(own, *others))
    journal = {**TOMORROWS, NeedDay(ARTEM, TOMORROW): day}
    reply = answer_to("можно мою на полчаса позже?", situation(client=ONE), journal=journal)

    assert (reply.proposal is not None) is is_offered


def test_a_master_who_asks_another_price_says_both() -> None:
    journal = {NeedStarts((CUT,), RUSLAN, TOMORROW): _at("12:00")}
    known = situation(client=ONE, salon=replace(salon(), schedule={}))
    answer = render(answer_to("перенесите на завтра к Руслану", known, journal=journal), known)

    assert "1 700 ₽ вместо 2 000 ₽" in answer


def test_without_a_day_it_is_asked_for() -> None:
    assert answer_to("перенесите пожалуйста", situation(client=ONE)).asks is Asks.DAY


# --- what became of it ---


def _after(ask: OpenAsk, outcome: WriteOutcome) -> tuple[Situation, Found]:
    return situation(client=ONE, asks=(ask,)), Found(visits=(SIX,), written=(outcome,))


@pytest.mark.parametrize(("ask", "word"), [(TO_MOVE, "перенесена"), (TO_CANCEL, "отменена")])
def test_success_is_said_of_a_saved_change_alone(ask: OpenAsk, word: str) -> None:
    known, found = _after(ask, Saved())
    assert answer_to("да", known, found).act is Act.DONE
    assert word in said("да", known, found)
    for outcome in (Unknown(), *(Refused(one) for one in Refusal)):
        known, found = _after(ask, outcome)
        assert answer_to("да", known, found).act is not Act.DONE
        assert word not in said("да", known, found)


@pytest.mark.parametrize("ask", [TO_MOVE, TO_CANCEL])
def test_a_change_of_which_nothing_is_known_goes_to_a_human(ask: OpenAsk) -> None:
    known, found = _after(ask, Unknown())

    assert answer_to("да", known, found).hand_over is HandOverReason.UNKNOWN_WRITE


def test_a_time_that_was_taken_meanwhile_has_others_and_needs_another_yes() -> None:
    known, found = _after(TO_MOVE, Refused(Refusal.BUSY))
    reply = answer_to("да", known, found, journal=TOMORROWS)

    assert "11:00" in render(reply, known)
    assert "13:30" not in render(reply, known)


def test_a_visit_that_is_gone_is_changed_no_more() -> None:
    known, found = _after(TO_CANCEL, Refused(Refusal.NOT_FOUND))

    assert "уже нет" in said("да", known, found)


@pytest.mark.parametrize("ask", [TO_MOVE, TO_CANCEL])
def test_an_offer_of_long_ago_is_made_anew(ask: OpenAsk) -> None:
    made = NOW - timedelta(hours=1)
    assert ask.proposal is not None
    proposal = replace(ask.proposal, made_at=made.replace(tzinfo=ZoneInfo(salon().zone)))
    known = situation(client=ONE, asks=(replace(ask, proposal=proposal, sent_at=made),))
    step = step_of("да", known, Found(visits=(SIX,), starts=TOMORROWS))

    assert not isinstance(step, Write)


@pytest.mark.parametrize(
    "text", ["да, но позже", "да или нет", "а сколько стоит?", "может быть", "+ и ещё бороду", "да к Руслану"]
)
@pytest.mark.parametrize("ask", [TO_MOVE, TO_CANCEL])
def test_no_other_word_than_a_plain_yes_changes_a_visit(text: str, ask: OpenAsk) -> None:
    known = situation(client=ONE, asks=(ask,))

    assert not isinstance(step_of(text, known, Found(visits=(SIX,))), Write)


def test_a_yes_to_a_move_that_is_not_the_newest_question_changes_nothing() -> None:
    known = situation(client=ONE, asks=(_question(), TO_MOVE))

    assert not isinstance(step_of("да", known, Found(visits=(SIX,))), Write)


def test_a_yes_to_a_reminder_sent_after_an_offer_is_none_to_the_offer() -> None:
    known = situation(client=ONE, asks=(reminder(SIX, 1), TO_CANCEL))

    assert not isinstance(step_of("да", known, Found(visits=(SIX,))), Write)


# --- other people, lateness, what is there already ---


@pytest.mark.parametrize(
    "text",
    [
        "жена к вам сегодня записана?",
        "Сергей к вам завтра записан?",
        "во сколько записан мой муж?",
        "отмените запись мужа",
        "перенесите запись Светланы на субботу",
    ],
)
def test_nothing_is_said_of_other_peoples_visits(text: str) -> None:
    known = situation(client=ONE)
    reply = answer_to(text, known)

    assert (reply.act, reply.proposal) == (Act.REFUSED, None)
    assert all(word not in render(reply, known) for word in ("18:00", "не вижу", "не записан", "Артём"))


def test_a_visit_that_the_client_booked_for_somebody_is_their_own() -> None:
    for guest in ("муж", "(муж)", "Павел (муж)"):
        known = situation(client=client(replace(SIX, guest=guest)))
        assert "18:00" in said("во сколько записан мой муж?", known)


def test_the_clients_own_name_is_nobody_elses() -> None:
    assert "18:00" in said("Игорь завтра записан?", situation(client=ONE))


def test_who_is_late_is_told_of_with_the_rule_quoted_and_nothing_is_moved() -> None:
    today = visit(at=NOW + timedelta(minutes=10))
    known = situation(client=client(today), salon=salon(rules={"late": "ждём 10 минут"}))
    reply = answer_to("опаздываю минут на 15, пробки", known)

    assert reply.notes == (notes.IsLate(minutes=15, visit=today),)
    assert "ждём 10 минут" in render(reply, known)
    assert (reply.proposal, reply.asks) == (None, None)


def test_the_same_visit_is_not_booked_twice() -> None:
    known = situation(client=ONE)

    assert "уже записаны" in said("запишите на мужскую стрижку завтра в 18:00", known)


def test_a_deleted_visit_is_not_there_and_times_are_looked_for() -> None:
    known = situation(client=client(deleted=(SIX,)))
    reply = answer_to("я же записан на завтра?", known, journal=TOMORROWS)

    assert "не вижу" in render(reply, known)
    assert "11:00" in render(reply, known)


def test_a_wish_is_forgotten_when_it_is_done() -> None:
    known, found = _after(TO_MOVE, Saved())
    known = replace(known, dialogue=Dialogue(operation=VisitOperation.MOVE, record_id=7, name="Игорь"))

    assert answer_to("да", known, found).dialogue.operation is None


@pytest.mark.parametrize("services", [(), (404,)])
def test_a_visit_whose_services_the_catalogue_has_not_is_moved_by_a_human(services: tuple[int, ...]) -> None:
    """The desk books without a service, and services go: no times can be asked for then."""
    unknown = visit(services=services)
    reply = answer_to("перенесите на завтра на 15:30", situation(client=client(unknown)), Found(visits=(unknown,)))
    assert reply.hand_over is HandOverReason.FACT
    assert reply.proposal is None


# --- what a move costs ---


def test_the_parts_of_a_composite_service_cost_what_the_client_was_told() -> None:
    known = salon()
    whole = replace(
        known.services[CUT], service_id=13, title="Стрижка и борода", parts=(CUT, BEARD), masters=(_terms(2500),)
    )
    known = replace(known, services={**known.services, 13: whole})
    both = visit(services=(CUT, BEARD), titles=("Мужская стрижка", "Моделирование бороды"), price=Decimal(3000))

    assert price_with(both, ARTEM, known) == Price(low=Decimal(2500), high=Decimal(2500))


def test_a_price_of_its_own_stays_with_a_visit() -> None:
    cheaper = visit(price=Decimal(1500))

    assert price_with(cheaper, ARTEM, salon()) == Price(low=Decimal(1500), high=Decimal(1500))


def _terms(price: int) -> MasterTerms:
    return MasterTerms(staff_id=ARTEM, price=Decimal(price), length=timedelta(minutes=90))
