"""A visit is offered, agreed to and told: one question at most, no needless one, and nothing that is not so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.bot_settings import Ability, NightRule
from aiadmin.domain.chat.dialogue import Dialogue, Proposal, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.policy.catalogue import price_of
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import (
    Act,
    Asks,
    Found,
    LookUp,
    NeedNearest,
    NeedStarts,
    Part,
    Unavailable,
    Write,
)
from aiadmin.domain.journal.online_booking import Start
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, SavedRecord, Unknown, WriteOutcome
from aiadmin.texts.chat import SENTENCES, english, render, tidied
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    salon,
    situation,
    step_of,
    visit,
)

DAY = TOMORROW
SAVED = Saved((SavedRecord(record_id=1),))


def _starts(*hours: int, on: date = DAY, minutes: int = 60) -> list[Start]:
    return [
        Start(wall_clock=datetime.combine(on, time(hour)), length=timedelta(minutes=minutes), token=str(hour))
        for hour in hours
    ]


def _need(staff_id: int = ARTEM, services: tuple[int, ...] = (CUT,), day: date = DAY) -> NeedStarts:
    return NeedStarts(services, staff_id, day)


def _found(*hours: int, staff_id: int = ARTEM) -> dict[NeedStarts, list[Start]]:
    return {_need(staff_id): _starts(*hours)}


def _offer(hour: int = 15, minutes: int = 2, **more: object) -> OpenAsk:
    """A cut with Артём tomorrow that was offered so many minutes ago."""
    reply = answer_to(f"мужская стрижка к Артёму завтра в {hour}", situation(**more), journal=_found(hour))
    assert reply.proposal is not None
    return OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW - timedelta(minutes=minutes), proposal=reply.proposal)


def _offered(hour: int = 15, minutes: int = 2, **more: object) -> Situation:
    ask = _offer(hour, minutes, **more)
    assert ask.proposal is not None
    return situation(asks=(ask,), **more)


def _written(known: Situation, *outcomes: WriteOutcome) -> Found:
    return Found(visits=known.client.visits, written=outcomes)


# --- what is offered ---


def test_the_asked_time_is_offered_with_all_that_is_agreed_to() -> None:
    known = situation()
    reply = answer_to("мужская стрижка к Артёму завтра в 15", known, journal=_found(12, 15, 18))

    assert reply.act is Act.OFFER
    text = render(reply, known)
    for fact in ("Мужская стрижка", "Артём", "пятница, 22 мая", "15:00", "1 ч", "2 000 ₽"):
        assert fact in text
    assert "12:00" not in text


def test_who_is_new_is_asked_for_a_name_in_the_same_sentence() -> None:
    known = situation(client=client(name=None, cards=()))
    text = render(answer_to("мужская стрижка к Артёму завтра в 15", known, journal=_found(15)), known)

    assert "имя" in text
    assert text.count("?") == 1


def test_several_times_are_named_by_threes_and_the_last_besides_where_it_was_asked_what_is_there() -> None:
    known = situation()
    wished = render(answer_to("мужская стрижка к Артёму завтра", known, journal=_found(11, 13, 15, 18, 20)), known)
    asked = render(answer_to("что есть на завтра к Артёму на стрижку", known, journal=_found(11, 13, 15, 18)), known)

    assert sum(f"{hour}:00" in wished for hour in (11, 13, 15, 18, 20)) == 3
    assert "есть и 18:00" in asked


def test_a_time_that_is_not_free_is_said_without_a_reason_and_the_nearest_is_named() -> None:
    known = situation()
    text = render(answer_to("мужская стрижка к Артёму завтра в 15", known, journal=_found(12, 17, 20)), known)

    assert "15:00 свободного времени нет" in text
    assert "17:00" in text
    assert "20:00" not in text
    assert "занят" not in text


def test_times_before_the_salons_lead_are_not_named() -> None:
    known = situation(salon=salon(gap=timedelta(hours=3)))
    today = {_need(day=NOW.date()): _starts(15, 16, 18, on=NOW.date())}
    text = render(answer_to("мужская стрижка к Артёму сегодня", known, journal=today), known)

    assert "18:00" in text
    assert "16:00" not in text


def test_what_is_written_at_night_is_offered_from_the_hour_that_the_salon_has_set() -> None:
    night = datetime.combine(NOW.date(), time(23, 30))
    rule = NightRule(after=time(22), not_before=time(14))
    known = situation(now=night, written_at=night, salon=salon(night=rule))
    text = render(answer_to("мужская стрижка к Артёму завтра в 11", known, journal=_found(11, 16)), known)

    assert "После 22:00" in text
    assert "16:00" in text


def test_prices_are_those_of_the_master() -> None:
    known = situation()
    one, other = price_of(known.salon, [CUT], ARTEM), price_of(known.salon, [CUT], RUSLAN)
    assert (one.low, other.low) == (2000, 1700)


def test_where_nothing_can_be_seen_nothing_is_said_of_what_is_free() -> None:
    reply = answer_to("мужская стрижка к Артёму завтра в 15", situation(), journal={_need(): Unavailable()})

    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.FACT)
    assert "нет" not in render(reply, situation())


def test_no_more_is_looked_up_than_is_needed() -> None:
    step = step_of("мужская стрижка к Артёму завтра в 15", situation(), Found(visits=()))
    assert step == LookUp((_need(),))


# --- what has to be known first ---


def test_an_unknown_master_is_said_to_be_none_of_ours_and_the_others_are_named() -> None:
    text = render(answer_to("к Виктории на мужскую стрижку", situation()), situation())
    assert "Артём" in text
    assert "Руслан" in text
    assert "Такого мастера у нас сейчас нет" in text


def test_a_master_who_is_off_is_no_busy_one() -> None:
    text = render(answer_to("к Руслану на мужскую стрижку завтра", situation()), situation())
    assert "не принимает" in text
    assert "Артём" in text


def test_a_service_that_there_is_not_is_said_so() -> None:
    reply = answer_to("хочу маникюр", situation())
    assert (reply.act, reply.asks) == (Act.ASK, Asks.SERVICE)
    assert "у нас нет" in render(reply, situation())


def test_the_third_time_without_an_answer_a_human_is_told() -> None:
    known, acts = situation(), []
    for _ in range(3):
        reply = answer_to((said.WantBooking(),), known)
        acts.append(reply.act)
        known = replace(known, dialogue=reply.dialogue)
    assert acts == [Act.ASK, Act.ASK, Act.HAND_OVER]


# --- limits ---


@pytest.mark.parametrize(
    "more",
    [
        {"client": client(*(visit(number, NOW + timedelta(days=number)) for number in (3, 4, 5)))},
        {"booked_today": 3},
    ],
)
def test_who_has_booked_much_is_left_to_a_human(more: dict[str, object]) -> None:
    reply = answer_to("моделирование бороды завтра в 15", situation(**more))
    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.LIMIT)


def test_where_booking_is_off_the_wish_goes_to_a_human() -> None:
    known = situation(salon=salon(abilities=frozenset({Ability.ANSWER})))
    reply = answer_to("мужская стрижка к Артёму завтра в 15", known)
    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.FORBIDDEN)


# --- agreed ---


def test_a_plain_yes_writes_what_was_offered() -> None:
    known = _offered()
    step = step_of("да", known)
    assert isinstance(step, Write)
    assert step.proposal.fingerprint == _offer().proposal.fingerprint  # type: ignore[union-attr]
    assert step.proposal.name == "Игорь"


@pytest.mark.parametrize("text", ["да, но в 16", "да?", "нет", "не знаю", "да, а сколько стоит?", "да, к Руслану"])
def test_nothing_else_writes(text: str) -> None:
    known = _offered()
    assert not isinstance(step_of(text, known, Found(visits=())), Write)


def test_a_yes_without_a_name_asks_for_it_and_the_name_alone_then_books() -> None:
    new = {"client": client(name=None, cards=())}
    known = _offered(**new)
    asked = answer_to("да", known)
    assert (asked.act, asked.asks) == (Act.ASK, Asks.NAME)

    named = step_of("Оля", replace(known, dialogue=asked.dialogue))
    assert isinstance(named, Write)
    assert named.proposal.name == "Оля"


def test_a_name_alone_is_no_yes() -> None:
    new = {"client": client(name=None, cards=())}
    offer = answer_to("мужская стрижка к Артёму завтра в 15", situation(**new), journal=_found(15))
    reply = answer_to("Оля", replace(_offered(**new), dialogue=offer.dialogue))
    assert (reply.act, reply.asks) == (Act.OFFER, Asks.CONSENT)
    assert reply.proposal is not None
    assert reply.proposal.name == "Оля"


def test_the_cards_name_is_never_written_over() -> None:
    step = step_of((said.Yes(), said.Name(given="Оля")), _offered())
    assert isinstance(step, Write)
    assert step.proposal.name == "Игорь"


def test_a_late_yes_is_checked_and_offered_again() -> None:
    known = _offered(minutes=31)
    assert step_of("да", known) == LookUp((_need(),))
    reply = answer_to("да", known, journal=_found(15))
    assert reply.act is Act.OFFER
    assert "15:00" in render(reply, known)


def test_a_yes_to_an_offer_that_is_quoted_and_is_not_the_newest_writes_nothing() -> None:
    old, new = _offer(12, minutes=10), _offer(15)
    step = step_of("да", situation(asks=(new, old), quoted=old))
    assert isinstance(step, LookUp)


# --- what became of it ---


def test_what_is_saved_is_said_with_the_address() -> None:
    known = _offered()
    reply = answer_to("да", known, _written(known, SAVED))
    assert reply.act is Act.DONE
    text = render(reply, known)
    for fact in ("Вы записаны", "Артём", "15:00", "Образцовый"):
        assert fact in text
    assert reply.dialogue.services == ()


def test_a_time_that_is_gone_is_said_so_and_others_are_named() -> None:
    known = _offered()
    reply = answer_to("да", known, _written(known, Refused(Refusal.BUSY)), journal=_found(15, 17))
    text = render(reply, known)

    assert reply.act is Act.OFFER
    assert "Не удалось записать" in text
    assert "17:00" in text
    assert "вы записаны" not in text.lower()


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Unknown(), HandOverReason.UNKNOWN_WRITE),
        (Refused(Refusal.BLACKLISTED), HandOverReason.BLACKLIST),
        (Refused(Refusal.FORBIDDEN), HandOverReason.FORBIDDEN),
        (Refused(Refusal.WRONG_CODE), HandOverReason.FORBIDDEN),
        (Refused(Refusal.NOT_NOW), HandOverReason.FORBIDDEN),
        (Refused(Refusal.INVALID), HandOverReason.FORBIDDEN),
    ],
)
def test_what_is_not_known_or_not_allowed_goes_to_a_human(outcome: WriteOutcome, reason: HandOverReason) -> None:
    known = _offered()
    reply = answer_to("да", known, _written(known, outcome))
    text = render(reply, known).lower()

    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, reason)
    assert "вы записаны" not in text
    assert "чёрн" not in text


def test_of_two_visits_the_saved_one_is_told_and_the_other_is_looked_for() -> None:
    first, second = _offer(12), _offer(15)
    assert first.proposal is not None
    assert second.proposal is not None
    beard = replace(second.proposal.slots[0], services=(BEARD,), staff_id=RUSLAN)
    both = replace(first.proposal, slots=(first.proposal.slots[0], beard), guests=(None, None))
    known = situation(asks=(replace(first, proposal=both),))
    later = {NeedStarts((BEARD,), RUSLAN, DAY): _starts(19, minutes=30)}
    reply = answer_to("да", known, _written(known, SAVED, Refused(Refusal.BUSY)), journal=later)
    text = render(reply, known)

    assert "Вы записаны: мужская стрижка" in text
    assert "Не удалось записать: моделирование бороды" in text


def test_no_refusal_is_counted_for_ever() -> None:
    known, act = _offered(), Act.ASK
    refused = replace(known, dialogue=Dialogue(services=(CUT,), staff=(ARTEM,), refusals=2))
    reply = answer_to("нет", refused)
    act = reply.act
    assert (act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.LIMIT)


# --- texts ---


def test_every_part_has_its_sentence() -> None:
    assert _parts() == set(SENTENCES)
    assert set(english.SENTENCES) <= set(SENTENCES)


def _parts() -> set[type]:
    found, left = set(), [Part]
    while left:
        kinds: Sequence[type] = left.pop().__subclasses__()
        found |= set(kinds)
        left += kinds
    return found


def test_no_markup_of_a_title_reaches_a_client() -> None:
    assert tidied("*Стрижка* _новая_ `x` 🌸🌸 a_b") == "Стрижка новая x 🌸 a_b"


def test_an_english_wish_is_answered_in_english_where_that_is_on() -> None:
    known = situation(salon=salon(english=True))
    commands = (
        said.Foreign(language="en"),
        said.WantBooking(),
        said.NamedService(ids=(CUT,)),
        said.NamedStaff(ids=(ARTEM,)),
    )
    journal = {NeedNearest((CUT,), ARTEM): _starts(12, 15)}
    text = render(answer_to(commands, known, journal=journal), known)

    assert "Friday, 22 May" in text
    assert "пятниц" not in text


def test_a_greeting_is_said_once_in_some_hours() -> None:
    fresh, known = situation(), situation(greeted_at=NOW - timedelta(hours=5))
    assert render(answer_to("здравствуйте, хочу записаться", fresh), fresh).startswith("Здравствуйте")
    assert not render(answer_to("здравствуйте, хочу записаться", known), known).startswith("Здравствуйте")


def test_who_only_greets_is_asked_what_they_want() -> None:
    reply = answer_to("добрый день", situation())
    assert (reply.act, reply.asks) == (Act.ASK, Asks.OTHER)


def test_an_offer_of_another_operation_is_none_of_a_booking() -> None:
    proposal = Proposal(operation=VisitOperation.CANCEL, record_id=7, proposal_id="1")
    known = situation(client=client(visit()), asks=(OpenAsk(kind=AskKind.PROPOSAL, sent_at=NOW, proposal=proposal),))
    step = step_of("да", known, Found(visits=known.client.visits))
    assert isinstance(step, Write)
    assert step.proposal.operation is VisitOperation.CANCEL


@pytest.mark.parametrize(
    ("text", "said_of_it", "asks"),
    [
        ("мужская стрижка 31 июня в 15", "31 июня", Asks.WHICH_DAY),
        ("мужская стрижка к Артёму 30.02", "30.02", Asks.WHICH_DAY),
        ("мужскую стрижку 15 августа 2031", "15 августа 2031", Asks.DAY),
        ("мужскую стрижку завтра в 25:00", "25:00", Asks.TIME),
        ("запишите на мужскую стрижку на вчера", "вчера", Asks.DAY),
    ],
)
def test_a_day_or_time_that_there_is_not_is_said_and_never_another(text: str, said_of_it: str, asks: Asks) -> None:
    reply = answer_to(text, situation(), journal=_found(15))

    assert (reply.act, reply.asks, reply.proposal) == (Act.ASK, asks, None)
    assert said_of_it in render(reply, situation())


def test_a_day_that_there_is_beside_one_that_there_is_not_counts() -> None:
    reply = answer_to("мужская стрижка к Артёму 31 июня или завтра в 15", situation(), journal=_found(15))

    assert reply.act is Act.OFFER


@pytest.mark.parametrize("text", ["секунду", "сейчас у мужа спрошу", "хорошо, я подумаю", "не знаю даже"])
def test_an_offer_stands_while_the_client_thinks(text: str) -> None:
    known = _offered()
    reply = answer_to(text, known)

    assert reply.act is Act.INFORM
    assert reply.proposal is not None
    assert isinstance(step_of("да", known), Write)


@pytest.mark.parametrize("text", ["спасибо", "ммм", "?", "дв", "да он не против"])
def test_words_that_are_no_answer_get_the_same_offer_again(text: str) -> None:
    known = _offered()
    reply = answer_to(text, known)

    assert reply.act is Act.OFFER
    assert reply.proposal is not None
    assert known.asks[0].proposal is not None
    assert reply.proposal.fingerprint == known.asks[0].proposal.fingerprint


def test_a_day_that_is_named_after_its_times_were_refused_is_wished_for_again() -> None:
    shown = answer_to("мужская стрижка к Артёму", situation(), journal={NeedNearest((CUT,), ARTEM): _starts(12, 18)})
    refused = answer_to("не подходит", situation(dialogue=shown.dialogue), journal={NeedNearest((CUT,), ARTEM): []})
    reply = answer_to("давайте завтра", situation(dialogue=refused.dialogue), journal=_found(12, 18))

    assert [slot.starts.hour for slot in reply.dialogue.shown] == [12, 18]


def test_a_question_beside_a_yes_goes_to_the_salon_and_the_offer_is_repeated() -> None:
    known = _offered()
    reply = answer_to("да, а это больно?", known)

    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.FACT)
    assert reply.proposal is not None
    assert isinstance(step_of("да", known), Write)
