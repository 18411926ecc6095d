"""What clients write of days and times means what they meant, however they spell it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat.dates.cases import DateCase, DateCaseError, Verdict, cases_of, play
from aiadmin.domain.chat.dates.reading import LONGEST, MOST_NAMED, TABLES, read_when
from aiadmin.domain.chat.dates.spelling import corrected
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.when import Asked, When
from tests.support.examples import examples
from tests.support.slips import slipped
from tests.unit.chat.phrases import phrases

GIVEN, UNSEEN = phrases("dates"), phrases("unseen")
NOW = datetime(2026, 7, 15, 10)  # noqa: DTZ001 - a salon's wall clock
AS_A_WHOLE = {"2 к 1", "16 на 9", "обед у вас есть?"}
"""Negatives that hold where they are all that is said: beside other words a number may be an hour."""
ANY_PHRASE = st.sampled_from([case for case in [*GIVEN, *UNSEEN] if case.text not in AS_A_WHOLE])


@pytest.mark.parametrize("cases", [GIVEN, UNSEEN], ids=["given", "unseen"])
def test_a_phrase_means_what_its_client_meant(cases: Sequence[DateCase]) -> None:
    outcomes = [play(case) for case in cases]

    assert [(one.case.name, one.case.text, one.flaws) for one in outcomes if one.flaws] == []


@pytest.mark.slow
def test_most_phrases_with_a_slip_mean_the_same() -> None:
    """What `bot replay --perturb` does: no punctuation, one letter swapped, dropped or doubled in a long word."""
    choice = random.Random(1)  # noqa: S311 - tests want the same slips each time
    counts = Counter(
        play(replace(case, text=slipped(case.text, choice, marks=".,!?;"))).verdict for case in [*GIVEN, *UNSEEN]
    )

    assert counts[Verdict.RIGHT] >= 0.95 * counts.total()
    assert counts[Verdict.WRONG] <= 0.025 * counts.total()


def test_a_word_of_the_grammar_is_never_put_right() -> None:
    words = {word for table in TABLES for rule in table.rules for word in rule.words}

    assert len(words) > 100
    assert [word for word in words if corrected(word) != word] == []


def _read(case: DateCase, text: str) -> tuple[When, ...]:
    return read_when(text, now=case.now, asked=case.asked)


def _same(case: DateCase, text: str) -> None:
    assert _read(case, text) == _read(case, case.text), text


@given(
    case=ANY_PHRASE, greeting=st.sampled_from(["Здравствуйте! ", "Добрый день, ", "Доброе утро) ", "вечер добрый. "])
)
def test_a_greeting_in_front_changes_nothing(case: DateCase, greeting: str) -> None:
    _same(case, greeting + case.text)


@given(case=ANY_PHRASE, end=st.sampled_from([".", "?", "...", ")))", " 🌸", "\n", " ,"]))
def test_punctuation_behind_changes_nothing(case: DateCase, end: str) -> None:
    """But that who asks "до 16 занята?" asks of a master, and who says it speaks of herself."""
    assume(end != "?" or not {"занята", "работаю"} & {*case.text.split()})
    _same(case, case.text + end)


@given(case=ANY_PHRASE, change=st.sampled_from([str.upper, str.lower, str.capitalize]))
def test_case_changes_nothing(case: DateCase, change) -> None:  # type: ignore[no-untyped-def]
    _same(case, change(case.text))


@given(case=ANY_PHRASE)
def test_dots_of_yo_and_what_nobody_sees_change_nothing(case: DateCase) -> None:
    _same(case, case.text.replace("ё", "е"))
    _same(case, case.text.replace(" ", "\u00a0"))
    _same(case, "".join(f"{letter}\u200b" for letter in case.text))


@given(case=ANY_PHRASE, data=st.data(), times=st.integers(2, 6))
def test_stretched_letters_change_nothing(case: DateCase, data: st.DataObject, times: int) -> None:
    text = f" {case.text}"
    # the О of 1О:00 is no letter; of a doubled one it is not known how many there were
    letters = [
        place
        for place, one in enumerate(case.text)
        if one.isalpha()
        and not text[place].isdigit()
        and one * 2 not in f"{text[place]}{one}{text[place + 2 : place + 3]}"
    ]
    if not letters:
        return
    place = data.draw(st.sampled_from(letters))
    _same(case, case.text[:place] + case.text[place] * times + case.text[place:])


AROUND = ["хочу маникюр", "запишите меня", "к Ане", "пожалуйста", "у вас уютно", "спасибо", "мы из соседнего дома"]


@given(case=st.sampled_from(GIVEN), words=st.permutations(AROUND), split=st.integers(0, len(AROUND)))
def test_the_words_around_and_their_order_change_nothing(case: DateCase, words: list[str], split: int) -> None:
    before, after = ". ".join(words[:split]), ". ".join(words[split:])

    _same(case, f"{before}. {case.text}. {after}")


_WORDS = [
    *sorted(LEXICON),
    "5",
    "18",
    "18:30",
    "25.07",
    "1830",
    "31",
    "30.02",
    "12-15",
    "2026",
    ",",
    "?",
    "маникюр",
    "Анна",
]
_CLOCKS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31))  # noqa: DTZ001 - a salon's wall clock
_MESSAGES = st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join)


@settings(max_examples=examples(100))
@given(text=_MESSAGES, now=_CLOCKS, asked=st.sampled_from([None, *Asked]))
def test_no_wish_lies_in_the_past(text: str, now: datetime, asked: Asked | None) -> None:
    for when in read_when(text, now=now, asked=asked):
        days = when.day.any_of + when.day.or_else if when.day else ()
        assert all(one.first >= now.date() for one in days), when
        assert all(one.last is None or one.last >= one.first for one in days), when


@settings(max_examples=examples(100))
@given(text=_MESSAGES, now=_CLOCKS)
def test_what_was_understood_says_where_it_was_read(text: str, now: datetime) -> None:
    for when in read_when(text, now=now):
        spans = [*(when.day.spans if when.day else ()), *(when.time.spans if when.time else ())]
        assert all(text[start:end].strip() for start, end in spans)
        assert bool(spans) == bool(when.day or when.time)


@given(text=st.text(max_size=300), now=_CLOCKS, asked=st.sampled_from([None, *Asked]))
def test_any_text_is_read(text: str, now: datetime, asked: Asked | None) -> None:
    read_when(text, now=now, asked=asked)


UNITS = (
    *(
        "завтра ",
        "в 5 или ",
        "не ",
        "+",
        "(",
        "1",
        "1 ",
        "1.",
        "12:",
        "ой завтра ",
        "завтра не могу ",
        "пн-",
        "а",
        "я ",
    ),
    *(
        "a",
        "z ",
        "zavtra ",
        "\u0301",
        "й\u0306",
        "🕔",
        "\n",
        "не могу в пятницу и ",
        "с 5 до ",
        "через 2 ",
        "'",
        "без 5 ",
    ),
    *("пятнецу ", "ой не ", "перенесите с пятницы ", "да, нет, ", "в", "суббббота "),
)


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_message_is_read(unit: str) -> None:
    """Each of them would keep a grammar busy that tries every way."""
    assert len(read_when((unit * LONGEST)[:LONGEST], now=NOW)) <= MOST_NAMED


def test_what_is_longer_is_no_wish() -> None:
    """65,000 characters are what WhatsApp sends at most."""
    assert read_when("завтра в 5. " + "а" * 65_000, now=NOW) == ()
    assert read_when("завтра в 5, послезавтра в 6. " * MOST_NAMED, now=NOW) == ()


def test_a_bare_number_answers_our_question() -> None:
    [time] = read_when("5", now=NOW, asked=Asked.TIME)
    [day] = read_when("5", now=NOW, asked=Asked.DAY)

    assert time.day is None
    assert time.time is not None
    assert str(time.time.any_of[0].first) == "17:00:00"
    assert day.time is None
    assert day.day is not None
    assert str(day.day.any_of[0].first) == "2026-08-05"
    assert read_when("5", now=NOW) == ()


def test_days_with_a_time_each_are_a_choice_of_wishes() -> None:
    friday, saturday = read_when("в пт после 5 или в сб утром", now=NOW)

    assert friday.day is not None
    assert saturday.time is not None
    assert str(friday.day.any_of[0].first) == "2026-07-17"
    assert str(saturday.time.any_of[0].last) == "12:00:00"


def test_a_day_of_the_week_that_is_not_the_date_is_asked_about() -> None:
    """В воскресенье 20-го, where the 20th is a Monday."""
    [when] = read_when("в воскресенье 20го", now=NOW)

    assert when.day is not None
    assert str(when.day.any_of[0].first) == "2026-07-20"
    assert str(when.day.or_else[0].first) == "2026-07-19"


def test_after_midnight_tomorrow_is_asked_about() -> None:
    [when] = read_when("завтра", now=datetime(2026, 7, 15, 0, 20))  # noqa: DTZ001 - a salon's wall clock

    assert when.day is not None
    assert [str(one.first) for one in (*when.day.any_of, *when.day.or_else)] == ["2026-07-16", "2026-07-15"]


def test_a_salons_names_are_no_misspelt_days() -> None:
    assert corrected("пятнеца") == "пятница"
    assert read_when("к пятнеца", now=NOW, names={"пятнеца"}) == ()


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "завтра"}', '{"text": "", "now": "x", "expected": {}}', "1"])
def test_a_line_that_is_no_phrase_is_named(line: str) -> None:
    with pytest.raises(DateCaseError, match="line 2"):
        list(cases_of(["", line]))


def _verdict(text: str, expected: dict[str, object]) -> Verdict:
    return play(DateCase(number=1, name="1", text=text, now=NOW, expected=expected)).verdict


def test_wrong_is_not_none_and_neither_is_right() -> None:
    """The judge itself: a value where none is expected is wrong, none where one is expected is none."""
    day = {"any": [["2026-07-16", "2026-07-16"]]}

    assert _verdict("завтра", {"date": day, "time": None}) is Verdict.RIGHT
    assert _verdict("завтра", {"date": None, "time": None}) is Verdict.WRONG
    assert _verdict("завтра в 5", {"date": day, "time": None}) is Verdict.WRONG
    assert _verdict("завтра в 5", {"date": day, "time": ["17:01", "17:01"]}) is Verdict.WRONG
    assert _verdict("завтра утром", {"date": day, "time": ["10:00", "13:00"]}) is Verdict.RIGHT
    assert _verdict("завтра утром", {"date": day, "time": ["10:01", "12:00"]}) is Verdict.WRONG
    assert _verdict("когда-нибудь", {"date": day, "time": None}) is Verdict.NONE
    assert _verdict(
        "послезавтра", {"date": day, "time": None, "date_alt": {"any": [["2026-07-17", "2026-07-17"]]}}
    ) is (Verdict.RIGHT)
    assert _verdict("кроме завтра", {"date": None, "time": None, "not_date": "16"}) is Verdict.RIGHT
    assert _verdict("кроме завтра", {"date": None, "time": None}) is Verdict.WRONG
