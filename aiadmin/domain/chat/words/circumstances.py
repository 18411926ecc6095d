"""What clients tell of their own life beside a wish, as data: by these a sentence is known that wishes nothing.

All are dictionary forms.
"""

from __future__ import annotations

ELSEWHERE = frozenset(
    """
    работа поезд самолет рейс вылет автобус электричка встреча совещание планерка урок пара сессия экзамен зачет
    лекция секция кружок тренировка сад садик школа детсад собрание поликлиника больница командировка отпуск дача
    роддом суд вахта дежурство занятие репетиция матч соревнование банк мфц институт универ университет колледж
    офис море деревня горы аквапарк зоопарк цирк кино гости экскурсия санаторий зубной нотариус налоговая вокзал
    аэропорт
    """.split()  # noqa: SIM905 - a table
)
"""Where clients are at other hours than that of their visit."""
FESTIVE = frozenset(
    """
    свадьба юбилей праздник корпоратив вечеринка выпускной рождение торжество мероприятие фотосессия концерт годовщина
    театр съемка утренник крестины банкет
    """.split()  # noqa: SIM905 - a table
)
"""What a visit may be for: its day is the visit's where no other is named."""
LEAVING = frozenset({"уезжать", "уехать", "улетать", "улететь", "вылетать", "выезжать", "отъезжать"})
"""What ends the days on which a visit may be."""
AILING = frozenset(
    """
    болеть заболеть ныть ломить сыпаться посыпаться лезть полезть выпадать выпасть слоиться сечься ломаться чесаться
    шелушиться потрескаться трескаться затекать затечь прихватить дергаться отваливаться отвалиться гудеть отекать
    пушиться крошиться отрасти отрастать зарасти уставать устать тянуть
    """.split()  # noqa: SIM905 - a table
)
"""What is wrong with a part of the body, for which somebody comes."""
MINDED = frozenset(
    """
    хотеть захотеть решить надумать созреть думать подумать собираться собраться планировать мечтать забыть передумать
    мочь успеть освободиться записать записаться перенести отменить договориться договариваться интересовать
    """.split()  # noqa: SIM905 - a table
)
"""Verbs whose past is a wish, or says what a wish has become."""
BODY = frozenset({"волос", "волосы", "ноготь", "прядь", "корень", "кончик", "тело"})
"""Parts of the body that services are for, beside the places of it."""
PURPOSE = frozenset({"на", "к", "ко", "для", "перед", "после", "до", "с"})
"""What makes an event the reason or the bound of a visit: "на свадьбу", "после работы"."""
