"""A wish of several persons is lines: what each is to have, and with whom."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import SELF, Guest, NamedService, NamedStaff
from aiadmin.domain.chat.dialogue import Dialogue, GuestWish
from aiadmin.domain.chat.guest_lines import has_lines, with_lines
from aiadmin.domain.chat.lines import SOMEBODY
from aiadmin.domain.chat.reading import read
from tests.support.reading import context_of

SERVICES = [
    ("мне женскую стрижку, дочке 6 лет маникюр без покрытия", {SELF: (101,), "дочь": (202,)}),
    ("мне стрижку, ей маникюр без покрытия завтра", {SELF: (101, 102, 104), SOMEBODY: (202,)}),
    ("мне педикюр, мужу мужскую стрижку в субботу", {SELF: (204,), "муж": (102,)}),
    ("мы с дочкой, ей детскую стрижку, мне женскую", {SELF: (101,), "дочь": (103,)}),
    ("мужу стрижку и мне педикюр", {"муж": (102,), SELF: (204,)}),
    ("женскую стрижку мне а сыну детскую", {SELF: (101,), "сын": (103,)}),
    ("мужа к кириллу на стрижку меня к юле на маникюр с покрытием", {"муж": (102,), SELF: (201,)}),
    ("маме педикюр, сыну детскую стрижку", {"мама": (204,), "сын": (103,)}),
]
TOGETHER = [
    "запишите меня и маму на педикюр",
    "мне педикюр в субботу",
    "мужу стрижку в субботу",
    "муж приведёт сына на детскую стрижку",
    "мне и дочке педикюр на завтра",
    "сколько стоит мне стрижка и мужу педикюр?",
    "мне маникюр и педикюр, муж подождёт",
]


@pytest.mark.parametrize(("text", "whose"), SERVICES)
def test_each_service_is_of_the_person_who_is_named_with_it(text: str, whose: dict[str, tuple[int, ...]]) -> None:
    found = read(Burst((text,)), context_of("lavanda"))

    assert {one.whom: one.ids for one in found if isinstance(one, NamedService)} == whose
    assert all(one.is_beside for one in found if isinstance(one, Guest) and one.who) == (SELF in whose)


@pytest.mark.parametrize("text", TOGETHER)
def test_what_is_of_one_person_or_of_all_is_no_line(text: str) -> None:
    found = read(Burst((text,)), context_of("lavanda"))

    assert not [one for one in found if isinstance(one, (NamedService, NamedStaff)) and one.whom]


def test_each_goes_to_the_master_who_is_named_with_them() -> None:
    found = read(Burst(("сын к Кириллу, я к Анне на стрижку в субботу",)), context_of("lavanda"))

    assert {one.whom: one.ids for one in found if isinstance(one, NamedStaff)} == {"сын": (3,), SELF: (1,)}


def test_guests_keep_what_is_theirs_and_the_client_the_rest() -> None:
    lines = [NamedService(ids=(1,), whom=SELF), NamedService(ids=(2,), whom="сын"), NamedStaff(ids=(9,), whom="сын")]

    dialogue = with_lines(Dialogue(guests=(GuestWish(who="сын", is_child=True),)), lines)

    assert dialogue.guests == (GuestWish(who="сын", is_child=True, services=(2,), staff=(9,)),)
    assert dialogue.guest_count == len({SELF, "сын"})
    assert has_lines(dialogue)
    assert with_lines(dialogue, [NamedService(ids=(3,))]) == dialogue
