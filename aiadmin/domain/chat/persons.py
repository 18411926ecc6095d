"""Which rows of a salon's staff are people: salons keep waiting lists, rooms and the desk itself as masters."""

from __future__ import annotations

import re
from functools import cache

from aiadmin.domain.chat.words.given_names import SHORT_NAMES
from aiadmin.domain.journal.journal import StaffMember

_WORD = re.compile(r"[^\W\d_]+")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


_NOBODY = frozenset(
    _words(
        """
        лист список очередь ожидание ожидания резерв бронь вакансия вакансии ресурс ресурсы тест тестовый тестовая
        техперерыв перерыв уборка любой любая waiting list resource test any
        """
    )
)
"""Words of what is no person, whatever stands beside them."""
_PLACES = frozenset(
    _words(
        """
        кабинет каб зал залы комната комнаты бокс кресло кушетка место места стол оборудование аппарат лазер солярий
        капсула сауна баня хаммам джакузи бассейн студия помещение аренда склад сертификат сертификаты магазин касса
        онлайн свободный свободная room zone
        """
    )
)
"""Words of a place or a thing: no person where no name stands beside them."""
_DESK = frozenset(_words("администратор администраторы админ админы ресепшн ресепшен рецепшн стойка reception admin"))
_OF_THE_DESK = _DESK | {"салона", "студии", "филиала", "зала", "смены", "дежурный", "дежурная", "старший", "главный"}
"""What else stands beside it and names nobody."""


def is_person(member: StaffMember) -> bool:
    """Whether a row of the staff is somebody who serves clients, as far as its words tell.

    >>> is_person(StaffMember(staff_id=1, name="Лист ожидания")), is_person(StaffMember(staff_id=2, name="Анна"))
    (False, True)
    >>> is_person(StaffMember(staff_id=3, name="Администратор")), is_person(StaffMember(staff_id=4, name="Кабинет 2"))
    (False, False)
    >>> is_person(StaffMember(staff_id=5, name="Администратор Ольга"))
    True
    >>> is_person(StaffMember(staff_id=6, name="Ирина (лазер, каб. 2)"))
    True
    """
    name, trade = set(_words(member.name)), set(_words(member.specialization or ""))
    if not name or not _NOBODY.isdisjoint(name):
        return False
    if not _PLACES.isdisjoint(name) and _given_names().isdisjoint(name):
        return False
    return _DESK.isdisjoint(name) or bool((name | trade) - _OF_THE_DESK)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(_words(SHORT_NAMES))
