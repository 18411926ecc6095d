"""What of a chat is handled together, and who has spoken in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.chat.commands import AttachmentKind, Media
from aiadmin.domain.chat.transcript import (
    Speaker,
    Utterance,
    answered_by_human,
    human_spoke_at,
    in_order,
    next_part,
    repeats,
    takes_the_floor,
)
from aiadmin.domain.messages.message import MessageKind

AT = datetime(2026, 3, 12, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CLIENT, US, SALON = Speaker.CLIENT, Speaker.US, Speaker.SALON


def said(
    number: int, speaker: Speaker, text: str | None = "да", *, after: float | None = None, **more: Any
) -> Utterance:
    at = AT + (number if after is None else after) * SECOND
    waits = speaker is not US
    return Utterance(**{"speaker": speaker, "number": number, "at": at, "text": text, "waits": waits} | more)


def parts(*utterances: Utterance) -> list[list[int]]:
    """All parts, one after the other, as turns handle them."""
    left, found = in_order(utterances), []
    while part := next_part(left):
        found.append(list(part.numbers))
        left = [replace(one, waits=False) if one.number in part.numbers and one.waits else one for one in left]
    return found


def test_what_one_speaker_says_in_a_row_is_one_part() -> None:
    assert parts(said(1, CLIENT), said(2, CLIENT), said(3, CLIENT)) == [[1, 2, 3]]


@pytest.mark.parametrize("other", [US, SALON])
def test_what_another_says_in_between_parts_it(other: Speaker) -> None:
    between = said(2, other, waits=False)
    assert parts(said(1, CLIENT), between, said(3, CLIENT)) == [[1], [3]]


def test_a_reaction_of_another_in_between_does_not() -> None:
    heart = said(2, SALON, "❤", kind=MessageKind.REACTION, waits=False)
    assert parts(said(1, CLIENT), heart, said(3, CLIENT)) == [[1, 3]]


def test_reactions_changes_and_other_quotes_are_parts_of_their_own() -> None:
    assert parts(
        said(1, CLIENT, quoted_id="A"),
        said(2, CLIENT),
        said(3, CLIENT, quoted_id="B"),
        said(4, CLIENT, "👍", kind=MessageKind.REACTION, quoted_id="B"),
        said(5, CLIENT, was_handled=True),
        said(6, CLIENT),
        said(7, CLIENT, None, is_withdrawn=True),
    ) == [[1, 2], [3], [4], [5], [6], [7]]


def test_what_came_in_the_second_of_our_message_does_not_answer_it() -> None:
    ours = said(9, US, after=5)
    [first, *_] = [next_part(in_order([said(1, CLIENT, after=4), ours, said(2, CLIENT, after=5)]))]
    assert first is not None
    assert list(first.numbers) == [1, 2]


@given(st.lists(st.tuples(st.sampled_from(Speaker), st.integers(0, 9), st.booleans()), max_size=12))
def test_each_of_what_waits_is_in_one_part_and_parts_are_in_order(drawn: list[tuple[Speaker, int, bool]]) -> None:
    utterances = [said(n, who, after=at, waits=waits and who is not US) for n, (who, at, waits) in enumerate(drawn)]
    found = [number for part in parts(*utterances) for number in part]
    waiting = [one.number for one in in_order(utterances) if one.waits]
    assert found == waiting


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"kind": MessageKind.OTHER, "text": None, "media": "audio"}, True),
        ({"kind": MessageKind.OTHER, "text": None, "media": "sticker"}, True),
        ({"kind": MessageKind.REACTION}, False),
        ({"text": " "}, False),
        ({"is_withdrawn": True, "text": None}, False),
        ({"kind": MessageKind.OTHER, "text": None, "media": "edited"}, False),
    ],
)
def test_w5_only_what_a_person_writes_takes_the_floor(facts: dict[str, Any], expected: bool) -> None:
    one = said(1, SALON, **{"text": "Анна, добрый день!"} | facts)
    assert takes_the_floor(one, [one], chats_alike=1) is expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ([], True),
        ([said(1, US, after=-5)], False),
        ([said(1, US, after=-6)], True),
        ([said(1, CLIENT, after=-5)], False),
        ([said(1, CLIENT, after=-3000), said(2, CLIENT, after=-5)], True),
        ([said(1, CLIENT, after=-3605), said(2, CLIENT, after=-5)], False),
        ([said(1, US, after=1)], True),
    ],
)
def test_w6_what_nobody_can_type_so_quickly_is_a_machines(before: list[Utterance], expected: bool) -> None:
    one = said(9, SALON, "Здравствуйте! Мы скоро ответим.", after=0)
    assert takes_the_floor(one, in_order([*before, one]), chats_alike=1) is expected


@pytest.mark.parametrize(("alike", "expected"), [(1, True), (2, True), (3, False), (300, False)])
def test_w6_a_mailing_is_no_talk(alike: int, expected: bool) -> None:
    one = said(1, SALON, "Скидки!")
    assert takes_the_floor(one, [one], chats_alike=alike) is expected


def test_who_spoke_last() -> None:
    talk = in_order([said(1, CLIENT), said(200, SALON, "Анна?"), said(300, CLIENT)])
    assert human_spoke_at(talk, before=AT + 300 * SECOND) == AT + 200 * SECOND
    assert human_spoke_at(talk, before=AT + 100 * SECOND) is None
    part = next_part(talk)
    assert part is not None
    assert answered_by_human(part, talk)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["да"], 0), (["да", "да"], 1), (["да", "Да ", "ДА"], 2), (["да", "нет", "да"], 0), (["?", "да"], 0)],
)
def test_how_often_the_same_was_said_before(texts: list[str], expected: int) -> None:
    *before, last = [said(n, CLIENT, words, waits=n == len(texts) - 1) for n, words in enumerate(texts)]
    part = next_part([last])
    assert part is not None
    assert repeats(part, [*before, last]) == expected


def test_the_same_words_in_one_burst_are_repeats_too() -> None:
    part = next_part([said(1, CLIENT), said(2, CLIENT), said(3, CLIENT)])
    assert part is not None
    assert repeats(part, list(part.utterances)) == 2


def test_a_picture_is_read_with_its_caption() -> None:
    picture = said(1, CLIENT, "хочу так", kind=MessageKind.OTHER, media="image")
    voice = said(2, CLIENT, None, kind=MessageKind.OTHER, media="audio", seconds=42)
    part = next_part([picture, voice])
    assert part is not None
    assert part.burst.parts == (
        "хочу так",
        Media(kind=AttachmentKind.PHOTO),
        Media(kind=AttachmentKind.VOICE, seconds=42),
    )
