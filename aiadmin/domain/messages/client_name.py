"""What a client may be called in a message: anybody can type anything for a name when they book online.

Such a text goes out from the salon's own number to the phone that was typed beside it.
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
        бабушка дедушка жена сестра брат
        не указано указан указана неизвестно неизвестен неизвестный неизвестная новый новая красоты удален удалить
        название первый черный да ок привет здравствуйте тест тестовый тестовая проверка дубль мама папа сын
        yangi noma lum номаълум жаңа белгісіз new first last no unknown none null nil undefined nan n a аты жоқ
        anonymous test demo deleted ok qwerty qwe asdf asd йцукен йцу фыва фыв ячс
        """,
    )
)
"""What stands where a name is asked for and none is known: a name of nothing but these, and desk words, is none."""
_DESK = frozenset(
    re.findall(
        r"\w+",
        """
        имя имени фамилия фамилии отчество фио аноним клиент клиента клиенту клиентка клиентки гость посетитель
        посетительница пользователь юзер покупатель абонент заказчик сайт сайта салон салона запись записи админ
        администратор номер номера телефон телефона данные данных мастер мастера мастеру сотрудник сотрудница
        менеджер директор владелец владелица управляющий управляющая коллега стажер стажерка модель парикмахер барбер
        визажист косметолог женщина женщины женский жен девушка мужчина мужчины мужской муж лет года парень ребенок
        ребенка дети детский детская соседка сосед подруга друг знакомая знакомый
        теща свекровь дочь дочка чс список забанен забанена
        заблокирован заблокирована долг долги долга должен должна должник должница штраф неявка неявки прогул
        прогульщица прогульщик опаздывает опоздание скандал скандалист скандалистка скандальный скандальная проблема
        проблемный проблемная проблемы конфликт конфликтный конфликтная вредный вредная неадекват неадекватная
        неадекватный хамка хамло дура дурак сука тварь пьяный пьяная алкаш истеричка истерит сложный сложная
        капризный капризная обманщица обманщик воровка мошенник мошенница недовольная недовольный жалоба возврат
        осторожно внимание важно бронь резерв окно окна занято занят занята отпуск уборка планерка собрание учеба
        обучение больничный перерыв обед обеда личное личный технический технологический выходной ожидание ожидания
        закрыто закрыт ремонт санобработка дезинфекция инвентаризация стажировка мероприятие корпоратив съемка
        фотосессия отгул отсутствует командировка звонить перезвонить позвонить звонок написать уточнить напомнить
        записать перезаписать перенести перенос отменить отмена подтвердить узнать спросить предупредить проверить
        звонила звонил маникюр педикюр стрижка стрижки стрижку окрашивание окраска укладка бритье брови бровей
        ресницы ресниц макияж массаж эпиляция депиляция шугаринг пилинг наращивание ногти комплекс консультация
        процедура коррекция ламинирование мелирование тонирование покрытие снятие прическа татуаж перманент солярий
        спа spa сеанс абонемент vip вип постоянный постоянная постоянник новенький новенькая первичный первичная
        повторный повторная скидка скидки скидкой депозит предоплата аванс оплачено оплатила подарок подарочный
        сертификат серт бесплатно yclients юклаентс гис дгис яндекс карты авито инста инстаграм инстаграмм ватсап
        вотсап телеграм телеграмм телега тг вайбер вк сарафан рекомендация рекомендации реклама гугл онлайн ип ооо
        клієнт кліент мижоз mijoz ismsiz келуші user client customer guest visitor name noname admin administrator
        manager master online instagram whatsapp telegram avito gis google facebook viber tg vk blacklist опоздала
        опоздал ненадежная ненадежный грубая грубый жирная спам spam block стоп show неизв утро вечер реснички бровки
        ноготки аллергия аллергик беременна беременная техперерыв замена подменить своя свои наша наш ваша врач
        """,
    )
)
"""What desks and programs write that is no name: a text with one of these is a note."""
_JOINING = re.compile(r"(?<!\w)(?:от|для|из|со?|на|до|после|без|или|не|по|про|за)\s")
"""Small words that a note is built with; with a capital they are Korean and Vietnamese names."""
_NOTED = re.compile(
    r"\s(?!(?:оглы|оглу|кызы|гызы|уулу|улы|ұлы|қызы|угли|ўғли|қизи|кизи|фон|ван|дер|дель|бин|бен|ибн|аль|мама|папа)\b)"
    r"[-–—]?\s*[а-яёәғқңөұүһіў]{3,}\b.*$"
)
"""A word without a capital behind a name that has one, and what follows: a desk's note of her."""
_NOTE_BEFORE = re.compile(
    r"(?!(?:мама|папа|бабушка|дедушка|т[её]тя|дядя|сестра|брат|ибн|аль|фон|ван)\b)[а-яёәғқңөұүһіў]{3,}\b"
)
"""The same before a name."""
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
"""Words that address a reader or offer something; no name holds one."""
_LINK = re.compile(r"(?:^|\W)(?:www|https?)(?:$|\W)", re.IGNORECASE)
_SHORTENED = re.compile(r"(?<![\w-])([^\W\d_]{1,2})\.(?=$|[\s,)]|[^\W\d_]\.)")
"""An initial or a title with its point: never before a word, for that would be the end of a link."""
_INITIAL_LAST = re.compile(r"(?:^|[\s.,(])[^\W\d_]\.$")
_SIGNS = frozenset(" '’‘`´(),&+·\"«»“”„")
_OF_NAMES = frozenset({"Pd", "So", "Sk", "Mn", "Mc", "Me", "Cf"})
"""Categories of dashes, of marks and vowels at letters, and of what emoji are made of."""
_AROUND = " !?,;:*_~-–—"
_ASIDE = re.compile(r"\s*\([^()]*\)(?!\w)|\s+\[[^\[\]]*\](?!\w)|\s*\([^()]*$|\s+\[[^\[\]]*$")
"""A note beside a name whose bracket is not closed."""
_NUMBERED = re.compile(r"(?<=\w)\s+№?\s*\d{1,2}$")
_BEGINNING = re.compile(r"(?:^|(?<=[\s.\-–—«\"“(&+])|(?<=[А-ЯЁа-яё]['’]))[^\W\d_]")
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'|«([^«»]*)»|[“„]([^“”„]*)[“”]|\(([^()]*)\)")


