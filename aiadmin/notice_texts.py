"""The part of the catalogue of texts that is about notices: what salons set, and what their clients read."""

from __future__ import annotations

from collections.abc import Mapping

from aiadmin.domain.message_settings import SettingsInvalidError

SETTING_FLAWS: Mapping[str, str] = {
    "switch": "Нужно «да» или «нет» (true или false).",
    "clock": "Нужно время от 00:00 до 23:59, например 18:00.",
    "range": "Нужно целое число от {least} до {most}.",
    "link": "Нужна ссылка, которая начинается с https://, не длиннее 200 символов.",
    "quiet": "Это время попадает в тихие часы: выберите другое или измените тихие часы.",
    "unknown": "Такой настройки нет.",
}
"""What is wrong with one setting; `Flaw.code` says which."""


def setting_flaws(error: SettingsInvalidError) -> Mapping[str, str]:
    """A sentence for each setting that is wrong."""
    return {
        name: SETTING_FLAWS[flaw.code].format(least=flaw.least, most=flaw.most) for name, flaw in error.flaws.items()
    }
