"""What clients' words mean. Whatever is in doubt is for a human."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.chat.intent import LONGEST_ANSWER, Intent, understand
from aiadmin.domain.messages.message import MessageKind

SAID = {
    Intent.YES: [
        *("1", "1.", " 1 ", "1️⃣", "+", "++", "да", "Да!", "ДА!!!", "дА", "дaa", "Дa", "ага", "ок", "OK", "oк", "Ок."),
        *("подтверждаю", "Подтверждаю!", "Подтвердить", "приду", "Приду, спасибо", "буду", "Да, буду вовремя"),
        *(
            "да, да",
            "1 да",
            "Здравствуйте, да",
            "Хорошо",
            "конечно",
            "👍",
            "👍🏻",
            "👌",
            "да 👍",
            "Придём",
            "смогу",
            "ждите",
        ),
        *("всё в силе", "yes", "Согласна", "Я приду завтра"),
    ],
    Intent.NO: [
        *("2", "2.", "2️⃣", "-", "нет", "Нет...", "НЕТ", "неет", "неа", "не", "отмена", "Отмените, пожалуйста"),
        *(
            "не смогу",
            "Не смогу прийти",
            "нет, не смогу",
            "не, не смогу",
            "не приду",
            "Я не приду",
            "не буду",
            "👎",
            "❌",
        ),
        *("не подтверждаю", "не получится", "Извините, не получается", "нeт", "no"),
    ],
    Intent.STOP: [
        "СТОП",
        "стоп",
        "Стоп!",
        "STOP",
        "CTOП",
        "отписаться",
        "Отпишите меня",
        "не пишите мне",
        "стоп рассылка",
    ],
    Intent.START: ["СТАРТ", "старт", "START", "CTAPT", "Подписаться."],
    Intent.UNCLEAR: [
        *(
            "а можно в 15:00?",
            "да?",
            "11",
            "12",
            "3",
            "1 или 2",
            "да нет",
            "да, но опоздаю",
            "не знаю",
            "Да ❌",
            "👍👎",
        ),
        *(
            "давайте в среду",
            "приду с подругой",
            "нет мест?",
            "сколько стоит",
            "стопку чая",
            "дай подумать",
            "перенесите",
        ),
        *("нетто", "Больше не приду, ужасный сервис", "x", "ок, только к другому мастеру"),
    ],
    Intent.NOTHING: ["", "  ", "Спасибо", "Спасибо!", "❤", "🙏", "Добрый день", "...", "😂"],
}


@pytest.mark.parametrize(("meaning", "text"), [(meaning, text) for meaning, texts in SAID.items() for text in texts])
def test_words(meaning: Intent, text: str) -> None:
    assert understand(text) is meaning


@pytest.mark.parametrize(
    ("emoji", "meaning"),
    [("👍", Intent.YES), ("👍🏿", Intent.YES), ("👎", Intent.NO), ("❤️", Intent.NOTHING), ("", Intent.NOTHING)],
)
def test_reactions(emoji: str, meaning: Intent) -> None:
    assert understand(emoji, MessageKind.REACTION) is meaning


def test_a_reaction_is_never_read_as_words() -> None:
    assert understand("1", MessageKind.REACTION) is Intent.NOTHING


@pytest.mark.parametrize("caption", [None, "да"])
def test_pictures_and_voice_are_for_a_human(caption: str | None) -> None:
    assert understand(caption, MessageKind.OTHER) is Intent.UNCLEAR


def test_a_story_is_for_a_human_whatever_it_begins_with() -> None:
    assert understand("да " * LONGEST_ANSWER) is Intent.UNCLEAR


@given(st.text(max_size=200), st.sampled_from(MessageKind))
def test_anything_may_be_said(text: str, kind: MessageKind) -> None:
    assert understand(text, kind) in Intent


@given(
    st.sampled_from([(meaning, text) for meaning in (Intent.YES, Intent.NO) for text in SAID[meaning]]),
    st.sampled_from(["", " ", "!", "...", " )", "\n"]),
)
def test_case_and_what_is_around_change_nothing(said: tuple[Intent, str], around: str) -> None:
    meaning, text = said
    for form in (text, text.upper(), text.capitalize()):
        assert understand(f"{around}{form}{around}") is meaning