def greeting_name(given: str | None) -> str | None:
    """The name that a message may say, or None for what is no name: then the client is greeted without one.

    A name has two letters, or one that is a word, and no more than `LONGEST` signs, `MOST_WORDS` words and two
    digits; it holds no link, no address, no phone, nothing but what names are written with, is no filler and no note
    of a desk. What stands around it is taken off, and what is noted beside it in brackets; capitals alone, or none at
    all, become those of a name.

    >>> greeting_name(" «Анна-Мария»! "), greeting_name("ИВАНОВА А. С. (долг)"), greeting_name("Скандалистка")
    ('Анна-Мария', 'Иванова А. С.', None)
    """
    name = _bare(_NUMBERED.sub("", _bare(_ASIDE.sub("", _bare(" ".join((given or "").split()))))))
    if not _is_long_enough(name) or _speaks(name):
        return None
    is_note = _JOINING.search(name.lower() if name.isupper() else name) or _is_no_name(_words(name))
    if is_note or (_NOTE_BEFORE.match(name) and not name.islower()):
        return None
    bare = _bare(_NOTED.sub("", name)) if name[:1].isupper() else name
    return _written(name) if bare == name else greeting_name(bare)  # what is left may be no name by itself


def known_as(given: str | None) -> str | None:
    """What a salon's own people may read of a client: with what they have noted, and without a stranger's speech.

    >>> known_as("Анна  (долг)"), known_as("Ваш выигрыш: https://evil.example")
    ('Анна (долг)', None)
    """
    name = " ".join((given or "").split())
    return name if name and not _speaks(name) else None


def _speaks(name: str) -> bool:
    """Whether it is more than a name: long, or with a link, an address, a phone, or words that offer something."""
    if len(name) > LONGEST or len(name.split()) > MOST_WORDS:
        return True
    if sum(letter.isdigit() for letter in name) > _MOST_DIGITS or not all(map(_is_of_a_name, _shortened(name))):
        return True
    return _LINK.search(name) is not None or not _SPEECH.isdisjoint(_words(name))


def _shortened(name: str) -> str:
    """Without the points of what is shortened."""
    return _SHORTENED.sub(_without_point, name)


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


def _written(name: str) -> str:
    """With a capital where each word begins, where there are capitals alone or none."""
    if not (name.islower() or name.isupper()):
        return name
    lower = name.lower()
    written = _BEGINNING.sub(lambda found: found[0].title(), lower)
    return written if len(written) == len(name) else name


def _is_long_enough(name: str) -> bool:
    letters = [sign for sign in name if sign.isalpha()]
    return len(letters) >= _FEWEST_LETTERS or any(unicodedata.category(sign) == "Lo" for sign in letters)


def _without_point(shortened: re.Match[str]) -> str:
    return shortened[1] if shortened[1][0].isupper() else shortened[0]


def _words(name: str) -> list[str]:
    return re.sub(r"[\W\d_]+", " ", name).casefold().replace("ё", "е").split()


def _is_no_name(words: list[str]) -> bool:
    if not words or words[0] in _FILLER_STARTS:
        return True
    if not _DESK.isdisjoint(words):
        return True
    letters = "".join(words)
    is_one_key = letters != letters.upper() and len(set(letters)) == 1
    return is_one_key or _FILLERS.issuperset(words)


def _is_of_a_name(sign: str) -> bool:
    return sign.isalnum() or sign in _SIGNS or unicodedata.category(sign) in _OF_NAMES
