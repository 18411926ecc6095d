"""Y16: a salon's own reminder, as who has confirmed already reads it: without the question, and with all the rest."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.template import TemplateData
from aiadmin.texts.ru import notices as notice_texts

FACTS = TemplateData(
    name="Анна",
    starts_at=datetime.fromisoformat("2026-11-27T11:30Z"),
    zone="Europe/Moscow",
    master="Оксана",
    services=(("Стрижка", 1),),
    price=Decimal(1500),
    currency="₽",
    address="Тверская, 1",
    link="https://n1.example/1",
)
DAY = "в пятницу, 27 ноября"
VISIT, VISIT_SAID = "Ждём вас {date}, в {time}.", f"Ждём вас {DAY}, в 14:30."


def confirmed(template: str) -> str:
    return notice_texts.WORDING.fill(template, FACTS, is_asked=False)


QUESTIONS = [
    "Придёте?",
    "Всё в силе?",
    "Всё в силе? Ответьте, пожалуйста: 1 — приду, 2 — не смогу.",
    "Придёте? 1 — да, 2 — нет.",
    "Придёте? 1 - да. 2 - нет.",
    "Ответь 1 или 2.",
    "Ответьте 1, если придёте, или 2, если нет!",
    "Подтвердите, пожалуйста, визит.",
    "Просим подтвердить запись ответным сообщением.",
    "Ждём вашего ответа!",
    "Дайте знать, если всё в силе.",
    "Если всё в силе, ответьте 1.",
    "Напишите «да» или «нет».",
    "Отправьте + для подтверждения.",
    "Мы пока не знаем, придёте ли вы.",
    "Вы ещё не подтвердили визит.",
    "Вам удобно? Жмите 1 или 2 😊",
    "Придёте?😊",
    "1 — приду, 2 — не смогу, 3 — перенести.",
    "1️⃣ приду 2️⃣ не приду",
    "Жми 1 (приду) или 2 (нет)",
    "Не сможете прийти? Ответьте 2.",
    "Сможете быть?!",
    "Запись не подтверждена!",
    "Без подтверждения запись аннулируется.",
    "Если вы не подтвердите визит до 20:00, он будет отменён.",
    "Придёте? Да / Нет.",
    "Поставьте ❤️, если придёте.",
    "Скажите, получится прийти?",
    "Отметьтесь цифрой: 1 (приду), 2 (не смогу).",
    # what becomes of the time of who does not answer, in words of its own
    "Иначе мы отменим запись.",
    "В противном случае запись будет отменена.",
    "Если не получим ответа, отдадим время другому клиенту.",
    "Если вы не ответите до 20:00, время отдадим другому клиенту.",
    "Если не дождёмся вашего сообщения, запись снимем.",
    "При отсутствии ответа мы снимем запись.",
    "Неподтверждённые записи отменяются автоматически!",
    "Записи без ответа удаляются.",
    "Молчание = отмена.",
    "Подтвердите до 20:00! Иначе мы отменим запись.",
    "Подтвердите визит. В ином случае время займёт другой клиент.",
    "Держим место за вами до 20:00.",
    "Запись сохраняется за вами до 20:00.",
    "Визит может быть отменён, если вы промолчите.",
    "Әйтпесе жазба жойылады.",
    "Aks holda yozuv bekor qilinadi.",
    "Інакше запис буде скасовано.",
    "Otherwise the visit will be cancelled.",
    # a sign, whichever it is
    "Нажмите 👍, если всё ок.",
    "Отправьте смайлик, если придёте.",
    "Ждём от вас плюсик ➕",
    "Сообщите о своём решении.",
    "Напишите, всё ли в силе.",
    "Пришлите любой смайл.",
    "Отзовитесь, пожалуйста!",
    "Маякните нам!",
    "Напишите, собираетесь ли вы к нам.",
    "Поставьте огонёк 🔥",
    "Напишите «буду».",
    "Напишите БУДУ или НЕ БУДУ.",
    "Жду + в ответ.",
    "Ставьте лайк!",
    "Дайте обратную связь.",
    "Жду отклика.",
    "Не игнорируйте это сообщение.",
    "Ожидаем реакцию.",
    "Для нас важно знать, придёте вы или нет.",
    "Уточните, пожалуйста, ждать ли вас.",
    "Проверьте, актуальна ли запись.",
    "Мы будем вынуждены отменить запись.",
    "Без вашего «да» запись недействительна.",
    # kazakh, uzbek, kyrgyz, ukrainian, belarusian, english, armenian, arabic, hebrew
    "Келесіз бе? 1 — иә, 2 — жоқ.",
    "Растаңыз, өтінеміз.",
    "Келасизми? 1 - ҳа, 2 - йўқ.",
    "Kelasizmi? Javob bering: 1 yoki 2.",
    "Tasdiqlang, iltimos.",
    "Келесизби? 1 — ооба, 2 — жок.",
    "Чи прийдете? Підтвердіть, будь ласка.",
    "Ці прыйдзеце? Адкажыце 1 або 2.",
    "Please confirm.",
    "Reply 1 or 2.",
    "Կգա՞ք։",
    "هل ستأتي؟",
    "האם תגיעו?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_y16_who_has_confirmed_is_not_asked(question: str) -> None:
    assert confirmed(f"{VISIT} {question}") == VISIT_SAID
    assert confirmed(f"{VISIT}\n{question}") == VISIT_SAID
    assert confirmed(f"{question} {VISIT}") == VISIT_SAID
    closed = question if question[-1] in ".!?؟։😊" else f"{question}."
    assert confirmed(f"{VISIT} {closed}\nДо встречи!") == f"{VISIT_SAID}\nДо встречи!"
    if closed[-2:] != " 😊":
        assert confirmed(f"{VISIT} {closed} До встречи!") == f"{VISIT_SAID} До встречи!"
    assert confirmed(question) == ""  # ours is said instead


@pytest.mark.parametrize(
    "said",
    [
        "Мы на ул. Мира, д. 1 — вход со двора.",
        "Мы на ул. Мира, д. 1, кв. 2 — второй этаж.",
        "Адрес: Мира 1 - 2 этаж.",
        "Салон «Что? Где? Когда?» рядом с метро.",
        "Салон «Придёте?» на Мира, 5.",
        "Сайт: https://salon.example/?a=1&b=2",
        "Отписаться от сообщений: ответьте СТОП.",
        "Чтобы не получать таких сообщений, ответьте СТОП.",
        "Не хотите получать сообщения? Ответьте СТОП.",
        "Если планы изменятся, напишите сюда.",
        "Если опоздаете, позвоните: 8 900 123-45-67.",
        "Есть вопросы? Звоните: 8 900 123-45-67.",
        "Вопросы? 8 900 123-45-67.",
        "Не сможете прийти? Позвоните: 8 900 123-45-67.",
        "Изменились планы? Напишите сюда.",
        "Опаздываете? Напишите нам.",
        "Как нас найти? Вход со двора.",
        "Что взять с собой? Сменную обувь.",
        "Мы ответим на все вопросы по телефону 8 900 123-45-67.",
        "Мы работаем с 9:00 до 21:00.",
        "Работаем 1 и 2 января с 10:00.",
        "Визит длится 1 - 2 часа.",
        "Второй визит со скидкой 20%.",
        "Возьмите с собой паспорт и 2 фотографии.",
        "1. Не завтракайте.",
        "Подготовка:\n1. Не завтракайте.\n2. Возьмите паспорт.",
        "Подготовка:\n1 — не завтракайте;\n2 — возьмите паспорт.",
        "Парковка 1 час — бесплатно, 2 часа — 100 ₽.",
        "Ответственный администратор — Ольга.",
        "До встречи!",
        "Кабинет 1 — направо, кабинет 2 — налево.",
        "Вас ждёт салон «Придёшь?».",
        "Вас ждёт салон «1 или 2».",
        "Меню: 1 — кофе, 2 — чай.",
        "Хотите скидку? Приводите подругу.",
        "Если не сможете прийти — дайте знать заранее.",
        "Визит подтверждён.",
        "С уважением, салон «Да»",
        "Если придёте раньше, подождите в холле.",
        "В случае отмены менее чем за сутки удерживается 50%.",
        "Ваш код на скидку: 1 2 3.",
        "При опоздании более 15 минут запись отменяется.",
        "При отмене менее чем за 3 часа предоплата не возвращается.",
        "Отменить или перенести визит: 8 900 123-45-67.",
        "Скидка действует до 5 декабря.",
        "Если планы изменятся, отмените запись по телефону 8 900 123-45-67.",
        "Сообщите администратору, если нужна парковка.",
        "Напишите нам, если не сможете прийти.",
        "Сообщите заранее, если не придёте.",
        "При неявке без предупреждения — штраф 500 ₽.",
        "Напишите в WhatsApp +7 900 123-45-67.",
        "Очень ждём вас 😊",
        "Ждём вас у нас 🙌 до встречи ❤️",
        "Отметьтесь у администратора на первом этаже.",
    ],
)
def test_y16_what_asks_nothing_stays_to_the_letter(said: str) -> None:
    assert confirmed(f"{VISIT}\n{said}") == f"{VISIT_SAID}\n{said}"
    assert confirmed(f"{VISIT}\n{said}\nПридёте? Ответь 1 или 2.") == f"{VISIT_SAID}\n{said}"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{name}, придёте {date} в {time}?", VISIT_SAID),
        ("Здравствуйте, {name}! Вы придёте {date}, в {time}?", f"Здравствуйте, Анна! {VISIT_SAID}"),
        ("Подтвердите, пожалуйста, визит {date}.", f"Ждём вас {DAY}."),
        ("Придёте в {time}? До встречи!", "Ждём вас в 14:30. До встречи!"),
        (
            "Ждать вас {date}, в {time}, к мастеру {master} по адресу {address}?",
            f"{VISIT_SAID} Мастер: Оксана. Адрес: Тверская, 1.",
        ),
        ("Вы записаны на {services} за {price}, придёте?", "Вы записаны на Стрижка за 1\xa0500\xa0₽."),
        ("Ждём вас {date}, в {time}, придёте?", VISIT_SAID),
        ("Ждём вас {date}, в {time} — подтвердите, пожалуйста!", f"Ждём вас {DAY}, в 14:30!"),
        ("Ждём вас {date}, в {time}: 1 — приду, 2 — не смогу", f"Ждём вас {DAY}, в 14:30"),
        (
            "Ждём вас на ул. Мира, д. 1 — вход со двора, придёте? Ваше время {time}.",
            "Ждём вас на ул. Мира, д. 1 — вход со двора. Ваше время 14:30.",
        ),
        (
            "Ждём {date}!\n\nОтветьте:\n1 — приду\n2 — не смогу\n\nТел. 8 900 123-45-67",
            f"Ждём {DAY}!\n\nТел. 8 900 123-45-67",
        ),
        ("Ждём {date}!\nВыберите ответ:\n1 — приду,\n2 — не смогу.", f"Ждём {DAY}!"),
        ("Ждём {date}!\n1 — приду,\n2 — не смогу\n", f"Ждём {DAY}!"),
        ("Ждём {date}!\n1) Да\n2) Нет", f"Ждём {DAY}!"),
        ("Ждём {date}!\n✅ 1 — приду\n❌ 2 — не смогу\nОтписаться: СТОП", f"Ждём {DAY}!\nОтписаться: СТОП"),
        ("Ждём {date}!\n«+» — приду\n«-» — не приду", f"Ждём {DAY}!"),
        (
            "Завтра ждём тебя в {time} 💅 Будешь? Ответь 1 или 2 🙏\nАдрес: ул. Ленина, д. 1 — 2 подъезд",
            "Завтра ждём тебя в 14:30 💅\nАдрес: ул. Ленина, д. 1 — 2 подъезд",
        ),
        ("Ждём {date}!\n\n*Ответьте:*\n*1* — приду\n*2* — не приду", f"Ждём {DAY}!"),
        (
            "Ждём {date}!\n1 - Подтверждаю\n2 - Отменяю\n3 - Хочу другое время\nТел. 89001234567",
            f"Ждём {DAY}!\nТел. 89001234567",
        ),
        ("Ждём {date}!\nЧтобы подтвердить, нажмите 1.\nЧтобы отменить, нажмите 2.", f"Ждём {DAY}!"),
        ("Ждём {date} (подтвердите, пожалуйста).", f"Ждём вас {DAY}."),
        ("Ждём {date}!\nПридёте?\nДа\nНет", f"Ждём {DAY}!"),
        ("Ждём {date}!\nПридёте?\n- да\n- нет", f"Ждём {DAY}!"),
        ("Подтвердить: {link}", "Ваша запись: https://n1.example/1"),
        ("Здравствуйте, {name}! Придёте?", ""),
        ("{name}, здравствуйте!\nПридёте?", ""),
        ("Здравствуйте! Завтра ваш визит. Придёте?", "Здравствуйте! Завтра ваш визит."),
    ],
)
def test_y16_what_the_question_tells_of_the_visit_is_told_without_it(template: str, text: str) -> None:
    assert confirmed(template) == text


@pytest.mark.parametrize("kind", [NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOURS])
def test_y16_our_own_texts_are_the_same_without_their_questions(kind: NoticeKind) -> None:
    asked = notice_texts.WORDING.fill(notice_texts.TEMPLATES[kind], FACTS)
    said = confirmed(notice_texts.TEMPLATES[kind])
    assert asked.startswith(said)
    assert "14:30" in said
    assert "?" not in said
    assert "1 —" not in said


CLOSED = [question if question[-1] in ".!?؟։😊" else f"{question}." for question in QUESTIONS]
TOLD = st.sampled_from(
    [
        *(
            "Ждём вас {date}.",
            "Время: {time}.",
            "Мастер {master}, цена {price}.",
            "Адрес: {address}, д. 1 — во дворе.",
        ),
        *("Тел. 8 900 123-45-67.", "Салон «Что? Где?» на ул. Мира, д. 2.", "Отписаться — ответьте СТОП."),
    ]
)
ASKED = st.sampled_from([*CLOSED, "Придёте {date} в {time}?", "Подтвердите визит к мастеру {master}."])
PIECES = st.lists(st.tuples(st.one_of(TOLD, ASKED), st.sampled_from([" ", "\n", "\n\n"])), min_size=1, max_size=6)


@given(PIECES)
def test_y16_of_any_text_every_fact_stays_and_no_question(pieces: list[tuple[str, str]]) -> None:
    template = "".join(piece + space for piece, space in pieces).strip()
    text = confirmed(template)
    for name, said in (("date", DAY), ("time", "14:30"), ("master", "Оксана"), ("price", "1\xa0500")):
        assert f"{{{name}}}" not in template or said in text
    for literal in ("8 900 123-45-67", "д. 1 — во дворе", "«Что? Где?» на ул. Мира, д. 2", "ответьте СТОП"):
        assert literal not in template or literal in text
    assert not re.search(r"\?(?=\s|$)|[12] —(?! во дворе)|твердите|не смогу", text.replace("«Что? Где?»", ""))
    assert not re.search(r"\n{3,}|  |^\s|\s$|[:,]$", text)


@given(st.text(st.sampled_from("12 —.?!,:\nда{}Ответь«»()"), max_size=40))
def test_y16_no_text_is_too_odd(soup: str) -> None:
    template = re.sub(r"[{}]", "", soup) + "Ждём"
    assert isinstance(confirmed(template), str)


@pytest.mark.parametrize(
    "template",
    [
        "Ждём ответа! {date} в {time}",
        "Будете? {date}, {time}, {master}",
        "Подтверждаете? 👍 — да, 👎 — нет. {date} в {time}",
        "Придёте? Вход со двора.",
    ],
)
def test_h2_where_only_scraps_are_left_our_own_words_are_said(template: str) -> None:
    for kind in (NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOURS):
        ours = notice_texts.WORDING.say(kind, None, FACTS, is_asked=False)
        assert notice_texts.WORDING.say(kind, template, FACTS, is_asked=False) == ours
