"""The management page's settings: which messages are sent, when, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint, Response

from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.template import TemplateError
from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.services.notices.settings import MessageSettingsService, NoticeText
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.texts.ru import notices as notice_texts
from aiadmin.web.http import schemas
from aiadmin.web.http.errors import ANSWERS, respond
from aiadmin.web.http.json_body import read_object
from aiadmin.web.http.request_context import company, current_container
from aiadmin.web.manage import message_settings_schemas
from aiadmin.web.manage.refused_settings import settings_refused
from aiadmin.web.manage.schemas import Ordered
from aiadmin.web.openapi.operation import Operation, documented

blueprint = Blueprint("message_settings", __name__)
blueprint.register_error_handler(SettingsInvalidError, settings_refused)


@blueprint.get("/marketplace/manage/settings")
@documented(Operation(summary="Настройки и тексты сообщений", answers={200: message_settings_schemas.Settings}))
def show() -> dict[str, object]:
    """What the salon has set, every text with an example, and what texts may use."""
    owner, service = company(), _service()
    return schemas.dump(
        message_settings_schemas.Settings,
        settings=service.settings(owner.company_id).to_json(),
        texts=[_text(one) for one in service.texts(owner)],
        variables=notice_texts.VARIABLE_MEANINGS,
    )


@blueprint.post("/marketplace/manage/settings")
@documented(
    Operation(
        summary="Изменить настройки сообщений",
        answers={200: message_settings_schemas.SavedSettings},
        body=message_settings_schemas.Change,
        errors=(422,),
    )
)
def change() -> dict[str, object]:
    """Only what is sent is changed; nothing, where one of it is wrong."""
    asked = schemas.load(message_settings_schemas.Change, read_object())
    settings: MessageSettings = _service().set(company().company_id, asked["settings"])
    return schemas.dump(
        message_settings_schemas.SavedSettings, settings=settings.to_json(), text=texts_manage.DONE["saved"]
    )


@blueprint.post("/marketplace/manage/text")
@documented(
    Operation(
        summary="Изменить текст или вернуть наш",
        answers={200: message_settings_schemas.Text},
        body=message_settings_schemas.NewText,
        errors=(422,),
    )
)
def change_text() -> dict[str, object]:
    """`template: null` goes back to our text."""
    asked = schemas.load(message_settings_schemas.NewText, read_object())
    return schemas.dump(message_settings_schemas.Text, **_text(_service().set_text(company(), **asked)))


@blueprint.post("/marketplace/manage/text/preview")
@documented(
    Operation(
        summary="Показать, как будет выглядеть текст",
        answers={200: message_settings_schemas.Preview},
        body=message_settings_schemas.Draft,
        errors=(422,),
    )
)
def preview() -> dict[str, object]:
    """The text with an invented booking; nothing is kept."""
    asked = schemas.load(message_settings_schemas.Draft, read_object())
    seen = _service().preview(company(), **asked)
    return schemas.dump(message_settings_schemas.Preview, preview=seen.text, preview_confirmed=seen.confirmed)


@blueprint.post("/marketplace/manage/text/trial")
@documented(
    Operation(
        summary="Отправить текст себе", answers={202: Ordered}, body=message_settings_schemas.Trial, errors=(422,)
    )
)
def try_out() -> tuple[dict[str, object], int]:
    """To a phone of the salon's people, at most twenty times a day."""
    asked = schemas.load(message_settings_schemas.Trial, read_object())
    _service().try_out(company(), **asked)
    return schemas.dump(Ordered, text=texts_manage.DONE["trial"]), HTTPStatus.ACCEPTED


@blueprint.errorhandler(TemplateError)
def text_refused(error: TemplateError) -> Response:
    """What is wrong with the text, and where."""
    flaw = notice_texts.template_flaw(error)
    return respond(ANSWERS[TemplateError], more={"position": error.position, "flaw": flaw})


def _service() -> MessageSettingsService:
    return MessageSettingsService(uow=current_container().uow, clock=current_container().clock)


def _text(one: NoticeText) -> Mapping[str, object]:
    return {
        "kind": one.kind,
        "title": texts_manage.PURPOSES[one.kind],
        "template": one.template,
        "is_own": one.is_own,
        "preview": one.preview.text,
        "preview_confirmed": one.preview.confirmed,
    }
