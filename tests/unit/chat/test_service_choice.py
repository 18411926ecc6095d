"""Which service a client means: by the words, by what was said besides, and by what they had before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property

import pytest

from aiadmin.domain.chat.advancing import advance, as_last_time
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.policy.service_choice import narrowed
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.situation import ClientView, OwnVisit, SalonView, Situation
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, Vocabulary, vocabulary_of
from aiadmin.domain.journal.journal import MasterTerms, Service, StaffMember
from tests.support.reading import MORPHOLOGY

NOW = datetime(2026, 5, 21, 10, 0)  # noqa: DTZ001 - a salon's wall clock; a Thursday
OLGA, IVAN = 1, 2


@dataclass(frozen=True)
class Catalogue:
    """A salon by the titles of its services, which are numbered from 1; Ольга works all days, Иван on weekdays."""

    titles: Sequence[str]
    prices: Mapping[int, int] | None = None
    only: Mapping[int, int] | None = None
    parts: Mapping[int, tuple[int, ...]] | None = None
    latest: Mapping[int, time] | None = None
    past: tuple[tuple[int, int], ...] = ()

    @cached_property
    def salon(self) -> SalonView:
        days = [date(2026, 5, 21) + timedelta(days=step) for step in range(31)]
        weekend = {day: () if day.weekday() > 4 else ((time(9), time(21)),) for day in days}
        return SalonView(
            title="Салон",
            zone="Europe/Moscow",
            services={number: self._service(number, title) for number, title in enumerate(self.titles, 1)},
            staff={
                OLGA: StaffMember(staff_id=OLGA, name="Ольга"),
                IVAN: StaffMember(staff_id=IVAN, name="Иван"),
            },
            schedule={
                **{(OLGA, day): ((time(9), time(21)),) for day in days},
                **{(IVAN, day): hours for day, hours in weekend.items()},
            },
        )

    def _service(self, number: int, title: str) -> Service:
        price = Decimal((self.prices or {}).get(number, 1000 + number))
        masters = [(self.only or {})[number]] if number in (self.only or {}) else [OLGA, IVAN]
        return Service(
            service_id=number,
            title=title,
            price_min=price,
            price_max=price,
            length=timedelta(hours=1),
            masters=tuple(MasterTerms(staff_id=one) for one in masters),
            parts=(self.parts or {}).get(number, ()),
            latest=(self.latest or {}).get(number),
        )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        offered = [
            OfferedService(id=number, title=title, parts=(self.parts or {}).get(number, ()))
            for number, title in enumerate(self.titles, 1)
        ]
        return vocabulary_of(
            offered, [OfferedStaff(id=OLGA, name="Ольга"), OfferedStaff(id=IVAN, name="Иван")], MORPHOLOGY
        )

    @property
    def client(self) -> ClientView:
        visits = [
            OwnVisit(
                record_id=number,
                starts=NOW - timedelta(days=30 * (number + 1)),
                length=timedelta(hours=1),
                services=(service,),
                titles=(self.titles[service - 1],),
                staff_id=staff,
                staff_name=None,
            )
            for number, (service, staff) in enumerate(self.past)
        ]
        return ClientView(name="Анна", cards=(1,), past=tuple(visits))

    def wish(self, *bursts: str) -> Dialogue:
        """What is known of the wish after these bursts."""
        known = Situation(now=NOW, written_at=NOW, salon=self.salon, client=self.client)
        for text in bursts:
            commands = read(Burst((text,)), reading_context(known, self.vocabulary))
            dialogue = advance(known.dialogue, commands, known)
            known = replace(known, dialogue=as_last_time(dialogue, known))
            known = replace(known, dialogue=narrowed(known))
        return known.dialogue


BATH = Catalogue(["Русская баня", "Утренняя баня"], latest={2: time(11)})
NAILS = Catalogue(["Маникюр классический", "Маникюр с дизайном"], only={1: IVAN, 2: OLGA})
GYM = Catalogue(["Тренировка групповая", "Тренировка персональная"], prices={1: 700, 2: 2500})


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (BATH, "хочу в баню завтра в 15", (1,)),
        (BATH, "баня завтра после обеда", (1,)),
        (BATH, "баню завтра часов в 12", (1,)),
        (BATH, "баня завтра в 10", ()),
        (BATH, "утреннюю баню завтра в 15", (2,)),
        (NAILS, "маникюр в субботу", (2,)),
        (NAILS, "маникюр в понедельник", ()),
        (NAILS, "маникюр к Ивану", (1,)),
        (GYM, "хочу тренировку за 2500", (2,)),
        (GYM, "тренировка за 700 руб", (1,)),
        (GYM, "тренировка за 100 руб", ()),
    ],
)
def test_what_was_said_besides_leaves_one_service(salon: Catalogue, text: str, services: tuple[int, ...]) -> None:
    wish = salon.wish(text)

    assert wish.services == services
    assert bool(wish.choices) is (not services)


SPA = Catalogue(
    ["Скраб тела", "Обёртывание водорослями", "Программа «Море»: скраб + обёртывание", "Массаж лица"],
    parts={3: (1, 2)},
)
DOGS = Catalogue(["Стрижка когтей", "Чистка ушей", "Когти + уши", "Гигиеническая стрижка"], parts={3: (1, 2)})
CARS = Catalogue(["Мойка кузова", "Мойка кузова + воск", "Химчистка салона"])
BROWS = Catalogue(["Коррекция бровей", "Окрашивание бровей", "Брови: коррекция + окрашивание"], parts={3: (1, 2)})


@pytest.mark.parametrize(
    ("salon", "bursts", "services"),
    [
        (SPA, ["скраб завтра"], (1,)),
        (SPA, ["обертывание"], (2,)),
        (SPA, ["скраб и сразу массаж лица"], (1, 4)),
        (SPA, ["программу море"], (3,)),
        (SPA, ["скраб и обертывание"], (3,)),
        (SPA, ["скраб", "и обертывание тоже"], (3,)),
        (DOGS, ["когти постричь и уши почистить"], (3,)),
        (DOGS, ["уши почистить"], (2,)),
        (DOGS, ["когти + уши"], (3,)),
        (CARS, ["мойка кузова"], (1,)),
        (CARS, ["мойка кузова и воск"], (2,)),
        (BROWS, ["коррекция бровей"], (1,)),
        (BROWS, ["брови, форму и покраску"], (3,)),
        (BROWS, ["брови полностью"], (3,)),
    ],
)
def test_a_part_is_meant_where_a_part_is_named(
    salon: Catalogue, bursts: list[str], services: tuple[int, ...]
) -> None:
    wish = salon.wish(*bursts)

    assert (wish.services, wish.choices) == (services, ())


def test_a_word_of_all_parts_leaves_the_choice() -> None:
    assert BROWS.wish("на брови").choices == ((1, 2, 3),)


def test_a_part_that_is_taken_out_leaves_the_others() -> None:
    assert SPA.wish("скраб и обертывание", "без скраба").services == (2,)


LAST = Catalogue(["Массаж спины", "Массаж лица", "Солярий"], only={3: IVAN}, past=((3, IVAN), (2, OLGA), (1, IVAN)))


@pytest.mark.parametrize(
    ("text", "services", "staff"),
    [
        ("как в прошлый раз", (3,), (IVAN,)),
        ("хочу повторить прошлый массаж", (2,), (OLGA,)),
        ("массаж спины как в прошлый раз", (1,), (IVAN,)),
        ("массаж как обычно, только к Ивану", (2,), (IVAN,)),
        ("массаж как в прошлый раз, мастер любой", (2,), ()),
    ],
)
def test_as_last_time_keeps_the_master_of_what_is_meant(
    text: str, services: tuple[int, ...], staff: tuple[int, ...]
) -> None:
    wish = LAST.wish(text)

    assert (wish.services, wish.staff) == (services, staff)


CHILDREN = Catalogue(["Детская стрижка до 7 лет", "Детская стрижка 8-14 лет", "Стрижка от 15 лет", "Стрижка чёлки"])
WASH = Catalogue(
    ["Комплексная мойка", "Озонирование салона", "Мойка + озонирование", "Керамическое покрытие", "Полировка фар"],
    parts={3: (1, 2)},
)


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("сыну 5 лет стрижку", (1,)),
        ("подстричь дочку, ей 11", (2,)),
        ("ребенку годик, стрижка", (1,)),
        ("стрижка, мне 16 лет", (3,)),
    ],
)
def test_an_age_tells_which_service_is_meant(text: str, services: tuple[int, ...]) -> None:
    assert CHILDREN.wish(text).services == services


def test_an_age_answers_which_of_several() -> None:
    assert CHILDREN.wish("ребенка подстричь").choices != ()


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("комплекс завтра", (1,)),
        ("озон", (2,)),
        ("керамику на машину", (4,)),
        ("отполировать фары", (5,)),
    ],
)
def test_another_word_of_a_titles_root_is_that_word(text: str, services: tuple[int, ...]) -> None:
    assert WASH.wish(text).services == services


def test_a_master_who_is_not_wanted_is_none() -> None:
    assert LAST.wish("не хочу к Ольге, массаж спины").excluded_staff == {OLGA}


PIERCING = Catalogue(
    [
        "Прокол мочек ушей",
        "Прокол носа",
        "Замена украшения",
        "Детский прокол мочек до 12 лет",
        "Перманентный макияж губ",
        "Перманентный макияж бровей",
        "Коррекция перманента",
    ]
)
CLEANING = Catalogue(
    ["Аппаратный маникюр", "Классический маникюр", "Ремонт аппарата", "Снятие лака", "Покрытие лаком"]
)


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (PIERCING, "колечко в носу поменять", (3,)),
        (PIERCING, "хочу сменить серёжку из пупка", (3,)),
        (PIERCING, "нос проколоть", (2,)),
        (PIERCING, "дочке 7 лет уши проколоть", (4,)),
        (PIERCING, "ребёнку ушки проколоть", (4,)),
        (PIERCING, "дочке 16 лет уши проколоть", (1,)),
        (PIERCING, "мне и дочке уши проколоть", (1,)),
        (PIERCING, "сын посоветовал, хочу уши проколоть", (1,)),
        (PIERCING, "перманент бровей", (6,)),
        (PIERCING, "перманент губ", (5,)),
        (PIERCING, "коррекция перманента", (7,)),
        (CLEANING, "маникюр с аппаратом", (1,)),
        (CLEANING, "снятие лака и маникюр классический", (4, 2)),
    ],
)
def test_the_deed_the_place_and_the_age_tell_one_service(
    salon: Catalogue, text: str, services: tuple[int, ...]
) -> None:
    assert salon.wish(text).services == services


def test_and_parts_two_wishes_that_one_title_would_join() -> None:
    wish = PIERCING.wish("перманент и коррекцию")

    assert wish.services == (7,)
    assert wish.choices == ((5, 6),)


MASSAGE = Catalogue(["Массаж спины 30 минут", "Общий массаж 60 минут", "Общий массаж 90 минут"])


@pytest.mark.parametrize(
    ("bursts", "services"),
    [
        (("общий массаж полтора часа",), (3,)),
        (("общий массаж 1,5 часа",), (3,)),
        (("часовой общий массаж",), (2,)),
        (("общий массаж на час",), (2,)),
        (("получасовой массаж",), (1,)),
        (("общий массаж 60 минут", "давайте лучше на полтора часа"), (3,)),
        (("общий массаж", "90 минут"), (3,)),
    ],
)
def test_a_length_tells_which_service(bursts: tuple[str, ...], services: tuple[int, ...]) -> None:
    assert MASSAGE.wish(*bursts).services == services


@pytest.mark.parametrize("text", ["общий массаж 90 минут завтра на час дня", "массаж спины 30 минут, завтра в час"])
def test_an_hour_of_the_day_is_no_length(text: str) -> None:
    [when] = MASSAGE.wish(text).whens

    assert when.time is not None
    assert [one.first for one in when.time.any_of] == [time(13)]


@pytest.mark.parametrize("text", ["хочу в хамам", "хаммам завтра", "хамам есть?", "запишите в хаммамм"])
def test_a_doubled_letter_is_often_left_out(text: str) -> None:
    assert Catalogue(["Хаммам", "Массаж спины"]).wish(text).services == (1,)


FACE = Catalogue(
    ["Массаж лица классический", "Массаж лица скульптурный", "Чистка механическая", "Чистка ультразвуковая"]
)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("классический или скульптурный в субботу", (1, 2)),
        ("массаж лица классический либо скульптурный?", (1, 2)),
        ("ультразвуковая или механическая чистка", (4, 3)),
        ("на классический массаж или может на механическую чистку", (1, 3)),
        ("чистку механическую\nили на ультразвуковую", (3, 4)),
    ],
)
def test_or_between_two_services_leaves_a_choice_and_is_no_wish_for_both(text: str, choice: tuple[int, ...]) -> None:
    """Both were offered in a row with a sum, and one yes would have booked them."""
    wish = FACE.wish(text)
    assert (wish.services, wish.choices) == ((), (choice,))


def test_an_or_between_hours_is_none_between_services() -> None:
    assert FACE.wish("классический массаж и механическую чистку в 12 или в 14").services == (1, 3)


PEELS = Catalogue(
    ["Чистка ультразвуковая", "Чистка механическая", "Ультразвуковая чистка + маска", "Маска"], parts={3: (1, 4)}
)


@pytest.mark.parametrize(
    "text",
    [
        "хотим с подругой обе на ультразвуковую чистку, суббота",
        "мы с сестрой хотим обе на ультразвуковую чистку в субботу",
        "с подругой на ультразвуковую чистку, обе",
        "обе на ультразвуковую чистку с подругой",
        "нам обоим с мужем на ультразвуковую чистку",
    ],
)
def test_both_of_us_is_no_composite_of_two_services(text: str) -> None:
    """No start was found for the composite, and the client read that nothing at all was free."""
    assert PEELS.wish(text).services == (1,)


HANDS = Catalogue(
    [
        *("Маникюр классический", "Маникюр с гель-лаком", "Японский маникюр"),
        *("Педикюр классический", "Педикюр с гель-лаком", "Маникюр + педикюр"),
    ],
    prices={1: 1100, 2: 1900, 3: 2500, 4: 1700, 5: 2700, 6: 2700},
    parts={6: (1, 4)},
    past=((2, OLGA),),
)


@pytest.mark.parametrize(
    "text",
    [
        "завтра на три, маникюр или педикюр, что лучше?",
        "маникюр или педикюр завтра в 15, не решила ещё",
        "в субботу в 15:00 маникюр либо педикюр",
    ],
)
def test_an_or_of_two_kinds_is_asked_about_whatever_was_had_before(text: str) -> None:
    """The kind that the client had last was proposed, and a set of both was meant by nobody."""
    assert HANDS.wish(text).services == ()
    [choice] = HANDS.wish(text).choices
    assert sorted(choice) == [1, 2, 3, 4, 5]
    assert {one in (4, 5) for one in choice[:2]} == {True, False}


def test_an_answer_to_an_or_is_narrowed_by_what_was_had_before() -> None:
    assert HANDS.wish("маникюр или педикюр завтра", "маникюр").services == (2,)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("самый дешёвый педикюр завтра", 4),
        ("мне самый недорогой маникюр в субботу", 1),
        ("хочу самый дорогой маникюр", 3),
        ("самый бюджетный маникюр на завтра", 1),
        ("самый дорогой педикюр завтра в 15", 5),
    ],
)
def test_the_cheapest_or_dearest_of_a_kind_is_chosen_by_its_price(text: str, service: int) -> None:
    """What the client had last was proposed in its place."""
    assert (HANDS.wish(text).services, HANDS.wish(text).choices) == ((service,), ())


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("медовый массаж на двоих в воскресенье", (1,)),
        ("нас двое, хаммам завтра вечером", (2,)),
        ("хаммам двоим с подругой", (2,)),
        ("программа для двоих в субботу", (3,)),
        ("спа для двоих", (3,)),
    ],
)
def test_how_many_come_is_no_programme_for_two_beside_a_service(text: str, services: tuple[int, ...]) -> None:
    """The programme was added to what was named, and its prepayment took the wish to a human."""
    assert Catalogue(["Медовый массаж", "Хаммам", "СПА-программа для двоих"]).wish(text).services == services
