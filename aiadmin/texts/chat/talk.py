"""Sentences about no visit: stop words, a human, what cannot be read, prices that stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiadmin.domain.chat.parts import talk as parts
from aiadmin.domain.chat.parts.questions import ServicePrice
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.plain_text import shown
from aiadmin.texts.chat import wording
from aiadmin.texts.chat.questions import price_row
from aiadmin.texts.chat.sentence import Sentence

_SAID: Mapping[type, str] = {
    parts.LastWishPassedOn: "Передали вашу просьбу о записи администратору.",
    parts.Goodbye: "Больше не будем вам писать. Чтобы снова получать сообщения о записях, напишите СТАРТ.",
    parts.WelcomeBack: "Снова будем присылать вам сообщения о записях. Чтобы отказаться, напишите СТОП.",
    parts.CannotListen: "Голосовые здесь прослушать не получится: напишите, пожалуйста, текстом. "
    "Администратору о вашем сообщении тоже передали.",
    parts.AttachmentPassedOn: "Спасибо, передали администратору: посмотрит и ответит вам.",
    parts.HumanCalled: "Передали администратору, он ответит вам здесь.",
    parts.ComplaintPassedOn: "Нам очень жаль, что так вышло. Передали ваши слова администратору, он вам ответит.",
    parts.HealthPassedOn: "Нам очень жаль, что так случилось. Срочно передали администратору, он свяжется с вами.",
    parts.HealthAsked: "Чтобы не навредить, на вопросы о здоровье отвечает только специалист: "
    "передали администратору, он ответит вам здесь.",
    parts.Waiting: "Хорошо, ждём вашего ответа.",
    parts.CalmAnswer: "Понимаем, что вы расстроены. Передали администратору, он вам ответит.",
    parts.PassedOn: "Передали администратору, он ответит вам здесь.",
    parts.PricePassedOn: "Изменить цену мы не можем. Передали ваш вопрос администратору, он вам ответит.",
    parts.OneLanguage: "Мы отвечаем по-русски. Sorry, we can only reply in Russian here.",
    parts.WhatIsWished: "Не совсем вас поняли. Напишите, пожалуйста, иначе: записать вас, перенести запись "
    "или подсказать цену?",
    parts.InOneWord: "Напишите, пожалуйста, одним словом: «записаться», «перенести», «отменить» или «цены».",
    parts.MoveOrMore: "Напишите, пожалуйста, «перенести», если нужно другое время для этой записи, "
    "или «ещё раз», если нужна вторая.",
    parts.NotUnderstoodPassedOn: "Чтобы не ошибиться, передали ваши сообщения администратору, он ответит вам здесь.",
}
"""What holds no fact."""


def _said(part: object, _: Situation) -> str:
    return _SAID[type(part)]


_LONGEST_HEARD = 200


def _heard(part: parts.HeardAs, _: Situation) -> str:
    words = shown(part.words)
    heard = f"{words[:_LONGEST_HEARD]}…" if len(words) > _LONGEST_HEARD else words
    written = " Чтобы согласиться, напишите, пожалуйста, «да» текстом." if part.is_agreed_in_writing else ""
    return f"Услышали: «{heard}».{written}"


_MOST_QUOTED = 4


def _not_read(part: parts.NotRead, situation: Situation) -> str:
    words = " ".join(" ".join(map(shown, part.words[:_MOST_QUOTED])).split())
    titles = [wording.title(situation.salon.services[one].title) for one in part.supposed]
    if titles:
        return (
            f"Не поняли «{words}». Вы имели в виду: {wording.any_of(titles)}? Если нет, напишите, пожалуйста, иначе."
        )
    return f"Не поняли «{words}». Напишите, пожалуйста, иначе, или ответьте «неважно», и подберём время без этого."


_AGAIN = {
    parts.Again.NOTED: "Спасибо, учли.",
    parts.Again.UNCLEAR: "Не совсем поняли ваш ответ, поэтому спросим ещё раз.",
    parts.Again.SAME: "Посмотрели ещё раз, варианты те же.",
    parts.Again.REPEATED: "Повторим на всякий случай.",
}


def _again(part: parts.SaidAgain, _: Situation) -> str:
    return _AGAIN[part.why]


def _by_number(part: parts.WhichLine, _: Situation) -> str:
    return f"Напишите, пожалуйста, номер из списка: {wording.any_of([str(one + 1) for one in range(part.lines)])}."


def _opens(part: parts.OpensAt, situation: Situation) -> str:
    is_today = part.at.date() == situation.now.date()
    when = f"сегодня в {wording.clock(part.at.time())}" if is_today else wording.at(part.at)
    return f"Сейчас салон закрыт, откроемся {when}."


def _prices(part: parts.PricesStand, situation: Situation) -> str:
    listed = "; ".join(price_row(one, situation.salon) for one in part.prices)
    return f"Цены у нас по прайсу: {listed}." if listed else "Цены у нас по прайсу."


def _rows(prices: Sequence[ServicePrice], situation: Situation) -> str:
    return "; ".join(price_row(one, situation.salon) for one in prices)


def _less_with(part: parts.LessWith, situation: Situation) -> str:
    name = wording.master(part.staff_id, situation.salon)
    return f"Цена зависит от мастера. {wording.capital(_rows(part.prices, situation))}. Дешевле всего: {name}."


def _lowest(part: parts.LowestPrice, situation: Situation) -> str:
    listed = _rows(part.prices, situation)
    return f"Цены у нас по прайсу, и эта самая низкая: {listed}." if listed else "Это самая низкая цена по прайсу."


def _less_for(part: parts.LessFor, situation: Situation) -> str:
    return f"Цены у нас по прайсу. Из похожего дешевле: {_rows(part.prices, situation)}."


SENTENCES: Mapping[type, Sentence] = {
    **dict.fromkeys(_SAID, _said),
    parts.HeardAs: _heard,
    parts.NotRead: _not_read,
    parts.SaidAgain: _again,
    parts.WhichLine: _by_number,
    parts.OpensAt: _opens,
    parts.PricesStand: _prices,
    parts.LessWith: _less_with,
    parts.LowestPrice: _lowest,
    parts.LessFor: _less_for,
}
"""By the part that they put into words."""
