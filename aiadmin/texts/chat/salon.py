"""What the salon's own number is told of a chat: who it is, why a human is needed, what was wished and said last."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.floor import GIVES_THE_FLOOR, HandOverReason
from aiadmin.domain.chat.notes import (
    BadRating,
    ComesAfterAll,
    ConfirmsWrittenOff,
    Declined,
    FoundLater,
    HeardLate,
    IsLate,
    LastWish,
    TalksInCircles,
    UnclearAnswer,
    UnclearWhichVisit,
    WroteReview,
)
from aiadmin.domain.chat.parts.visits import AlterationPassedOn, ChangePassedOn, EarlyTold, NotChanged
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Reply, SalonNote
from aiadmin.domain.chat.transcript import Utterance
from aiadmin.domain.chat.when import Time
from aiadmin.domain.plain_text import shown
from aiadmin.texts.chat import wording
from aiadmin.texts.ru.calls import who
from aiadmin.texts.ru.chats import SPOKEN

REASONS: Mapping[HandOverReason, str] = {
    HandOverReason.HUMAN: "просит ответить администратора",
    HandOverReason.COMPLAINT: "жалуется",
    HandOverReason.HEALTH: "пишет о здоровье",
    HandOverReason.PRICE: "просит другую цену",
    HandOverReason.LATE: "опаздывает",
    HandOverReason.MEDIA: "прислал(а) то, что мы не читаем",
    HandOverReason.PREPAY: "хочет записаться на то, что оплачивают заранее",
    HandOverReason.GROUP: "хочет в группу или записать нескольких человек",
    HandOverReason.BLACKLIST: "не может записаться: YClients не принимает записи этого клиента",
    HandOverReason.FORBIDDEN: "хочет того, что бот сам не делает",
    HandOverReason.UNKNOWN_WRITE: "ждёт записи, а YClients не ответил, сохранилась ли она. Проверьте журнал",
    HandOverReason.NOT_UNDERSTOOD: "пишет то, чего мы не поняли",
    HandOverReason.LIMIT: "ждёт ответа, а мы его не нашли",
    HandOverReason.ABUSE: "пишет грубо",
    HandOverReason.FACT: "спрашивает то, чего нет в ответах бота",
}
_OURS_NO_MORE = "Ответьте сами, пожалуйста: бот в этом чате два часа молчит."
_STILL_OURS = "Ответьте сами, пожалуйста."
_READ_IT = "В журнале ничего не изменилось: прочитайте переписку и ответьте сами, пожалуйста."
_LONGEST_WORDS = 300
_CHANGE: Mapping[VisitOperation, str] = {VisitOperation.MOVE: "перенести", VisitOperation.CANCEL: "отменить"}


def shown_words(one: Utterance) -> str:
    """What a client has said, as the salon reads it; empty for what has no words."""
    return SPOKEN.format(words=one.text) if one.is_spoken else one.text or ""


def to_salon(reply: Reply, situation: Situation, said: str) -> str:
    """What the salon's own number reads of a reply; empty where it is told nothing.

    Args:
        said: what the client has written last.
    """
    return "\n".join(_lines(reply, situation, said)) if reply.tells_salon else ""


def _lines(reply: Reply, situation: Situation, said: str) -> Iterator[str]:
    client = situation.client
    name = who(client.name or reply.dialogue.name, client.phone)
    for note in reply.notes:
        yield f"{name}: {NOTES[type(note)](note)}"
    if reply.hand_over is not None:
        yield f"{name}: {_asked_change(reply) or REASONS[reply.hand_over]}."
    wish = _wish(reply.dialogue, situation)
    if reply.hand_over is not None and wish:
        yield f"О чём речь: {wish}."
    words = shown(said).strip()
    if words:
        yield f"Пишет: «{words[:_LONGEST_WORDS]}{'…' if len(words) > _LONGEST_WORDS else ''}»"
    if reply.hand_over is not None:
        yield _OURS_NO_MORE if reply.hand_over in GIVES_THE_FLOOR else _STILL_OURS


def _asked_change(reply: Reply) -> str:
    """Which visit is to be changed, and how; empty where none is."""
    altered = next((one.visit for one in reply.parts if isinstance(one, AlterationPassedOn)), None)
    if altered is not None:
        return f"просит изменить запись {wording.at(altered.starts)} ({wording.visit(altered)})"
    early = next((one.visit for one in reply.parts if isinstance(one, EarlyTold)), None)
    if early is not None:
        return f"придёт раньше времени, запись {wording.at(early.starts)} ({wording.visit(early)})"
    asked = next((one for one in reply.parts if isinstance(one, (ChangePassedOn, NotChanged))), None)
    if asked is None or asked.visit is None:
        return ""
    is_late = isinstance(asked, ChangePassedOn) and asked.is_too_late
    late = ". По правилам салона клиенту это уже поздно" if is_late else ""
    what = f"{wording.at(asked.visit.starts)} ({wording.visit(asked.visit)})"
    return f"просит {_CHANGE[asked.operation]} запись {what}{late}"


def _wish(dialogue: Dialogue, situation: Situation) -> str:
    """What is known of the wish: services and masters by the names of the journal, days and times."""
    salon = situation.salon
    services = [salon.services[one].title for one in dialogue.services if one in salon.services]
    staff = [salon.staff[one].name for one in dialogue.staff if one in salon.staff]
    days = _days(dialogue) if services else []
    masters = [f"мастер {' или '.join(staff)}"] if staff else []
    return ", ".join([*services, *masters, *([wording.any_of(days)] if days else [])])


def _days(dialogue: Dialogue) -> list[str]:
    """Single days that were named, each with its time where one was."""
    return [
        f"{wording.day(each.first)}{_at(one.time)}"
        for one in dialogue.whens
        if one.day is not None
        for each in one.day.any_of
        if each.first is not None and each.first == each.last
    ]


def _at(time: Time | None) -> str:
    points = [one.first for one in time.any_of if one.is_point and one.first is not None] if time else []
    return f", {wording.clocks(points)}" if points else ""


def _late(note: IsLate) -> str:
    by = "" if note.minutes is None else f" на {wording.length(timedelta(minutes=note.minutes))}"
    visit = "" if note.visit is None else f" на визит {wording.at(note.visit.starts)}"
    return f"опаздывает{by}{visit}."


_FOUND = {
    VisitOperation.BOOK: "запись",
    VisitOperation.MOVE: "перенос записи",
    VisitOperation.CANCEL: "отмена записи",
}


def _found(note: FoundLater) -> str:
    when = "" if note.starts is None else f" {wording.at(note.starts)}"
    told = "Клиенту об этом написали." if note.is_client_told else "Сообщите клиенту сами, мы ему не писали."
    return f"{_FOUND[note.operation]}{when} в журнале есть, раньше YClients этого не подтвердил. {told}"


def _rated(note: BadRating) -> str:
    stars = "" if note.stars is None else f", оценка {note.stars} из 5"
    return f"клиент остался недоволен{stars}. Свяжитесь с клиентом, пожалуйста."


NOTES: Mapping[type[SalonNote], Callable[[Any], str]] = {
    Declined: lambda note: (
        f"не сможет прийти {wording.at(note.starts)}: так ответили на напоминание. Запись в журнале осталась, "
        "отмените или перенесите её, когда договоритесь с клиентом."
    ),
    ComesAfterAll: lambda note: f"всё-таки придёт {wording.at(note.starts)}: после отказа ответили «да».",
    ConfirmsWrittenOff: lambda note: (
        f"подтверждает визит {wording.at(note.starts)}, а в журнале отмечено, что клиент не придёт. "
        "Проверьте запись и ответьте, пожалуйста."
    ),
    UnclearWhichVisit: lambda note: (
        "один ответ, а спрашивали о нескольких визитах: "
        f"{'; '.join(wording.at(one) for one in note.starts)}. Непонятно, о каком он. {_READ_IT}"
    ),
    UnclearAnswer: lambda note: f"пришёл ответ, но непонятно, о визите {wording.at(note.starts)} ли он. {_READ_IT}",
    WroteReview: lambda _: f"пришёл отзыв словами. {_READ_IT}",
    IsLate: _late,
    LastWish: lambda _: (
        "просит отменить или перенести запись и больше не писать: мы ничего не изменили и писать не будем. "
        + _READ_IT
    ),
    HeardLate: lambda _: "сообщение пришло к нам слишком поздно, мы на него не ответили. " + _STILL_OURS,
    TalksInCircles: lambda _: "повторяет одно и то же, мы больше не отвечаем. Прочитайте переписку, пожалуйста.",
    BadRating: _rated,
    FoundLater: _found,
}
"""A sentence for each note, behind who it is about."""
