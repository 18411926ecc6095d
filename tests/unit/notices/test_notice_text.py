"""Texts of notices: refused with the place of the fault, filled in as a Russian reader expects, run as nothing."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.journal.journal import BookedService
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import TURNS_AWAY
from aiadmin.domain.notices.notice import CHANGE_NOTICES, NoticeKind
from aiadmin.domain.notices.template import LONGEST, VARIABLES, TemplateData, TemplateError, check, render
from aiadmin.texts.ru import calls
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru import notices as notice_texts
from tests.support.journals import COLOURING, HAIRCUT, record

AT = datetime.fromisoformat("2026-11-27T11:30Z")


def _facts(**given: Any) -> TemplateData:
    values: dict[str, Any] = {"name": "Анна", "starts_at": AT, "zone": "Europe/Moscow", "master": "Оксана"}
    return TemplateData(
        **values
        | {"services": (("Стрижка", 1),), "price": Decimal(1500), "currency": "₽", "address": "Тверская, 1"}
        | given
    )


def _text(template: str, **given: Any) -> str:
    return notice_texts.WORDING.fill(template, _facts(**given))


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_a_text_that_passes_its_own_check(kind: NoticeKind) -> None:
    check(notice_texts.TEMPLATES[kind])
    full, bare = (
        wording.words(_facts(link="https://y.example/1")),
        wording.words(TemplateData(name="", starts_at=AT, zone="UTC")),
    )
    for known in (full, bare):
        text = render(notice_texts.TEMPLATES[kind], known)
        assert not set(text) & set("{}\0")
        assert not any(fault in text for fault in (" ,", ", !", ",,", "  ", ": \n", ":\n", "\n\n")), text
        assert text.startswith("Здравствуйте")


def test_a_booking_is_told_in_full() -> None:
    text = _text(notice_texts.TEMPLATES[NoticeKind.BOOKED])
    assert text.splitlines()[:6] == [
        "Здравствуйте, Анна!",
        "Вы записаны в пятницу, 27 ноября, в 14:30.",
        "Услуга: Стрижка",
        "Мастер: Оксана",
        "Стоимость: 1\xa0500\xa0₽",
        "Адрес: Тверская, 1",
    ]


@pytest.mark.parametrize(
    ("template", "position", "code", "says"),
    [
        ("", 0, "empty", "Напишите"),
        (" \n", 0, "empty", "Напишите"),
        ("{name}, {date}!", 0, "empty", "одних переменных мало"),
        ("Ждём {nane}", 5, "variable", "Переменной {nane} нет"),
        ("Ждём {}", 5, "variable", "{name}, {date}"),
        ("Ждём {Name}", 5, "variable", "{Name}"),
        ("Ждём { name }", 5, "variable", "{ name }"),
        ("Ждём {name.__class__}", 5, "variable", "{name.__class__}"),
        ("Ждём {name!r}", 5, "variable", "{name!r}"),
        ("Ждём {0[0]}", 5, "variable", "{0[0]}"),
        ("Ждём {name", 5, "brace", "без пары"),
        ("Ждём name}", 9, "brace", "без пары"),
        ("Ждём {{name}}", 5, "brace", "без пары"),
        ("Ждём {na\nme}", 5, "brace", "без пары"),
        ("Ждём\x00", 4, "control", "невидимый"),
        ("Ж" * 1021, LONGEST, "too-long", "не длиннее 1\xa0000 символов, а в этом 1\xa0021 символ."),
        ("Ждём {x} и }", 5, "variable", "{x}"),
    ],
)
def test_a_bad_text_is_refused_with_the_place_of_its_first_fault(
    template: str, position: int, code: str, says: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        check(template)
    assert (caught.value.position, caught.value.code) == (position, code)
    assert says in notice_texts.template_flaw(caught.value)


def test_a_text_of_exactly_the_longest_length_is_taken() -> None:
    check("Ж" * LONGEST)


@pytest.mark.parametrize(
    ("template", "missing", "text"),
    [
        ("Здравствуйте, {name}!", "name", "Здравствуйте!"),
        ("{name}, ждём вас {date}", "name", "Ждём вас в пятницу, 27 ноября"),
        ("Добрый день! {name}, ждём вас", "name", "Добрый день! Ждём вас"),
        ("Мастер {master}, {time}", "master", "14:30"),
        ("Ждём вас\nАдрес: {address}\nДо встречи", "address", "Ждём вас\nДо встречи"),
        ("Цена {price}", "price", ""),
        ("Ждём вас {date}\n\nДо встречи", "name", "Ждём вас в пятницу, 27 ноября\n\nДо встречи"),
    ],
)
def test_what_is_not_known_leaves_no_hole(template: str, missing: str, text: str) -> None:
    assert _text(template, **{missing: None}) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name}, {date} ждём вас", "В пятницу, 27 ноября ждём вас"),
        ("Здравствуйте, {name}! {date} ждём вас", "Здравствуйте! В пятницу, 27 ноября ждём вас"),
        ("Ждём вас\n{date}", "Ждём вас\nВ пятницу, 27 ноября"),
        ("Дата:\n{date}", "Дата:\nПятница, 27 ноября"),
        ("• {date} ждём", "• в пятницу, 27 ноября ждём"),
        ("{name}, https://salon.example ждёт", "https://salon.example ждёт"),
    ],
)
def test_a_sentence_begins_with_a_capital_letter_whatever_was_left_out(template: str, text: str) -> None:
    assert _text(template, name=None) == text


def test_what_a_client_is_called_is_never_a_template() -> None:
    master = "{name} {0.__class__}\n\u202eАнна"
    assert _text("Ваш мастер {master}!", master=master) == "Ваш мастер {name} {0.__class__} Анна!"
    assert _text("Здравствуйте, {name}!", name="{master} {0.__class__}") == "Здравствуйте!"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-23", "в понедельник, 23 ноября"),
        ("2026-11-24", "во вторник, 24 ноября"),
        ("2026-11-25", "в среду, 25 ноября"),
        ("2026-11-26", "в четверг, 26 ноября"),
        ("2026-11-27", "в пятницу, 27 ноября"),
        ("2026-11-28", "в субботу, 28 ноября"),
        ("2026-12-06", "в воскресенье, 6 декабря"),
        ("2027-05-01", "в субботу, 1 мая"),
    ],
)
def test_a_day_is_written_in_the_right_case(day: str, words: str) -> None:
    assert wording.day(datetime.fromisoformat(day)) == words


@pytest.mark.parametrize(
    ("template", "friday", "tuesday"),
    [
        ("Дата: {date}", "пятница, 27 ноября", "вторник, 24 ноября"),
        ("📅 *Дата визита:* {date}", "пятница, 27 ноября", "вторник, 24 ноября"),
        ("Мастер: Оксана, дата — {date}", "пятница, 27 ноября", "вторник, 24 ноября"),
        ("Дата и время: {date}", "пятница, 27 ноября", "вторник, 24 ноября"),
        ("Запись перенесена. Новая дата: {date}", "пятница, 27 ноября", "вторник, 24 ноября"),
        ("Запись перенесена на {date}", "пятницу, 27 ноября", "вторник, 24 ноября"),
        ("Вы записаны на: {date}", "пятницу, 27 ноября", "вторник, 24 ноября"),
        ("Ждём до {date}", "пятницы, 27 ноября", "вторника, 24 ноября"),
        ("Не позже {date}", "пятницы, 27 ноября", "вторника, 24 ноября"),
        ("Скидка с {date}", "пятницы, 27 ноября", "вторника, 24 ноября"),
        ("Готовим к {date}", "пятнице, 27 ноября", "вторнику, 24 ноября"),
        ("Ждём вас {date}", "в пятницу, 27 ноября", "во вторник, 24 ноября"),
        ("Ждём вас, Анна: {date}", "в пятницу, 27 ноября", "во вторник, 24 ноября"),
        ("Добрый день: {date}", "в пятницу, 27 ноября", "во вторник, 24 ноября"),
    ],
)
def test_a_day_is_said_as_what_stands_before_it_wants(template: str, friday: str, tuesday: str) -> None:
    assert _text(template).endswith(template.split("{", maxsplit=1)[0] + friday)
    assert _text(template, starts_at=AT - timedelta(days=3)) == template.replace("{date}", tuesday)
    assert _text("Ждём вас в {date}", starts_at=AT - timedelta(days=3)) == "Ждём вас во вторник, 24 ноября"


def test_day_and_time_are_those_of_the_salon() -> None:
    late, text = datetime.fromisoformat("2026-11-27T21:05Z"), "Ждём {date}, в {time}"
    assert _text(text, starts_at=late, zone="Europe/Moscow") == "Ждём в субботу, 28 ноября, в 00:05"
    assert _text(text, starts_at=late, zone="America/New_York") == "Ждём в пятницу, 27 ноября, в 16:05"


def test_a_price_is_told_only_when_every_service_has_one() -> None:
    priced = BookedService(service_id=3, title="Укладка", cost=Decimal("99.50"))
    both = TemplateData.of(
        record(services=(priced, priced)), zone="UTC", address="Тверская, 1", link="https://x.example"
    )
    assert (both.price, both.services) == (Decimal("199.00"), (("Укладка", 1), ("Укладка", 1)))
    assert (both.name, both.master, both.address) == ("Анна", "Оксана", "Тверская, 1")
    assert TemplateData.of(record(services=(priced, HAIRCUT)), zone="UTC").price is None
    assert TemplateData.of(record(services=()), zone="UTC").price is None
    assert TemplateData.of(record(services=(HAIRCUT, COLOURING)), zone="UTC").services == (
        ("Стрижка", 1),
        ("Окрашивание", 1),
    )


def test_a_price_that_nobody_has_set_is_not_told() -> None:
    """Y22."""
    free, priced = replace(HAIRCUT, cost=Decimal(0)), replace(COLOURING, cost=Decimal(1500))
    assert TemplateData.of(record(services=(free,)), zone="UTC").price is None
    assert TemplateData.of(record(services=(free, priced)), zone="UTC").price is None
    assert "Стоимость" not in _text(notice_texts.TEMPLATES[NoticeKind.BOOKED], price=None)


@pytest.mark.parametrize(
    ("price", "written"),
    [
        *(("0", ""), ("0.004", ""), ("0.00", ""), ("-5", ""), ("0.01", "0,01"), ("99.999", "100"), ("0.5", "0,50")),
        *(("1500.001", "1\xa0500"), ("12.345", "12,34")),
    ],
)
def test_y22_a_price_that_reads_as_nothing_is_not_told(price: str, written: str) -> None:
    told = _text("Ждём!\nСтоимость: {price}", price=Decimal(price), currency=None)
    assert told == ("Ждём!\nСтоимость: " + written if written else "Ждём!")


def test_y22_a_service_that_costs_less_than_a_kopeck_has_no_price() -> None:
    crumb = replace(HAIRCUT, cost=Decimal("0.004"))
    assert TemplateData.of(record(services=(crumb, crumb, crumb)), zone="UTC").price is None


@pytest.mark.parametrize(
    ("currency", "written"),
    [("₸", "1\xa0800\xa0₸"), ("Br", "1\xa0800\xa0Br"), ("₽", "1\xa0800\xa0₽"), (None, "1\xa0800")],
)
def test_a_price_is_in_the_currency_of_the_salon(currency: str | None, written: str) -> None:
    """Y12."""
    assert _text("Стоимость: {price}", price=Decimal(1800), currency=currency) == f"Стоимость: {written}"


def test_a_point_that_a_value_ends_with_is_said_once() -> None:
    assert _text("Цена: {price}. Ждём!", currency="руб.") == "Цена: 1\xa0500\xa0руб. Ждём!"
    assert _text("Цена: {price}", currency="руб.") == "Цена: 1\xa0500\xa0руб."
    assert _text("Ваш мастер {master}.", master="Иванова А.С.") == "Ваш мастер Иванова А.С."


def test_m6_a_list_of_bookings_says_where_they_are() -> None:
    said = notice_texts.WORDING.fill_list(NoticeKind.BOOKED, [_facts(), _facts(starts_at=AT + timedelta(days=1))])
    assert said.splitlines()[4] == "Адрес: Тверская, 1"
    assert "Адрес" not in notice_texts.WORDING.fill_list(NoticeKind.BOOKED, [_facts(address=None)] * 2)


@pytest.mark.parametrize("column", ["Лист ожидания", "ЛИСТ ОЖИДАНИЯ 2", "-", ".", "Без мастера", "Любой специалист"])
def test_a_column_of_the_journal_that_is_nobody_is_no_master(column: str) -> None:
    assert _text("Ждём!\nМастер: {master}", master=column) == "Ждём!"


def test_a_service_that_is_booked_twice_is_said_to_be() -> None:
    """Y19."""
    twice = TemplateData.of(record(services=(replace(HAIRCUT, amount=2, cost=Decimal(3600)), COLOURING)), zone="UTC")
    assert notice_texts.WORDING.fill("Услуги: {services}", twice) == "Услуги: Стрижка × 2, Окрашивание"


def test_the_label_of_services_agrees_with_their_number() -> None:
    two = (("Стрижка", 1), ("Укладка", 1))
    assert _text("Услуги: {services}") == "Услуга: Стрижка"
    assert _text("Ждём! Услуги — {services}.") == "Ждём! Услуга — Стрижка."
    assert _text("Ваши услуги: {services}") == "Ваша услуга: Стрижка"
    assert _text("Услуги: {services}", services=two) == "Услуги: Стрижка, Укладка"


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("*Услуги:* {services}", "*Услуга:* {services}"),
        ("*Услуги*: {services}", "*Услуга*: {services}"),
        ("_Услуги_ — {services}", "_Услуга_ — {services}"),
        ("💅 *Услуги:*\n{services}", "💅 *Услуга:*\n{services}"),
        ("Ждём! Услуги: *{services}*", "Ждём! Услуга: *{services}*"),
        ("Мастер: {master}; услуги: {services}", "Мастер: {master}; услуга: {services}"),
        ("Мастер: {master} | Услуги: {services}", "Мастер: {master} | Услуга: {services}"),
        ("(услуги: {services})", "(услуга: {services})"),
        ("• Услуги: {services}", "• Услуга: {services}"),
        ("УСЛУГИ: {services}", "УСЛУГА: {services}"),
        ("Процедуры: {services}", "Процедура: {services}"),
        ("Послуги: {services}", "Послуга: {services}"),
        ("Паслугі: {services}", "Паслуга: {services}"),
        ("Қызметтер: {services}", "Қызмет: {services}"),
        ("Xizmatlar: {services}", "Xizmat: {services}"),
        ("Services: {services}", "Service: {services}"),
        ("Ваши услуги: {services}", "Ваша услуга: {services}"),
        ("ваши выбранные услуги — {services}", "ваша выбранная услуга — {services}"),
        ("ВАШИ УСЛУГИ: {services}", "ВАША УСЛУГА: {services}"),
        ("Вы записаны на услуги: {services}", "Вы записаны на услугу: {services}"),
        ("Вы записаны на ваши процедуры {services}", "Вы записаны на вашу процедуру {services}"),
        ("Ваша запись: услуги {services}, всё верно.", "Ваша запись: услуга {services}, всё верно."),
        ("Вы записаны на процедуры «{services}».", "Вы записаны на процедуру «{services}»."),
        ("Вы записаны на следующие услуги: {services}.", "Вы записаны на следующую услугу: {services}."),
        ("Процедуры {services} не состоятся.", "Процедура {services} не состоится."),
        ("Услуги {services} отменены.", "Услуга {services} отменена."),
    ],
)
def test_a_label_of_the_salons_own_agrees_whichever_number_it_was_written_in(several: str, one: str) -> None:
    two = (("Стрижка", 1), ("Укладка", 1))
    for written in (several, one):
        assert _text(written) == one.format(services="Стрижка", master="Оксана")
        assert _text(written, services=two) == several.format(services="Стрижка, Укладка", master="Оксана")


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("Мастера: {master}", "Мастер: {master}"),
        ("*Мастера:* {master}", "*Мастер:* {master}"),
        ("Ваши мастера — {master}.", "Ваш мастер — {master}."),
        ("Специалисты: {master}", "Специалист: {master}"),
        ("Ждём вас, мастера {master}", "Ждём вас, мастер {master}"),
        ("Вас ждут мастера: {master}", "Вас ждёт мастер: {master}"),
        ("Вас ждут ваши стилисты {master}!", "Вас ждёт ваш стилист {master}!"),
        ("Мастера {master} ждут вас.", "Мастер {master} ждёт вас."),
        ("Вы записаны к мастерам {master}.", "Вы записаны к мастеру {master}."),
        ("Ваш визит у мастеров {master}.", "Ваш визит у мастера {master}."),
        ("Через час вас ждут мастера {master}!", "Через час вас ждёт мастер {master}!"),
        ("Теперь вас примут мастера {master}.", "Теперь вас примет мастер {master}."),
        ("Наши мастера {master} будут ждать вас.", "Наш мастер {master} будет ждать вас."),
        ("Мастера {master} не смогут вас принять.", "Мастер {master} не сможет вас принять."),
        ("Ваши мастера {master} готовы принять вас.", "Ваш мастер {master} готов принять вас."),
        ("Мастера {master} будут рады видеть вас.", "Мастер {master} будет рад видеть вас."),
        ("Приходите к нашим мастерам {master}.", "Приходите к нашему мастеру {master}."),
        ("Ждём! 👩 Мастера: {master} 📍 Мира, 5", "Ждём! 👩 Мастер: {master} 📍 Мира, 5"),
        ("Встреча с мастерами {master}.", "Встреча с мастером {master}."),
        ("Салон «Мастера». {master}", "Салон «Мастера». {master}"),
    ],
)
def test_what_is_said_of_masters_agrees_with_their_number(several: str, one: str) -> None:
    for written in (several, one):
        assert _text(written) == one.format(master="Оксана")
        assert _text(written, other_masters=("Вера",)) == several.format(master="Оксана, Вера")
        assert _text(written, other_masters=("Лист ожидания",)) == one.format(master="Оксана")


@pytest.mark.parametrize(
    "text",
    [
        "Мастер {master} споёт вам песню.",
        "Мастера {master} споют вам песню.",
        "Мастер {master} дописал вам рецепт, ждём.",
        "Процедура {services} длится час.",
        "Процедуры {services} длятся час.",
        "Услуга {services} оказана.",
    ],
)
def test_no_word_is_changed_without_the_verb_that_goes_with_it(text: str) -> None:
    """A verb that is on no list stays as it was written, and so does its subject."""
    for more in ({"other_masters": ()}, {"other_masters": ("Вера",), "services": (("Стрижка", 1), ("Укладка", 1))}):
        said = notice_texts.WORDING.fill(text, _facts(**more))
        assert said.split()[0] == text.split(maxsplit=1)[0]


def test_our_own_texts_agree_with_the_number_of_masters() -> None:
    for kind in (NoticeKind.BOOKED, NoticeKind.MOVED, NoticeKind.CHANGED, NoticeKind.REMINDER_DAY):
        assert "\nМастера: Оксана, Вера\n" in notice_texts.WORDING.say(kind, None, _facts(other_masters=("Вера",)))
        assert "\nМастер: Оксана\n" in notice_texts.WORDING.say(kind, None, _facts())
    said = notice_texts.WORDING.fill_list(None, [_facts(), _facts(other_masters=("Вера",))])
    assert [line.partition(" — ")[2] for line in said.splitlines()[2:4]] == [
        "Стрижка, мастер Оксана",
        "Стрижка, мастера Оксана, Вера",
    ]


def test_one_master_whose_name_has_a_comma_is_one() -> None:
    assert _text("Мастер: {master}", master="Мария, топ-стилист") == "Мастер: Мария, топ-стилист"


@pytest.mark.parametrize(
    "said",
    [
        "Наши услуги дороже. {services}",
        "Услуги салона: {services}",
        "Услуги: от {services}",
    ],
)
def test_what_is_no_label_of_services_alone_stays(said: str) -> None:
    assert _text(said) == said.format(services="Стрижка")


@pytest.mark.parametrize(
    "typed",
    [
        "Окрашивание 👩\u200d🦰 ❤\ufe0f\u200d🔥",
        "Катя 👩\u200d👧",
        "Флаг 🏳\ufe0f\u200d🌈",
        "👩🏽\u200d💻 Оля",
        "🙂\u200d↔\ufe0f Оля",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f Оля",
        "Оля ✂\ufe0f",
    ],
)
def test_joined_emoji_stay_joined(typed: str) -> None:
    """Y20."""
    assert _text("Мастер: {master}", master=typed) == f"Мастер: {typed}"


def test_what_nobody_sees_is_left_out_of_words() -> None:
    assert _text("Мастер: {master}", master="Ан\u00adна\u200d\u200b\tМа\u202eрия") == "Мастер: Анна Мария"


_SOUP = st.text(alphabet="{}" + string.ascii_letters[:3] + " ,.!\n:Ж", max_size=30)
_WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=5)
_PIECES = st.lists(st.one_of(_SOUP, st.sampled_from([f"{{{name}}}" for name in VARIABLES])), max_size=6).map("".join)


@given(_PIECES, st.fixed_dictionaries(dict.fromkeys(VARIABLES, _WORDS)))
def test_whatever_passes_the_check_is_filled_in_and_never_empty(template: str, words: dict[str, str]) -> None:
    fault = _fault(template)
    if fault is not None:
        assert 0 <= fault.position <= len(template)
        assert notice_texts.template_flaw(fault)
        return
    text = render(template, words)
    assert text or any(f"{{{name}}}" in template and not word for name, word in words.items())
    assert "\0" not in text
    assert all(f"{{{name}}}" not in text for name in VARIABLES if not any("{" in word for word in words.values()))


def _fault(template: str) -> TemplateError | None:
    try:
        check(template)
    except TemplateError as error:
        return error
    return None


def test_every_change_has_words_for_several_visits_at_once() -> None:
    assert set(notice_texts.LISTS) - {None} == CHANGE_NOTICES


def test_what_turns_a_client_away_has_words_for_the_call_to_the_salon() -> None:
    for sentences in (calls._ABOUT, calls._CALL, calls._CALL_PART, calls._CALL_LINE):
        assert {Purpose(kind) for kind in sentences} == TURNS_AWAY
