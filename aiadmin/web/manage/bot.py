"""The bot of a salon: what its owner sets, and a chat to try it out in, where nothing is written and nothing sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING

from flask import Blueprint, request

from aiadmin.container import load_bot
from aiadmin.domain.chat import bot_settings
from aiadmin.domain.chat.floor import Holder
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.ids import ContactId
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.services.chat.bot_settings import BotSwitches
from aiadmin.services.chat.dialogues import CHATS
from aiadmin.services.manage.overview import OWNER
from aiadmin.storage.chat.dialogues import SeenTurn, TalkedChat
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.web.http import schemas
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, key_limits
from aiadmin.web.manage import bot_schemas
from aiadmin.web.manage.refused_settings import settings_refused
from aiadmin.web.openapi.operation import Operation, documented

if TYPE_CHECKING:
    from aiadmin.services.chat.try_out import TriedTurn

blueprint = Blueprint("bot", __name__)
blueprint.register_error_handler(SettingsInvalidError, settings_refused)


@blueprint.get("/marketplace/manage/bot/settings")
@documented(Operation(summary="Настройки бота", answers={200: bot_schemas.Bot}))
def show() -> dict[str, object]:
    """What the salon has set, and whom of its staff clients are offered."""
    return _bot(current_container().bot_settings.get(company().company_id))


@blueprint.post("/marketplace/manage/bot/settings")
@documented(
    Operation(
        summary="Изменить настройки бота", answers={200: bot_schemas.Bot}, body=bot_schemas.BotChange, errors=(422,)
    )
)
def change() -> dict[str, object]:
    """Only what is sent is changed; nothing, where one of it is wrong."""
    asked = schemas.load(bot_schemas.BotChange, read_object())
    set_ = current_container().bot_settings.set(company().company_id, asked["settings"], actor=OWNER)
    return _bot(set_, said=bot_texts.SAVED)


@blueprint.post("/marketplace/manage/bot/try")
@documented(
    Operation(
        summary="Написать боту для пробы",
        answers={200: bot_schemas.Answer},
        body=bot_schemas.Said,
        errors=(422, 429),
    )
)
def try_out() -> dict[str, object]:
    """The answer of the bot from the live journal, and why; a try-out is kept for an hour."""
    asked = schemas.load(bot_schemas.Said, read_object())
    owner, container = company().company_id, current_container()
    key_limits().count_try_out(owner)
    with _loading:
        _load_bot()
    chat = container.try_outs.load(owner, asked["chat"])
    turn, chat = container.try_out.say(owner, chat, asked["words"], phone=asked["phone"])
    container.try_outs.save(owner, asked["chat"], chat)
    return schemas.dump(
        bot_schemas.Answer,
        text=turn.text,
        to_salon=turn.to_salon,
        agreed=bot_texts.operation(turn.agreed),
        why=_why(turn, turn.situation.salon),
    )


@blueprint.get("/marketplace/manage/bot/chats")
@documented(
    Operation(
        summary="Разговоры бота, новое сверху",
        answers={200: bot_schemas.Talks},
        query={"before": "Продолжение: из ответа"},
        errors=(400,),
    )
)
def chats() -> dict[str, object]:
    """Twenty chats; the phones are whole, for the reader is the salon itself."""
    asked = schemas.load(bot_schemas.ChatsQuery, request.args)
    found = current_container().dialogues.chats(company().company_id, before=asked["before"])
    return schemas.dump(
        bot_schemas.Talks,
        chats=[_talked(one) for one in found],
        before=found[-1].turn_id if len(found) == CHATS else None,
    )


@blueprint.get("/marketplace/manage/bot/chats/<id:contact_id>")
@documented(Operation(summary="Один разговор бота, с причинами", answers={200: bot_schemas.Turns}))
def turns(contact_id: int) -> dict[str, object]:
    """The last turns of a chat of this salon; none of another's."""
    owner, container = company().company_id, current_container()
    with container.uow() as work:
        salon = container.salon_views.read(work, owner).view
    found = container.dialogues.turns(owner, ContactId(contact_id))
    return schemas.dump(bot_schemas.Turns, turns=[_turn(one, salon) for one in found])


@blueprint.post("/marketplace/manage/bot/floor")
@documented(
    Operation(
        summary="Забрать разговор у бота или вернуть ему",
        answers={200: bot_schemas.FloorNow},
        body=bot_schemas.GivenFloor,
        errors=(404,),
    )
)
def give_floor() -> dict[str, object]:
    """A human has a chat for two hours; the bot has it until a human writes there."""
    asked = schemas.load(bot_schemas.GivenFloor, read_object())
    contact_id = ContactId(asked["contact_id"])
    floor = current_container().dialogues.give_floor(company().company_id, contact_id, to_human=asked["to_human"])
    is_human = floor.holder is Holder.HUMAN
    said = bot_texts.TAKEN if is_human else bot_texts.GIVEN_BACK
    return schemas.dump(bot_schemas.FloorNow, is_human=is_human, until=floor.until, text=said)


_loading = Lock()


@cache
def _load_bot() -> None:
    """Most web processes see no try-out, and are spared what it takes; with the first one others have their turns."""
    load_bot(pause=partial(time.sleep, 0))


def _bot(bot: BotSwitches, *, said: str | None = None) -> dict[str, object]:
    return schemas.dump(
        bot_schemas.Bot,
        settings=bot_settings.to_json(bot.settings),
        staff=bot.staff,
        is_allowed=bot.is_allowed,
        usable=sorted(bot.usable),
        text=said,
    )


def _talked(one: TalkedChat) -> Mapping[str, object]:
    return {
        "contact_id": one.contact_id,
        "name": one.name,
        "phone": one.phone,
        "at": one.at,
        "said": one.said,
        "verdict": bot_texts.VERDICTS[one.verdict],
        "is_human": one.floor.holder is Holder.HUMAN,
        "until": one.floor.until,
    }


def _turn(one: SeenTurn, salon: SalonView) -> Mapping[str, object]:
    return {
        "at": one.at,
        "heard": one.heard,
        "reply": one.reply,
        "verdict": bot_texts.VERDICTS[one.verdict],
        "why": {
            "understood": bot_texts.understood(one.commands, salon),
            "looked_up": bot_texts.asked(one.needs, salon),
            "decided": bot_texts.decision(one.act, one.asks, one.hand_over),
        },
    }


def _why(turn: TriedTurn, salon: SalonView) -> Mapping[str, object]:
    return {
        "understood": bot_texts.understood(turn.commands, salon),
        "looked_up": bot_texts.looked_up(turn.needs, turn.found, salon),
        "decided": bot_texts.decided(turn.reply),
    }
