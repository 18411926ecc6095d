"""Every language that a salon may have says everything that is written to its clients and people."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_type_hints

import pytest

from aiadmin import texts
from aiadmin.domain.language import Language
from aiadmin.domain.notices.call import CallReason
from aiadmin.domain.notices.notice import CHANGE_NOTICES, NoticeKind
from aiadmin.domain.notices.template import TemplateData, check

VISIT = TemplateData(
    name="Анна",
    starts_at=datetime(2026, 11, 27, 11, 30, tzinfo=UTC),
    zone="Europe/Moscow",
    master="Мария",
    services=(("Стрижка", 1),),
    price=None,
    currency=None,
    address="ул. Садовая, 1",
    link="https://example.ru",
)


@pytest.fixture(params=Language)
def written(request: pytest.FixtureRequest) -> texts.Texts:
    return texts.of(request.param)


def test_each_section_has_every_key(written: texts.Texts) -> None:
    missing = [
        f"{section}.{key}"
        for section, asked in get_type_hints(texts.Texts).items()
        for key in _keys(asked)
        if not hasattr(getattr(written, section), key)
    ]
    assert missing == []


def _keys(section: type) -> set[str]:
    return {key for key in (*vars(section), *section.__annotations__) if not key.startswith("_")}


def test_each_kind_of_notice_is_written(written: texts.Texts) -> None:
    assert set(written.notices.templates) == set(NoticeKind)
    for kind, template in written.notices.templates.items():
        check(template)
        assert written.notices.say(kind, None, VISIT)
    assert written.notices.fill(written.notices.as_it_is, VISIT)


def test_each_change_of_several_visits_is_listed(written: texts.Texts) -> None:
    for kind in (*CHANGE_NOTICES, None):
        assert written.notices.fill_list(kind, [VISIT, VISIT]).count("\n") >= 3


def test_a_client_whom_no_message_reached_is_named(written: texts.Texts) -> None:
    when = written.formatting.day_and_clock(datetime(2026, 11, 27, 14, 30))  # noqa: DTZ001 - as the salon's clock
    assert "14:30" in when
    who = written.calls.who("Анна", "79990000000")
    off = CallReason(kind=NoticeKind.CANCELLED, is_unsure=False, was=when, now="")
    assert who in written.calls.call(who, [off])
    assert when in written.calls.call(who, [off])


UNKNOWN = {"name": None, "master": None, "services": (), "price": None, "address": None, "link": None}


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("kind", NoticeKind)
def test_what_is_not_known_leaves_no_hole(written: texts.Texts, kind: NoticeKind, *, is_asked: bool) -> None:
    """Each of our texts, whatever is not known: the time stands, and no label or preposition is left alone."""
    for name, nothing in UNKNOWN.items():
        said = written.notices.say(kind, None, replace(VISIT, **{name: nothing}), is_asked=is_asked)
        assert "14:30" in said or kind is NoticeKind.REVIEW
        hole = re.search(r"[:,(]\s*$|:\s*[,.]|  |[{}]|\b(?:with|with:|on|at|for)\s*[.,]", said, re.MULTILINE)
        assert hole is None, said


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_language_is_written_throughout(written: texts.Texts, kind: NoticeKind) -> None:
    own = written.notices.say(kind, None, replace(VISIT, name="X", master="X", services=(("X", 1),), address="X"))
    is_cyrillic = re.search("[а-яё]", own, re.IGNORECASE) is not None
    assert is_cyrillic is (written is texts.of(Language.RU))


def test_english_agrees_with_how_many_services_there_are() -> None:
    english = texts.of(Language.EN).notices
    two = replace(VISIT, services=(("Haircut", 1), ("Colour", 2)), price=Decimal(1500), currency="€")
    assert "\nServices: Haircut, Colour × 2\n" in english.say(NoticeKind.BOOKED, None, two)
    assert "\nPrice: 1,500\xa0€\n" in english.say(NoticeKind.BOOKED, None, two)
    assert "\nService: Стрижка\n" in english.say(NoticeKind.BOOKED, None, VISIT)


def test_an_english_reminder_asks_nothing_of_whoever_has_said_that_they_come() -> None:
    english = texts.of(Language.EN).notices
    asked = english.say(NoticeKind.REMINDER_DAY, None, VISIT)
    said = english.say(NoticeKind.REMINDER_DAY, None, VISIT, is_asked=False)
    assert "reply: 1" in asked
    assert "reply" not in said
    assert "Friday, 27 November at 14:30" in said
