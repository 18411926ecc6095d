"""The bot of a salon: what its owner sets, and a chat to try it out in, where nothing is written and nothing sent."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response

from aiadmin.domain.chat import bot_settings
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.services.chat.bot_settings import BotSwitches
from aiadmin.services.chat.try_out import TriedTurn
from aiadmin.services.manage.overview import OWNER
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import notices as notice_texts
from aiadmin.web.http import schemas
from aiadmin.web.http.errors import ANSWERS, respond
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container, key_limits
from aiadmin.web.manage import bot_schemas
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("bot", __name__)


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
    asked = bot_schemas.BotChange().load(read_object())
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
    asked = bot_schemas.Said().load(read_object())
    owner, container = company().company_id, current_container()
    key_limits().count_try_out(owner)
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


@blueprint.errorhandler(SettingsInvalidError)
def settings_refused(error: SettingsInvalidError) -> Response:
    """A sentence for each setting that is wrong."""
    return respond(ANSWERS[SettingsInvalidError], more={"fields": dict(notice_texts.setting_flaws(error))})


def _bot(bot: BotSwitches, *, said: str | None = None) -> dict[str, object]:
    return schemas.dump(
        bot_schemas.Bot,
        settings=bot_settings.to_json(bot.settings),
        staff=bot.staff,
        is_allowed=bot.is_allowed,
        usable=sorted(bot.usable),
        text=said,
    )


def _why(turn: TriedTurn, salon: SalonView) -> Mapping[str, object]:
    return {
        "understood": bot_texts.understood(turn.commands, salon),
        "looked_up": bot_texts.looked_up(turn.needs, turn.found, salon),
        "decided": bot_texts.decided(turn.reply),
    }
