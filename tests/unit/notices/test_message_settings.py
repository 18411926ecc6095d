"""What a salon sets: lenient with what was stored, strict with what somebody wishes."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.language import Language
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.texts.ru import notices as notice_texts
from tests.conftest import ROOT

DEFAULT = MessageSettings()


def test_everything_but_reviews_is_on_where_nothing_is_set() -> None:
    assert {kind for kind in NoticeKind if not DEFAULT.wants(kind)} == {NoticeKind.REVIEW}
    assert (DEFAULT.day_at, DEFAULT.hours_before, DEFAULT.review_link) == (time(18), 3, "")
    assert (DEFAULT.quiet.begins, DEFAULT.quiet.ends) == (time(21), time(9))
    assert MessageSettings.from_json({}) == MessageSettings.parse({}) == DEFAULT


@pytest.mark.parametrize("stored", [None, [], "x", {"booked": "no", "day_at": 5, "of_tomorrow": 1}])
def test_what_cannot_be_read_is_the_default(stored: object) -> None:
    assert MessageSettings.from_json(stored) == DEFAULT


_HOURS = st.times(time(9), time(20, 59)).map(lambda clock: clock.replace(second=0, microsecond=0))
_SETTINGS = st.builds(
    MessageSettings,
    booked=st.booleans(),
    review=st.booleans(),
    day_at=_HOURS,
    hours_before=st.integers(1, 24),
    review_link=st.sampled_from(["", "https://go.example/r?x=1"]),
    gather_seconds=st.integers(0, 600),
    language=st.sampled_from(Language),
)


@given(_SETTINGS)
def test_settings_survive_their_row_and_the_form(settings: MessageSettings) -> None:
    assert set(settings.to_json()) == {one.name for one in fields(MessageSettings)}
    given_back = json.loads(json.dumps(settings.to_json()))
    assert MessageSettings.from_json(given_back) == MessageSettings.parse(given_back) == settings


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("language", "de", "варианта"),
        ("language", ["en"], "варианта"),
        ("booked", 1, "да"),
        ("booked", "true", "да"),
        ("day_at", "24:00", "18:00"),
        ("day_at", "9:00", "18:00"),
        ("day_at", None, "18:00"),
        ("day_at", "22:30", "тихие часы"),
        ("day_at", "08:59", "тихие часы"),
        ("hours_before", 0, "от 1 до 24"),
        ("hours_before", 25, "от 1 до 24"),
        ("hours_before", True, "от 1 до 24"),
        ("hours_before", 2.5, "от 1 до 24"),
        ("again_after", 13, "от 1 до 12"),
        ("review_link", "javascript:alert(1)", "https://"),
        ("review_link", "https://x.example/" + "a" * 200, "https://"),
        ("review_link", "https://x.example/a b", "https://"),
        ("of_tomorrow", 1, "Такой настройки нет"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wrong(name: str, value: Any, says: str) -> None:
    with pytest.raises(SettingsInvalidError) as caught:
        MessageSettings.parse({name: value})
    (found,) = notice_texts.setting_flaws(caught.value).items()
    assert found[0] == name
    assert says in found[1]


def test_every_wrong_setting_is_named_at_once() -> None:
    with pytest.raises(SettingsInvalidError) as caught:
        MessageSettings.parse({"booked": "x", "day_at": "x", "nothing": 1, "review": True})
    assert set(caught.value.flaws) == {"booked", "day_at", "nothing"}


def test_a_reminder_may_be_in_the_quiet_hours_where_there_is_none_or_no_reminder() -> None:
    assert MessageSettings.parse({"day_at": "22:00", "reminder_day": False}).day_at == time(22)
    assert MessageSettings.parse({"day_at": "22:00", "quiet_from": "00:00", "quiet_to": "00:00"}).day_at == time(22)


BY_API_ALONE = {"gather_seconds", "wait_for_payment"}
"""Settings that the page does not show."""


def test_the_page_has_a_field_for_each_setting() -> None:
    """The switch of a kind comes from its list. What the script does not take for a number it sends as text."""
    pages = "".join((ROOT / f"templates/marketplace/manage/{name}.html").read_text() for name in ("sending", "texts"))
    inputs = {name: kind for kind, name in re.findall(r'<input type="(\w+)" name="(\w+)"', pages)}
    inputs |= {name: kind for kind, name in re.findall(r'(number|clock)\("(\w+)"', pages)}
    inputs |= dict.fromkeys(re.findall(r'<select name="(\w+)"', pages), "select")
    assert set(inputs) == {one.name for one in fields(MessageSettings)} - {*NoticeKind} - BY_API_ALONE
    [numbers] = re.findall(
        r"NUMBERS = new Set\(\[(.*?)\]\)", (ROOT / "aiadmin/web/static/manage/settings.js").read_text()
    )
    assert set(re.findall(r"'(\w+)'", numbers)) == {name for name, kind in inputs.items() if kind == "number"}
