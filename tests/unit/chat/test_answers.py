"""Short answers to a reminder, and words to stop: what they bring about, through reading and deciding.

Whatever is in doubt is for a human; what asks for silence is never an answer to anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.policy.decide import decide
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.situation import ClientView, OwnVisit, SalonView, Situation
from aiadmin.domain.chat.steps import Found, Reply
from aiadmin.domain.chat.vocabulary import vocabulary_of
from tests.support.reading import MORPHOLOGY

NOW = datetime.fromisoformat("2026-03-12T10:00")
VISIT = OwnVisit(
    record_id=1,
    starts=NOW + timedelta(days=1),
    length=timedelta(hours=1),
    services=(1,),
    titles=("Стрижка",),
    staff_id=1,
    staff_name="Анна",
)
WORDS = vocabulary_of([], [], MORPHOLOGY, {})
ASKED = Situation(
    now=NOW,
    written_at=NOW,
    salon=SalonView(title="Лаванда", zone="Europe/Moscow"),
    client=ClientView(visits=(VISIT,)),
    asks=(
        OpenAsk(
            kind=AskKind.ATTENDANCE, sent_at=NOW - timedelta(hours=1), message_id=1, record_id=1, starts=VISIT.starts
        ),
    ),
    is_on=False,
)


def meaning(text: str, situation: Situation = ASKED) -> str:
    """What comes of words behind a reminder, where the bot is switched off."""
    commands = read(Burst((text,)), reading_context(situation, WORDS))
    known = replace(situation, dialogue=advance(situation.dialogue, commands, situation))
    step = decide(known, commands, Found(visits=(VISIT,)))
    assert isinstance(step, Reply), step
    if step.opt_out is not None:
        return "stop" if step.opt_out else "start"
    answer = step.attendance[0].answer if step.attendance else None
    if step.is_left or step.hand_over is not None or answer is Attend.UNCLEAR:
        return "human"
    return "nothing" if answer is None else answer.value


SAID: Mapping[str, Sequence[str]] = {
    "yes": [
        *("1", "1.", " 1 ", "1️⃣", "+", "++", "да", "Да!", "ДА!!!", "дА", "дaa", "Дa", "ага", "ок", "OK", "oк", "Ок."),
        *("подтверждаю", "Подтверждаю!", "Подтвердить", "приду", "Приду, спасибо", "буду", "Да, буду вовремя"),
        *("да, да", "1 да", "Здравствуйте, да", "Хорошо", "конечно", "👍", "👍🏻", "👌", "да 👍", "Придём", "смогу"),
        *("ждите", "всё в силе", "yes", "Согласна"),
    ],
    "no": [
        *("2", "2.", "2️⃣", "-", "нет", "Нет...", "НЕТ", "неет", "неа", "не", "отмена", "Отмените, пожалуйста"),
        *("не смогу", "Не смогу прийти", "нет, не смогу", "не, не смогу", "не приду", "Я не приду", "не буду"),
        *("👎", "❌", "не подтверждаю", "не получится", "Извините, не получается", "нeт", "да нет"),
    ],
    "stop": [
        *("СТОП", "стоп", "Стоп!", "STOP", "CTOП", "отписаться", "Отпишите меня", "не пишите мне", "стоп рассылка"),
        # Y3: plain requests to be left alone, which once were silence for an hour
        *("Не пишите мне больше", "Больше мне не пишите", "Пожалуйста, не пишите мне больше"),
        *("не пишите сюда больше", "Отпишите меня от уведомлений", "Отпишите меня от напоминаний"),
        *("Не присылайте мне напоминания", "Не присылайте больше сообщений", "Больше не присылайте смс"),
        *("Не надо мне писать", "Не нужно мне писать", "Хватит мне писать", "Прекратите рассылку"),
        *("Отключите уведомления", "Уберите меня из рассылки", "Стоп, хватит", "Стоп, больше не надо"),
        *("Стоп, не беспокойте", "stop please", "unsubscribe me", "Please stop", "Отмените рассылку"),
        *("Не хочу получать сообщения", "Мне не нужны ваши напоминания", "Отключите меня от рассылки"),
    ],
    "start": ["СТАРТ", "старт", "START", "CTAPT", "Подписаться."],
    "human": [
        *("а можно в 15:00?", "да?", "11", "12", "3", "1 или 2", "да, но опоздаю", "не знаю", "Да ❌", "👍👎"),
        *("давайте в среду", "приду с подругой", "нет мест?", "сколько стоит", "стопку чая", "дай подумать"),
        *("перенесите", "нетто", "Больше не приду, ужасный сервис", "x", "ок, только к другому мастеру"),
    ],
    "nothing": ["Спасибо", "Спасибо!", "❤", "🙏", "Добрый день", "😊"],
}


@pytest.mark.parametrize(("expected", "text"), [(what, text) for what, texts in SAID.items() for text in texts])
def test_words_behind_a_reminder(expected: str, text: str) -> None:
    assert meaning(text) == expected


@pytest.mark.parametrize("text", SAID["stop"])
def test_y3_a_plain_request_to_be_left_alone_is_heard_whatever_was_asked(text: str) -> None:
    """Y3: with nothing asked, and with the bot switched on as well."""
    assert meaning(text, replace(ASKED, asks=())) == "stop"
    assert meaning(text, replace(ASKED, is_on=True)) == "stop"


W18_STOPS = (
    *(
        "не пишите мне больше",
        "отпишитесь",
        "отказаться от рассылки",
        "Stop please",
        "unsubscribe me",
        "хватит слать",
    ),
    *("удалите мой номер", "больше не присылайте мне сообщения", "отпишите меня от рассылки", "стоп🛑"),
    # one word more or less, another form of the verb, another order
    *("не пиши мне больше", "больше не пиши", "не надо мне больше писать", "прошу больше не писать", "не пишите"),
    *("я просила мне не писать", "попросил бы мне не писать", "просьба больше не беспокоить", "хватит рассылок"),
    *("надоели ваши сообщения", "достали своими рассылками", "отказываюсь от ваших рассылок", "рассылка не нужна"),
    *(
        "отказ от сообщений",
        "не желаю получать от вас сообщения",
        "не хочу, чтобы вы мне писали",
        "запрещаю мне писать",
    ),
    *("мне не нужна ваша рассылка", "не отправляйте мне больше сообщений", "больше ничего не присылайте"),
    *("не тревожьте меня больше", "оставьте меня в покое", "отстаньте от меня", "забудьте этот номер"),
    *("удали мой номер", "удалите мои контакты из базы", "снимите меня с рассылки", "не напоминайте мне больше"),
    *("уведомления отключите", "прекратите спам", "можете больше не писать?", "отзываю согласие на рассылку"),
    *("не пишите и не звоните", "на этот номер больше не пишите", "stop texting me", "don't text me"),
    *("Да, и больше не пишите мне", "нет, не приду, и больше не пишите"),
)
W18_NO_STOPS = (
    *("не пишите меня на завтра", "не пишите меня к Анне, лучше к Ольге", "не присылайте мастера Анну"),
    *("отпишитесь, как будет время", "отпишитесь по стоимости", "отпишите мне, когда освободится окно"),
    *("не присылайте фото", "не пишите отзыв за меня", "удалите мою запись", "уберите меня с 12 часов"),
    *("отказываюсь от педикюра", "больше не надо, спасибо", "не беспокойтесь, я приду", "не нужна мне стрижка"),
    *("стоп, лучше в пятницу", "хватит одного часа?", "вы мне больше не писали про скидку", "не хочу к Анне"),
)


@pytest.mark.parametrize("text", W18_STOPS)
def test_w18_a_wish_to_hear_no_more_is_a_stop_in_any_form(text: str) -> None:
    """W18: one word more than a list knew was silence for an hour, and then notices went on."""
    for situation in (ASKED, replace(ASKED, asks=()), replace(ASKED, is_on=True)):
        assert meaning(text, situation) == "stop"


@pytest.mark.parametrize("text", W18_NO_STOPS)
def test_w18_what_is_about_a_visit_stops_no_messages(text: str) -> None:
    """W18: nobody who writes of a visit is cut off from its reminders."""
    for situation in (ASKED, replace(ASKED, asks=())):
        assert meaning(text, situation) != "stop"


@pytest.mark.parametrize("text", ["☑️", "➕", "💯", "✓", "Да\u00ad", "д\u00adа"])
def test_w18_signs_of_consent_and_unseen_letters_are_a_yes(text: str) -> None:
    assert meaning(text) == "yes"


def test_a_story_is_for_a_human_whatever_it_begins_with() -> None:
    assert meaning("да " * 2000) == "human"


@given(st.text(max_size=200), st.booleans())
def test_anything_may_be_said(text: str, is_on: bool) -> None:
    assert meaning(text, replace(ASKED, is_on=is_on)) in {*SAID}


@given(
    st.sampled_from([(what, text) for what in ("yes", "no") for text in SAID[what]]),
    st.sampled_from(["", " ", "!", "...", " )", "\n"]),
)
def test_case_and_what_is_around_change_nothing(said: tuple[str, str], around: str) -> None:
    expected, text = said
    for form in (text, text.upper(), text.capitalize()):
        assert meaning(f"{form}{around}") == expected
