"""Y10, W11, W12: phone numbers, by one list of examples for server and page, and by what no example can say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiadmin.adapters.countries import country_of
from aiadmin.adapters.yclients import journal_parser
from aiadmin.domain.messages import number_plans
from aiadmin.domain.messages.phone_numbers import read_phone

EXAMPLES = json.loads((Path(__file__).parents[1] / "support" / "phone_numbers.json").read_text())["examples"]
INVISIBLE = st.text(st.characters(categories=["Cf"]), max_size=3)
BLANK = st.sampled_from(["", " ", "\u00a0", "\u2009", "-", "\u2011", "\u2013", "\u2014"])


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example['typed']!a} {example.get('country', '')}"
)
def test_y10_w11_w12_example(example: dict[str, Any]) -> None:
    assert read_phone(example["typed"], example.get("country", "RU")) == example["digits"]


@given(
    st.integers(9000000000, 9999999998),
    st.lists(INVISIBLE, min_size=5, max_size=5),
    st.lists(BLANK, min_size=4, max_size=4),
)
def test_a_russian_mobile_number_is_the_same_in_all_its_spellings(
    number: int, marks: list[str], blanks: list[str]
) -> None:
    parts = [str(number)[:3], str(number)[3:6], str(number)[6:8], str(number)[8:]]
    written = marks[4] + "".join(
        f"{mark}{part}{blank}" for mark, part, blank in zip(marks, parts, blanks, strict=False)
    )
    expected = f"7{number}"
    for spelling in (f"+7 {written}", f"7{written}", f"8 {written}", f"8({parts[0]}){number % 10**7:07}", written):
        assert read_phone(spelling, "RU") == expected
    assert read_phone(int(expected)) == read_phone(float(expected)) == expected


@given(st.integers(9000000000, 9999999999), st.sampled_from(["RU", "KZ", "BY", "FR", "VN"]), st.booleans())
@example(9999999999, "RU", False)
@example(9999999999, "BY", True)
def test_what_is_read_at_a_glance_is_what_the_rules_read(number: int, country: str, has_plus: bool) -> None:
    written = f"{'+' * has_plus}7{number}"
    assert read_phone(written, country) == number_plans.only_number_in(written, country)


@given(st.integers(10**6, 10**15 - 1), st.sampled_from(["RU", "KZ", "BY", "UZ", "GE", "DE"]))
def test_what_was_given_with_a_plus_keeps_its_country(number: int, country: str) -> None:
    read = read_phone(f"+{number}", country)
    if read is not None:
        assert phonenumbers.parse(f"+{read}").country_code == phonenumbers.parse(f"+{number}").country_code
    elsewhere = read_phone(f"+{number}", "FR")
    # a plus may also stand before the national number of France, and then it is nobody's there
    assert elsewhere is None or read in (None, elsewhere), "what has no code here is none of another country's"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_mobile_number_with_its_code_is_itself_at_home_as_yclients_writes_it(region: str) -> None:
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        example = phonenumbers.example_number(region)  # no mobile range of its own
    assert example is not None
    digits = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[1:]
    assert read_phone(digits, region) == digits
    assert read_phone(f"+{digits}", region) == digits


@given(
    st.sampled_from(["", "тел. ", "Тел.: ", "т.", "моб. ", "phone: ", "WhatsApp "]),
    st.sampled_from(["+7{}", "(+7){}", "+(7){}", "8{}", "7{}", "{}", "007{}", "(007){}"]),
    st.integers(9000000000, 9999999998),
    st.sampled_from(["", ",", ";", ".", " .", ", ", " (моб.)", " доб. 12", "!"]),
)
def test_y10_what_stands_around_a_number_does_not_change_it(label: str, code: str, number: int, end: str) -> None:
    assert read_phone(f"{label}{code.format(number)}{end}") == f"7{number}"


@given(st.integers(10**9, 10**10 - 1), st.sampled_from(["RU", "KZ"]))
def test_y10_ten_digits_are_never_made_a_number_that_no_network_of_seven_has(number: int, country: str) -> None:
    read = read_phone(str(number), country)
    if read == f"7{number}":
        is_valid = phonenumbers.is_valid_number(phonenumbers.parse(f"+{read}"))
        assert is_valid or re.fullmatch(r"9\d{9}|7(?:0\d|47|[567]\d)\d{7}", str(number))


@given(st.integers(10**5, 10**15 - 1))
def test_y10_a_number_without_its_area_is_no_number(number: int) -> None:
    read = read_phone(f"+{number}")
    reason = phonenumbers.is_possible_number_with_reason
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    assert read is None or reason(phonenumbers.parse(f"+{read}")) == possible


@given(st.integers(0, 9), st.sampled_from(["7{}", "8{}", "+7{}", "{}", "+7 {} Анна", "375{}", "998{}"]))
def test_m5_a_digit_over_and_over_is_nobodys_number(digit: int, code: str) -> None:
    length = 9 if code[0] in "39" else 10
    assert read_phone(code.format(str(digit) * length)) is None


def test_m5_two_cards_with_anything_for_a_number_are_two_people() -> None:
    rows = [{"id": number, "phone": "79999999999", "name": "Анна"} for number in (1, 2)]
    assert [journal_parser.client(row, "RU").phone for row in rows] == [None, None]


@given(
    st.integers(9000000000, 9999999998),
    st.integers(9000000000, 9999999998),
    st.sampled_from(["{}, {}", "{} Анна {}", "{}/{}", "{} {}", "{} и {}", "{}; муж: {}", "wa.me/7{} +7{}", "{}\n{}"]),
)
def test_m5_of_two_numbers_none_is_taken(one: int, other: int, written: str) -> None:
    read = read_phone(written.format(one, other))
    assert read == (f"7{one}" if one == other and read else None)


@given(st.text(st.characters(categories=["L", "Zs"], include_characters=",;!?"), max_size=30), st.booleans())
def test_m5_a_note_beside_a_number_does_not_change_it(note: str, is_behind: bool) -> None:
    number = "+7 900 123-45-67"
    written = f"{number} {note}" if is_behind else f"{note} {number}"
    assert read_phone(written) == "79001234567"


@pytest.mark.parametrize(
    "given", [0, None, [], {}, True, 1e400, "1" * 16, "1" * 5000, "\0", "\ud800", b"79001234567"]
)
def test_what_is_no_number_is_none(given: Any) -> None:
    assert read_phone(given) is None


@given(st.text(max_size=70), st.sampled_from(["RU", "KZ", "??"]))
def test_no_text_is_too_odd(given: str, country: str) -> None:
    read = read_phone(given, country)
    assert read is None or (read.isascii() and read.isdigit())


@pytest.mark.parametrize(
    ("name", "zone", "country"),
    [
        ("Россия", "Asia/Almaty", "RU"),
        ("казахстан ", None, "KZ"),
        ("Белоруссия", None, "BY"),
        ("Kazakhstan", None, "KZ"),
        (None, "Asia/Almaty", "KZ"),
        ("Нарния", "Europe/Minsk", "BY"),
        ("", "Etc/GMT-3", None),
        (None, None, None),
        ("мир", None, None),
        ("РФ", None, "RU"),
        ("kz", None, "KZ"),
        ("Республика Узбекистан", "Europe/Moscow", "UZ"),
        ("Кыргызская Республика", "Europe/Moscow", "KG"),
        ("Україна", None, "UA"),
        ("Қазақстан", None, "KZ"),
        ("O'zbekiston", None, "UZ"),
        ("Беларусь ", None, "BY"),
        ("Russian Federation", None, "RU"),
        ("xx", "Asia/Almaty", "KZ"),
        (None, "Europe/Kiev", "UA"),
        (None, "Europe/Kyiv", "UA"),
        (None, "Asia/Calcutta", "IN"),
        (None, "Asia/Kolkata", "IN"),
        (None, "Asia/Saigon", "VN"),
        (None, "US/Pacific", "US"),
        (None, "Turkey", "TR"),
        (None, "Israel", "IL"),
        (None, "GB", "GB"),
        (None, "W-SU", "RU"),
        (None, "Asia/Qostanay", "KZ"),
        (None, "UTC", None),
        (None, "EST5EDT", None),
        (None, "EET", None),
        (None, "Нигде/Там", None),
    ],
)
def test_country_of(name: str | None, zone: str | None, country: str | None) -> None:
    assert country_of(name, zone) == country


def test_y10_every_zone_of_a_place_has_its_country() -> None:
    """By the list of zones that the salon's own zone is checked against, old names with their new ones."""
    nowhere = {zone for zone in available_timezones() if country_of(None, zone) is None}
    assert {zone for zone in nowhere if "/" in zone and not zone.startswith("Etc/")} <= {"Antarctica/Troll"}
