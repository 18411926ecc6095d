"""Which rows of a salon's staff are people: salons keep waiting lists, rooms and the desk itself as masters."""

from __future__ import annotations

import re

from aiadmin.domain.journal.journal import StaffMember

_WORD = re.compile(r"[^\W\d_]+")
_NOBODY = frozenset(
    re.findall(
        r"\w+",
        """
        лист список очередь ожидание ожидания резерв бронь вакансия вакансии кабинет каб зал залы комната комнаты бокс
        кресло кушетка место места стол ресурс ресурсы оборудование аппарат лазер солярий капсула сауна баня хаммам
        джакузи бассейн студия помещение аренда склад тест тестовый тестовая техперерыв перерыв уборка любой любая
        свободный свободная сертификат сертификаты магазин касса онлайн waiting list room zone resource test any
        """,
    )
)
"""Words of what is no person."""
_DESK = frozenset(
    re.findall(r"\w+", "администратор администраторы админ админы ресепшн ресепшен рецепшн стойка reception admin")
)
_OF_THE_DESK = _DESK | {"салона", "студии", "филиала", "зала", "смены", "дежурный", "дежурная", "старший", "главный"}
"""Words beside it that name no person."""


def is_person(member: StaffMember) -> bool:
    """Whether a row of the staff is a person who serves clients, as far as its words say.

    >>> is_person(StaffMember(staff_id=1, name="Лист ожидания")), is_person(StaffMember(staff_id=2, name="Анна"))
    (False, True)
    >>> is_person(StaffMember(staff_id=3, name="Администратор")), is_person(StaffMember(staff_id=4, name="Кабинет 2"))
    (False, False)
    >>> is_person(StaffMember(staff_id=5, name="Администратор Ольга"))
    True
    """
    name, trade = set(_words(member.name)), set(_words(member.specialization or ""))
    if not name or not _NOBODY.isdisjoint(name):
        return False
    return _DESK.isdisjoint(name) or bool((name | trade) - _OF_THE_DESK)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))
