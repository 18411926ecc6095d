"""The answer to settings that are not what they must be: a sentence for each that is wrong."""

from __future__ import annotations

from flask import Response

from aiadmin.domain.settings import SettingsInvalidError
from aiadmin.texts.ru import notices as notice_texts
from aiadmin.web.http.errors import ANSWERS, respond


def settings_refused(error: SettingsInvalidError) -> Response:
    """For a blueprint's `register_error_handler`."""
    return respond(ANSWERS[SettingsInvalidError], more={"fields": dict(notice_texts.setting_flaws(error))})
