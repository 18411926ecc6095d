"""What a client may be called in a message: anybody can type anything for a name when they book online.

Such a text goes out from the salon's own number to whoever has the phone that was typed beside it.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
MOST_WORDS = 4
_MOST_DIGITS = 2
"""More are a phone, a card, a code or a sum."""
_FEWEST_LETTERS = 2
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """
        имя фамилия отчество фио не указано указан указана неизвестно неизвестен неизвестный неизвестная аноним
        клиент клиентка гость посетитель посетительница пользователь юзер покупатель абонент заказчик новый новая
        сайт сайта салон салона красоты запись онлайн бронь резерв администратор админ номер телефон данных
        тест тестовый тестовая проверка черный список чс дубль удален удалить обед перерыв выходной технический
        сертификат подарочный название первый модель звонок инстаграм ватсап телеграм вк авито яндекс
        привет здравствуйте да ок клієнт кліент мижоз mijoz yangi ismsiz noma lum номаълум келуші жаңа белгісіз
        user client customer guest visitor new first last name noname no unknown none null nil undefined nan n a
        anonymous anonim admin test demo deleted online instagram whatsapp telegram avito gis ok
        аты жоқ qwerty qwe asdf asd йцукен йцу фыва фыв ячс
        """,
    )
)
"""What desks and programs write where a name is asked for and none is known: a name of nothing but these is none."""
_FILLER_STARTS = frozenset({"без", "не", "нет"})
_SPEECH = frozenset(
    re.findall(
        r"\w+",
        """
        ваш ваша ваше ваши вашего вашу вам вас вы наш мы your сіздің сізге sizning сизнинг сиз
        код кода code пароль password выигрыш выиграли приз акция скидка бонус кредит казино casino ставки
        позвоните перезвоните
        """,
    )
)
"""Words that speak to somebody or offer something; no name holds one."""
_LINK = re.compile(r"(?:^|\W)(?:www|https?)(?:$|\W)", re.IGNORECASE)
_SHORTENED = re.compile(r"(?<![\w-])([^\W\d_]{1,2})\.(?=$|[\s,)]|[^\W\d_]\.)")
"""An initial or a title with its point: never before a word, for that would be the end of a link."""
_INITIAL_LAST = re.compile(r"(?:^|[\s.,(])[^\W\d_]\.$")
_SIGNS = frozenset(" '’‘`´(),&+·\"«»“”„")
_OF_NAMES = frozenset({"Pd", "So", "Sk", "Mn", "Mc", "Me", "Cf"})
"""Categories of dashes, of marks and vowels at letters, and of what emoji are made of."""
_AROUND = " !?,;:*_~-–—"
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'|«([^«»]*)»|[“„]([^“”„]*)[“”]|\(([^()]*)\)")


def greeting_name(given: str | None) -> str | None:
    """The name that a message may say, or None for what is no name: then the client is greeted without one.

    A name has two letters, or one that is a word, and no more than `LONGEST` signs, `MOST_WORDS` words and two
    digits; it holds no link, no address, no phone, nothing but what names are written with, and is no filler. What
    stands around it is taken off.

    >>> greeting_name(" «Анна-Мария»! "), greeting_name("Иванова А. С."), greeting_name("Зайди t.me/bot")
    ('Анна-Мария', 'Иванова А. С.', None)
    """
    name = _bare(" ".join((given or "").split()))
    if not _is_long_enough(name) or len(name) > LONGEST or len(name.split()) > MOST_WORDS:
        return None
    if sum(letter.isdigit() for letter in name) > _MOST_DIGITS:
        return None
    if not all(map(_is_of_a_name, _SHORTENED.sub(_without_point, name))):
        return None
    return None if _LINK.search(name) or _is_no_name(_words(name)) else name


def _bare(name: str) -> str:
    """Without the signs around it, but for the point of an initial."""
    stripped = ""
    while name != stripped:
        stripped = name
        name = name.strip(_AROUND).lstrip(".…").rstrip("…")
        if not _INITIAL_LAST.search(name):
            name = name.rstrip(".")
        whole = _QUOTED.fullmatch(name)
        name = next((inner for inner in whole.groups() if inner is not None), "") if whole else name
    return name


def _is_long_enough(name: str) -> bool:
    letters = [sign for sign in name if sign.isalpha()]
    return len(letters) >= _FEWEST_LETTERS or any(unicodedata.category(sign) == "Lo" for sign in letters)


def _without_point(shortened: re.Match[str]) -> str:
    return shortened[1] if shortened[1][0].isupper() else shortened[0]


def _words(name: str) -> list[str]:
    return re.sub(r"[\W\d_]+", " ", name).casefold().replace("ё", "е").split()


def _is_no_name(words: list[str]) -> bool:
    if not words or words[0] in _FILLER_STARTS or not _SPEECH.isdisjoint(words):
        return True
    letters = "".join(words)
    is_one_key = letters != letters.upper() and len(set(letters)) == 1
    return is_one_key or _FILLERS.issuperset(words)


def _is_of_a_name(sign: str) -> bool:
    return sign.isalnum() or sign in _SIGNS or unicodedata.category(sign) in _OF_NAMES
