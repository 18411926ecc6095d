"""What a judge takes for a yes: the same as the bot, and never a condition or a question that changes a visit."""

from __future__ import annotations

import pytest

from aiadmin.domain.replay.claims import is_yes


@pytest.mark.parametrize(
    "text",
    [
        "да, а парковка есть?",
        "Да. Где вы находитесь?",
        "хорошо, записывайте, можно картой оплатить?",
        "да, а чай дают?",
        "всё именно так",
        "так и есть",
        "всё так",
    ],
)
def test_a_yes_beside_a_question_that_changes_nothing_is_one(text: str) -> None:
    assert is_yes((text,))


@pytest.mark.parametrize(
    "text",
    [
        "да, а можно на 11?",
        "да, а можно к Ольге?",
        "да, если парковка есть",
        "да, а парковка есть? если нет, не поеду",
        "да? а парковка есть?",
        "а парковка есть?",
        "всё так же болит",
        "не надо, а парковка есть?",
        "да, а можно картой? и на 12?",
    ],
)
def test_a_condition_or_another_question_is_none(text: str) -> None:
    assert not is_yes((text,))
