"""Every sentence for people, by the language that they read.

`ru` is whole: messages, pages, the API and the command line. Pages and the API are Russian and import it. What a
salon's clients and people read in WhatsApp is in the salon's language, which chooses `Texts`: another language is a
package beside `ru` with what `Texts` asks for, and a line of `_LANGUAGES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from aiadmin.domain.language import Language
from aiadmin.domain.notices.call import CallReason
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.en import calls as english_calls
from aiadmin.texts.en import formatting as english_formatting
from aiadmin.texts.en import notices as english_notices
from aiadmin.texts.ru import calls, formatting, notices


class NoticeTexts(Protocol):
    """What clients read of their visits; `templates` are read where a salon has no text of its own."""

    @property
    def templates(self) -> Mapping[NoticeKind, str]: ...
    @property
    def as_it_is(self) -> str: ...
    def say(self, kind: NoticeKind, own: str | None, facts: TemplateData, *, is_asked: bool = True) -> str: ...
    def fill(self, template: str, facts: TemplateData, *, is_asked: bool = True) -> str: ...
    def fill_list(self, kind: NoticeKind | None, visits: Sequence[TemplateData]) -> str: ...


class CallTexts(Protocol):
    """What a salon reads of clients whom no message reached."""

    def call(self, who: str, about: Sequence[CallReason]) -> str: ...
    def who(self, name: str | None, phone: str | None) -> str: ...


class Formatting(Protocol):
    """Times as a sentence has them."""

    def day_and_clock(self, local: datetime) -> str: ...


class Texts(NamedTuple):
    """What is written in one language to a salon's clients and people; mypy sees what a new one leaves out."""

    notices: NoticeTexts
    calls: CallTexts
    formatting: Formatting


_LANGUAGES: Mapping[Language, Texts] = {
    Language.RU: Texts(notices=notices.WORDING, calls=calls, formatting=formatting),
    Language.EN: Texts(notices=english_notices.WORDING, calls=english_calls, formatting=english_formatting),
}


def of(language: Language) -> Texts:
    """What is written in a language.

    >>> of(Language.RU).calls.who("Анна", None)
    'Анна'
    """
    return _LANGUAGES[language]
