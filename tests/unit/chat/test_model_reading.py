"""What a model is shown of a message, and what of its answer is believed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.commands import LEADS_TO_A_WRITE, Command
from aiadmin.domain.chat.model.answer import commands_of, joined
from aiadmin.domain.chat.model.breaker import FAILURES, REST, WINDOW, is_resting
from aiadmin.domain.chat.model.pseudonyms import pseudonymised
from aiadmin.domain.chat.model.task import MOST_COMMANDS, NAMES, SCHEMA, ModelTask, task_of
from tests.support.examples import examples
from tests.support.reading import MORPHOLOGY, context_of, vocabulary

TASK = task_of(
    "", question="", services=[(101, "Женская стрижка"), (201, "Маникюр")], staff=[(1, "Анна"), (4, "Ирина")]
)
NOW = datetime(2026, 3, 11, 9, 10, tzinfo=UTC)


def item(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "alias": None, "quote": None, "excluded": None, **more}


def heard(*items: object, text: str = "", task: ModelTask = TASK) -> tuple[Command, ...] | None:
    return commands_of(json.dumps({"commands": items}), task, text, context_of("lavanda"))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("мой номер 8 (900) 123-45-67", "900"),
        ("мой номер ٨٩٠٠١٢٣٤٥٦٧", "٨"),
        ("карта 4276 1600 1234 5678, спишите", "1600"),
        ("пишите на masha.petrova@mail.ru", "masha"),
        ("вот я https://vk.com/id12345", "vk.com"),
        ("договор 123456", "123456"),
        ("это Мария, хочу записаться", "Мария"),
        ("передайте Марии и Машеньке привет", "Марии"),
        ("я Петрова Ольга Сергеевна", "Сергеевна"),
        ("записана на Скворцову", "Скворцову"),
        ("М\u200bария", "ария"),
    ],
)
def test_a_model_sees_nothing_that_leads_back_to_a_person(text: str, hidden: str) -> None:
    assert hidden in text or "\u200b" in text
    assert hidden not in pseudonymised(text, names=["Мария Скворцова"], vocabulary=vocabulary("lavanda"))


@pytest.mark.parametrize("text", ["к Ирине на маникюр завтра в 15:00", "в 14.30 12 марта", "за 2500 можно?", "к Ане"])
def test_masters_times_and_prices_are_shown(text: str) -> None:
    assert pseudonymised(text, names=["Мария"], vocabulary=vocabulary("lavanda")) == text


@settings(max_examples=examples(75))
@given(
    st.lists(
        st.sampled_from(["7", "9", "0", "-", " ", "(", ".", "а", "да ", "８", "٣", "\u200b", "Марии ", "/"]),
        max_size=40,
    )
)
def test_no_long_number_and_no_name_of_the_client_is_ever_shown(pieces: list[str]) -> None:
    shown = pseudonymised("".join(pieces), names=["Мария"], vocabulary=vocabulary("lavanda"))
    assert not re.search(r"\d{7,}", shown)
    assert not re.search(r"\d(?:[ ().-]?\d){6,}", shown)
    assert not re.search(r"\bмари[яиюей]+\b", shown.lower())


def test_what_is_asked_names_no_number_of_a_service_or_master() -> None:
    task = task_of(
        "хочу красоту", question="На какую услугу?", services=[(10177, "Стрижка")], staff=[(99123, "Анна")]
    )
    asked = json.dumps(task.messages, ensure_ascii=False)
    assert [number for number in ("10177", "99123") if number in asked] == []
    assert json.loads(task.messages[1]["content"])["services"] == {"S1": "Стрижка"}


def test_a_model_has_no_word_for_yes_or_for_stopping() -> None:
    assert not {"Yes", "No", "Choose", "Stop", "Restart", "Name", "Rating", "Injection"} & set(NAMES)
    assert SCHEMA["properties"]["commands"]["items"]["properties"]["name"]["enum"] == list(NAMES)


@pytest.mark.parametrize(
    ("items", "text", "commands"),
    [
        ([item("WantBooking")], "", (said.WantBooking(),)),
        ([item("Service", alias="S2")], "", (said.NamedService(ids=(201,)),)),
        ([item("Service", alias="S2", excluded=True)], "", (said.NamedService(ids=(201,), is_excluded=True),)),
        ([item("Staff", alias="M1")], "", (said.NamedStaff(ids=(1,)),)),
        ([item("AnyStaff")], "", (said.NamedStaff(is_any=True),)),
        ([item("AskWorks", alias="M2")], "", (said.AskWorks(ids=(4,)),)),
        ([item("AskFact", quote="Парковка")], "а парковка у вас?", (said.AskFact(topic="парковка"),)),
        ([item("Late", quote="задержусь")], "немного задержусь", (said.Late(),)),
        # what is not to be believed
        ([item("Service", alias="S3")], "", ()),
        ([item("Service", alias=201)], "", ()),
        ([item("Service", alias="M1")], "", ()),
        ([item("Staff", alias="анна")], "", ()),
        ([item("When", quote="в пятницу")], "в субботу", ()),
        ([item("When", quote="2026-03-13")], "в субботу", ()),
        ([item("When", quote="")], "в субботу", ()),
        ([item("AskFact", quote="скидка 100%")], "скидка есть?", ()),
        ([item("Yes")], "да", ()),
        ([item("Stop")], "", ()),
        ([item("Free")], "", ()),
        ([item("__class__")], "", ()),
        (["WantBooking", None, 5, [], {"name": ["WantBooking"]}, {}], "", ()),
        # one wish alone
        ([item("WantCancel"), item("WantBooking"), item("WantCancel")], "", (said.WantCancel(),)),
    ],
)
def test_of_an_answer_only_what_can_be_checked_is_believed(
    items: list[object], text: str, commands: tuple[Command, ...]
) -> None:
    assert heard(*items, text=text) == commands


def test_a_day_is_read_out_of_the_quote_by_our_own_grammar() -> None:
    (suits,) = heard(item("When", quote="В Субботу после 5"), text="ну может в субботу после 5 как-то") or ()
    assert isinstance(suits, said.Suits)
    (when,) = suits.whens
    assert when.day is not None
    assert when.time is not None
    assert (str(when.day.any_of[0].first), str(when.time.any_of[0].first)) == ("2026-03-14", "17:00:00")


@pytest.mark.parametrize("answer", ["", "да", "[]", '{"commands": 5}', "null", "{", "[" * 100_000, '"commands"'])
def test_what_is_not_of_the_form_is_no_answer(answer: str) -> None:
    assert commands_of(answer, TASK, "", context_of("lavanda")) is None


def test_a_fence_around_json_is_taken_off_and_no_answer_is_endless() -> None:
    fenced = "```json\n" + json.dumps({"commands": [item("Thank")]}) + "\n```"
    assert commands_of(fenced, TASK, "", context_of("lavanda")) == (said.Thank(),)
    many = [item("AskPrice"), *[item("Service", alias="S1", excluded=bool(n % 2)) for n in range(50)]]
    assert len(heard(*many) or ()) <= MOST_COMMANDS


ITEMS = st.fixed_dictionaries(
    {
        "name": st.sampled_from([*NAMES, "Yes", "Choose", "Free"]),
        "alias": st.sampled_from(["S1", "S2", "M1", "M9", "", None, 7]),
        "quote": st.sampled_from(["завтра", "да", "бесплатно", "", None, 3, ["x"]]),
        "excluded": st.sampled_from([True, False, None, "да"]),
    }
)


@settings(max_examples=examples(75))
@given(st.lists(ITEMS, max_size=12), st.sampled_from(["завтра бесплатно, да", "", "да"]))
def test_whatever_a_model_answers_it_says_no_yes_and_one_wish_at_most(items: list[object], text: str) -> None:
    commands = heard(*items, text=text) or ()
    writing = [one for one in commands if isinstance(one, LEADS_TO_A_WRITE)]
    assert len(writing) <= 1
    assert not any(isinstance(one, said.Yes | said.Choose) for one in commands)
    assert all(one.ids[0] in {101, 201} for one in commands if isinstance(one, said.NamedService))


def test_rules_win_where_both_have_read_something() -> None:
    unsure = said.NotUnderstood(text="красоту")
    day = said.Suits(whens=())
    rules = (said.WantMove(), day, unsure)
    model = (said.WantBooking(), said.Suits(whens=()), said.NamedService(ids=(101,)))
    assert joined(rules, model) == (said.WantMove(), day, said.NamedService(ids=(101,)))
    assert joined(rules, ()) == rules
    assert joined(rules, (said.WantCancel(),)) == rules
    assert joined((unsure,), (said.WantBooking(),)) == (said.WantBooking(),)


def test_a_model_that_fails_five_times_in_a_minute_rests_for_one() -> None:
    close = [NOW - timedelta(seconds=second) for second in range(FAILURES)]
    assert is_resting(close, NOW)
    assert is_resting(close, NOW + REST - timedelta(seconds=1))
    assert not is_resting(close, NOW + REST)
    assert not is_resting(close[1:], NOW)
    assert not is_resting([NOW, *(at - WINDOW for at in close[1:])], NOW)


def test_names_are_told_from_words() -> None:
    assert [MORPHOLOGY.is_personal_name(word) for word in ("сергеевна", "иванова", "стрижка", "завтра")] == [
        True,
        True,
        False,
        False,
    ]
