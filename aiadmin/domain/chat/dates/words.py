"""The words of days and times in every form that clients write, as data: what a word may be, and the words.

Declensions are spelt out, because the words are few and closed: a morphology would know a million others, and read
"Динаре" as money and "Майя" as May. Slang, short forms and the Ukrainian neighbours stand beside their words.

A line is kinds, a colon, and words. A kind has the value behind its `=`, else 1. `сред+а,ы,у` is a word with each of
these endings. A word that stands in several lines may be each of these things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_WORDS = """
# --- numbers: NUM; UNITS and TENS make up one of several words
NUM=1 UNITS=1: один одна одно одну одного одному
NUM=2 UNITS=2: два две двух двум двумя дві
NUM=3 UNITS=3: три трех трем тремя тре трьох
NUM=4 UNITS=4: четыре четырех четырем четырьмя чотири
NUM=5 UNITS=5: пят+ь,и,ью
NUM=6 UNITS=6: шест+ь,и
NUM=7 UNITS=7: сем+ь,и
NUM=8 UNITS=8: восем+ь,и восьми восьмью
NUM=9 UNITS=9: девят+ь,и
NUM=10: десят+ь,и,ью
NUM=11: одиннадцат+ь,и,ью
NUM=12: двенадцат+ь,и,ью двенадцат+ь,и,ью
NUM=13: тринадцат+ь,и,ью
NUM=14: четырнадцат+ь,и,ью
NUM=15: пятнадцат+ь,и,ью
NUM=16: шестнадцат+ь,и,ью
NUM=17: семнадцат+ь,и,ью
NUM=18: восемнадцат+ь,и,ью
NUM=19: девятнадцат+ь,и,ью
NUM=20 TENS=20: двадцат+ь,и,ью
NUM=30 TENS=30: тридцат+ь,и,ью
NUM=40 TENS=40: сорок сорока
NUM=50 TENS=50: пятьдесят пятидесяти
ZERO=0: ноль нуль нулей
FEW=2: пар+у,а,ы парочку
SOME=3: несколько
ONE_AND_HALF=1.5: полтор+а,ы полутора
# Ukrainian hours: о п'ятій
NUM=3: третій
NUM=4: четвертій
NUM=5: пятій
NUM=6: шостій
NUM=7: сьомій
NUM=8: восьмій
NUM=9: девятій
NUM=10: десятій
# --- halves and quarters of an hour: half of the first is 12:30
HALF_OF=1: полпервого полупервого
HALF_OF=2: полвторого полувторого палвторого
HALF_OF=3: полтретьего полтретего полутретьего
HALF_OF=4: полчетвертого
HALF_OF=5: полпятого
HALF_OF=6: полшестого
HALF_OF=7: полседьмого
HALF_OF=8: полвосьмого
HALF_OF=9: полдевятого
HALF_OF=10: полдесятого
HALF_OF=11: полодиннадцатого
HALF_OF=12: полдвенадцатого
HALF=30: пол половин+а,е,у,ы,ой половинке
QUARTER=15: четверт+ь,и
NOON=12: полдень полудн+я,ю,ем
# --- months: the genitive stands behind a day, the locative behind "в"
MONTH=1 MONTHG=1: января янв січня
MONTH=2 MONTHG=2: февраля фев февр лютого
MONTH=3 MONTHG=3: марта мар березня
MONTH=4 MONTHG=4: апреля апр квітня
MONTH=5 MONTHG=5: мая травня
MONTH=6 MONTHG=6: июня июн червня
MONTH=7 MONTHG=7: июля июл липня
MONTH=8 MONTHG=8: августа авг серпня
MONTH=9 MONTHG=9: сентября сен сент вересня
MONTH=10 MONTHG=10: октября окт жовтня
MONTH=11 MONTHG=11: ноября ноя нояб листопада
MONTH=12 MONTHG=12: декабря дек грудня
MONTH=1 MONTHN=1: январь
MONTH=2 MONTHN=2: февраль
MONTH=3 MONTHN=3: март
MONTH=4 MONTHN=4: апрель
MONTH=5 MONTHN=5: май
MONTH=6 MONTHN=6: июнь
MONTH=7 MONTHN=7: июль
MONTH=8 MONTHN=8: август
MONTH=9 MONTHN=9: сентябрь
MONTH=10 MONTHN=10: октябрь
MONTH=11 MONTHN=11: ноябрь
MONTH=12 MONTHN=12: декабрь
MONTHP=1: январе
MONTHP=2: феврале
MONTHP=3: марте
MONTHP=4: апреле
MONTHP=5: мае
MONTHP=6: июне
MONTHP=7: июле
MONTHP=8: августе
MONTHP=9: сентябре
MONTHP=10: октябре
MONTHP=11: ноябре
MONTHP=12: декабре
# --- days of the week
WD=0: понедельник+,а,у,ом,е понеделок понеделка понедельничек понеділ+ок,ка,ку пн пнд пон понед
WD=1: вторник+,а,у,ом,е вівтор+ок,ка вт втр вто
WD=2: сред+а,ы,у,е,ой серед+а,у,и,і ср срд
WD=3: четверг+,а,у,ом,е четвер чт чтв чет четв
WD=4: пятниц+а,ы,у,е,ей пятниц+я,ю,і пт птн пят пятн пятничку
WD=5: суббот+а,ы,у,е,ой субот+а,у,и,і сб суб субб сбт субботку
WD=6: воскресень+е,я,ю,ем воскресени+е,я,ю неділ+я,ю,і вс вск воск воскр воскрес
WDPL=0: понедельникам
WDPL=1: вторникам
WDPL=2: средам
WDPL=3: четвергам
WDPL=4: пятницам
WDPL=5: субботам
WDPL=6: воскресеньям
WDADJ=0: понедельничн+ый,ая,ую,ое,ого
WDADJ=1: вторничн+ый,ая,ую,ое,ого
WDADJ=3: четвергов+ый,ая,ую,ое,ого
WDADJ=4: пятничн+ый,ая,ую,ое,ого
WDADJ=5: субботн+ий,яя,юю,ее,его
WDADJ=6: воскресн+ый,ая,ую,ое,ого
WEEKEND: выходны+е,х,м выхи выхах викенд уикенд вихідн+і,их
DAY_OFF: выходной
WORKDAYS: будн+и,ям,ях,ей,ие,их,і
WORKADJ: будний будень буднее рабочий рабочи+е,м,х
# --- days beside today
REL=0: сегодня седня сегодя сегодне сегоня сгодня сегдня сегодняшнего седни сьогодні
REL=1: завтра завтро завтре зафтра завтр зватра
REL=2: послезавтра послезавтро послезавтре послезафтра післязавтра
REL=3: послепослезавтра
RELADJ=0: сегодняшн+ий,яя,ее,юю,ей,ему
RELADJ=1: завтрашн+ий,яя,ее,юю,ей,его,ему
RELADJ=2: послезавтрашн+ий,яя,ее,юю,ей,его,ему
THIS: этот эта эту это этой эти этих этого этом цього цю цей цих ету ети
NEXT: следующ+ий,ая,ее,ую,ей,ие,их,его,ем,ему,ую,ею следущ+ий,ая,ее,ую,ей,ие,их,его,ем след сл
NEXT: будущ+ий,ая,ее,ую,ей,ие,их,его,ем наступн+ий,ого,у,ому,і другой ту той том
NEAR: ближайш+ий,ая,ее,ую,ей,ие,их,его,ем
FINAL: последн+ий,яя,ее,юю,ей,ие,их,его,ем
PAST: прошл+ый,ая,ое,ую,ой,ые,ых,ого,ом минувш+ий,ую,ей,ем
EDGE=begin: начал+о,е,а,у
EDGE=middle: середин+а,е,у,ы середке
EDGE=end: конец конц+е,а,у
DOM_WORD: числ+а,о,е,у чис
DOM_WORDS: числах
ORDPL=1: первых
ORDPL=10: десятых
ORDPL=20: двадцатых
YEAR_WORD: год году года г
HOLIDAYS: праздник+и,ов праздничные каникул+ы
CELEBRATION: рождени+е,я,ю,ем свадьбы
# --- lengths
UMIN: минут+,ы,у,ам,ах минутки минуток минуточек мин хвилин
UHOUR: час+,а,ов,ам часик+,а,ов,ам часок часочек чс ч годин+у,и,і
ONE: час часу часом часа часик годині
HOURS_PRE: часов часиков часам часа часика часикам
UDAY: день дня дней дн денек денька деньков дни днів днях суток дні
DAY_NOUN: день дня дню
UWEEK: недел+я,и,ю,е,ь,ей нед недельк+у,и,а неделечку тиждень тижн+я,і,ів
UMONTH: месяц+,а,ев,е,у мес месяцок місяці
HALF_HOUR=30: полчаса полчасик+,а получаса
# --- parts of the day, in the cases that tell them from greetings: утром, (7) утра, утро, (к) утру
PARTI=morning: утром утречком утрецом вранці зранку уранці
PARTI=day: днем деньком вдень удень
PARTI=evening: вечер+ом вечерком вечерочком увечері ввечері вечері вечір
PARTI=night: ночью
PARTG=morning: утра утреца утречка ранку
PARTG=day: дня
PARTG=evening: вечера вечерка вечора
PARTG=night: ночи
PARTG=lunch: обеда обіду
PARTN=morning: утро утречко ранок
PARTN=evening: вечер вечерок вечерочек
PARTN=lunch: обед обід обедик
PARTD=morning: утру утречку
PARTD=evening: вечеру вечерку вечору
PARTD=lunch: обеду
PARTPL=morning: утрам
PARTPL=evening: вечерам
PARTADJ=lunch: обеденн+ое,ый,ого,ом,ые,ых
PARTADJ=morning: утренн+ее,ий,его,ем,ие,их
PARTADJ=day: дневн+ое,ой,ого,ом,ые,ых
PARTADJ=evening: вечерн+ее,ий,его,ем,ие,их
WORK: работы роботи работки
OPENING: открыти+я,ю,е
CLOSING: закрыти+я,ю,ем
# --- prepositions and particles
AT=at V: в во
AT=on ON: на
AT=by BY: к ко
AT=at: о об
SINCE: с со з от
FROM: с со
UNTIL: до
THROUGH_TO: по
AFTER: после опосля після
IN: через чрез чз черес спустя
BETWEEN: между
MINUS: без
NOT: не ни
EARLIER: раньше ранее пораньше раньшее
LATER: позже позднее попозже позже попозднее пізніше
EARLY: рано раненько пораньше
LATE: поздно поздним позднее
OR: или либо иль або
AND: и
DASH: - ~
APPROX: около примерно приблизительно ориентировочно так ровно часов часиков часа часам
EXACTLY: ровно точно
ABOUT: районе пределах
NEARER: ближе ближ
VERY: самый самое самая самого самую самом прям прямо
EVERY: кажд+ый,ую,ое любую
ANY: весь целый каждый любой любое другое свободный свободное удобный удобное который какой какое всякий это
EXCEPT: кроме исключая
INSTEAD: вместо взамен
ALSO: тоже также
FREE: свободн+ая,ое,ую,ый,ые возможн+ая,ое,ую,ый,ые доступн+ая,ое,ую,ый,ые
SLOT: время окно окошк+о,и окна запись место сеанс визит дата дату
SOON: скорее быстрее поскорее побыстрее срочно раннее
FORWARD: вперед
BACKWARD: назад
# --- what a client thinks of it
CORRECTION: ой точнее вернее лучше хотя тьфу передумал+,а опечатка ошиблась ошибся
NO: нет нету
CANNOT: могу смогу сможем можем могла мог получится получается получиться подходит подойдет удобно хочу хотелось
CANNOT: надо нужно успею успеваю успеем выйдет приду придем буду вариант устраивает устроит приезжаю приеду
REFUSED: неудобно никак занят+,а,ы работаю отпада+ет,ют отпадет отпадут исключено уезжаю уеду немогу несмогу
GOOD: добр+ый,ое,ого,ой,ым добрейший хорош+его,ей,их прекрасн+ого,ых приятн+ого,ых удачн+ого отличн+ого
GOOD: чудесн+ого замечательн+ого спокойной всего
VISIT: запись записи визит+,а сеанс прием маникюр маник педикюр стрижку бронь процедуру
LASTS: займет занимает займут длится длятся продлится хватит уйдет
BOOKED: записан+,а,ы
PAST_VERB: был+,а,и делал+,а ходил+,а приходил+,а стриг+ся стриглась красилась
IS_LATE: опазд+ываю,аю,ываем,аем опоздаю опоздаем задержусь задерживаюсь задержимся опоздани+е,ем
RANKED: визита клиента мастер+,а,у ребен+ок ребенка раз раза сын+,а дочь дочери салон+,а
# --- what is counted, or has a number of its own, is no time
COUNTED: р рэ чел см мм мл гр раз раза ног лет д дом дома доме кв шт тон тона тонов дети детей детьми деток двоих
COUNTED: стрижки стрижек окрашивания окрашиваний маникюра педикюра массажа макияжа
COUNTED: юнитов карт место места мест имя км мг ml cm rub $ € ₽ % звезд звезды слой ряд ряда этап этапа
MONEY: р руб ₽ $ € тр
OF_NUMBER: за по цена стоит стоимост+ь,ью ценой дом д кв квартира № номер скидка тариф размер тел телефон код карта
OF_NUMBER: корпус ул возраст кабинет этаж подъезд офис оф строение стр минимум бюджет тон оттенок краска цвет лак
OF_NUMBER: школа автобус вес рост
# --- known, so that they are never put right, and no day of ours
KNOWN: полночь полуночи январю марту августу сентябрю декабрю вчера позавчера вчерашн+ий,юю
# --- what may stand behind a bare number without being counted by it
FN: можно есть свободн+о,а,ое,ые свободен запиши запишите записать записаться запишусь запись записи бронь
FN: будет удобно подходит подойдет если или либо и а но что то ли да нет ок окей хорошо норм нормально супер идеально
FN: отлично пожалуйста пожалста плиз плз спасибо здравствуйте привет добрый хочу хотел+,а хотелось бы мне меня нас
FN: вам вы вас к у на в с по до от за для около после через давай давайте тогда можем можешь можете сможете смогу могу
FN: получится получиться выйдет устроит устраивает место окн+о,а окошк+о,и время времечко мастер мастера подскажи
FN: подскажите скажите только лучше желательно хотя примерно точно ровно где там тут тоже еще уже как он она они я мы
FN: это все буду приду придем приеду будете работаете принимаете перенести перенесите перенесу поставь поставьте
FN: забронируйте один одна
"""
_ORDINALS = (
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат"
    " шестнадцат семнадцат восемнадцат девятнадцат двадцат"
)
_ORDINAL_CASES = {
    "ORDG": ("ого", "го", "ово", "ова"),
    "ORDN": ("ое",),
    "ORDM": ("ый", "ой"),
    "ORDP": ("ом",),
    "ORDF": ("ая", "ой", "ую"),
    "ORDD": ("ому", "ым"),
}
_THIRD = {
    "ORDG": ("ьего", "его"),
    "ORDN": ("ье",),
    "ORDM": ("ий",),
    "ORDP": ("ьем",),
    "ORDF": ("ья", "ью"),
    "ORDD": ("ьему", "ьим"),
}
_THREE, _TEN, _THIRTY = 3, 10, 30
_SHORTEST_CORRECTABLE = 5
_UKRAINIAN = frozenset("іїєґ")

_COUNTED = (
    "абонемент ампул балл бонус ванноч визит волос гост градус грамм девоч дорож единиц заняти захода зон кабинет"
    " квартир километ клиент комплекс корпус купон летий летн линии мальчик мастеров ногт остановк оттен пальц"
    " пальч персон подруг подъезд посещен процедур процент размер ребен ресниц руб рук сантим сеанс сертификат"
    " скидк слоев слоя стороны страниц ступен тыс услуг участ цвет человек шприц штук этаж"
)
COUNTED = tuple(_COUNTED.split())
"""Beginnings of what is counted: such a number is no time."""


def _written() -> Iterator[tuple[str, str, Any]]:
    """Each word with each kind and its value, as the table has them."""
    for line in _WORDS.splitlines():
        kinds, _, words = line.partition(": ")
        if line and not line.startswith("#"):
            for word in words.split():
                for kind in kinds.split():
                    name, _, value = kind.partition("=")
                    yield from ((form, name, _value(value)) for form in _forms(word))


def _forms(word: str) -> Iterator[str]:
    stem, _, endings = word.partition("+")
    return (stem + ending for ending in endings.split(","))


def _value(written: str) -> Any:
    if not written:
        return 1
    return written if written.isalpha() else float(written) if "." in written else int(written)


def _ordinals() -> Iterator[tuple[str, str, Any]]:
    """First to twentieth, and thirtieth, in all cases; ORDU are those that follow a ten."""
    for number, stem in [*enumerate(_ORDINALS.split(), 1), (_THIRTY, "тридцат")]:
        for case, endings in (_THIRD if number == _THREE else _ORDINAL_CASES).items():
            for word in (stem + ending for ending in endings):
                yield from ((word, kind, number) for kind in ("ORD", case))
                yield word, "ORDU" if number < _TEN else "BIGORD", number


def _lexicon() -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for word, kind, value in (*_written(), *_ordinals()):
        found.setdefault(word, {})[kind] = value
    return found


LEXICON = _lexicon()
"""Every word that is known, with what it may be."""
MONTHS = tuple(word for word, kinds in LEXICON.items() if "MONTHG" in kinds)
"""Months as they stand behind the number of a day."""

_NOT_CORRECTED = frozenset(
    {"FN", "COUNTED", "MONEY", "OF_NUMBER", "VISIT", "RANKED", "SLOT", "FREE", "LASTS", "BOOKED"}
)
"""Kinds of words that are too many, and too like others, to be guessed."""


def _correctable() -> Iterator[str]:
    for word, kinds in LEXICON.items():
        is_russian = _UKRAINIAN.isdisjoint(word)
        if is_russian and len(word) >= _SHORTEST_CORRECTABLE and not kinds.keys() <= _NOT_CORRECTED:
            yield word


CORRECTABLE = frozenset((*_correctable(), "июля", "июня", "обед"))
"""What a misspelt word may have been; in shorter words a slip makes another word."""
