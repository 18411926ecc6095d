"""Every sentence for people, by the language that they read.

`ru` is whole: messages, pages, the API and the command line. Pages and the API are Russian and import it. What a
salon's clients and people read in WhatsApp is in the salon's language, which chooses `Texts`: another language is a
package beside `ru` with what `Texts` asks for, and a line of `_LANGUAGES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from aiadmin.domain.language import Language

if TYPE_CHECKING:
    from aiadmin.domain.notices.call import CallReason
    from aiadmin.domain.notices.notice import NoticeKind
    from aiadmin.domain.notices.template import TemplateData


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


def _russian() -> Texts:
    from aiadmin.texts.ru import calls, formatting, notices

    return Texts(notices=notices.WORDING, calls=calls, formatting=formatting)


def _english() -> Texts:
    from aiadmin.texts.en import calls, formatting, notices

    return Texts(notices=notices.WORDING, calls=calls, formatting=formatting)


_LANGUAGES: Mapping[Language, Callable[[], Texts]] = {Language.RU: _russian, Language.EN: _english}
"""Imported when one is asked for: pages and commands read other texts."""


@cache
def of(language: Language) -> Texts:
    """What is written in a language.

    >>> of(Language.RU).calls.who("Анна", None)
    'Анна'
    """
    return _LANGUAGES[language]()
