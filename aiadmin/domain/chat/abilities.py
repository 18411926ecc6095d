"""What the bot may do in a salon: what its owner lets it do, as far as YClients lets our application."""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.domain.chat.bot_settings import Ability, BotMode, BotSettings
from aiadmin.domain.companies.rights import Right, is_given

RIGHTS: Mapping[Ability, Right] = {
    Ability.BOOK: Right.BOOK,
    Ability.MOVE: Right.MOVE,
    Ability.CANCEL: Right.CANCEL,
}
"""Without the right the ability is off, whatever the owner has set; answering needs none."""


def usable(settings: BotSettings, missing: frozenset[Right] | None) -> frozenset[Ability]:
    """The abilities that the owner has switched on and that work.

    Args:
        missing: the rights that the salon withholds; None where nobody could find out, and then nothing is off.

    >>> sorted(usable(BotSettings(), frozenset({Right.MOVE})))
    [<Ability.ANSWER: 'answer'>, <Ability.BOOK: 'book'>, <Ability.CANCEL: 'cancel'>]
    >>> usable(BotSettings(), None) == frozenset(Ability)
    True
    """
    return settings.abilities - {one for one, right in RIGHTS.items() if is_given(right, missing) is False}


def may_answer(settings: BotSettings, *, is_allowed: bool) -> bool:
    """Whether there is anybody whom the bot answers.

    Args:
        is_allowed: the master switch, `companies.ai_enabled`.
    """
    if not is_allowed or settings.mode is BotMode.OFF:
        return False
    return settings.mode is not BotMode.TEST or bool(settings.test_phones)
