"""Sentences about visits that a client has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiadmin.domain.chat.dialogue import Price, Slot, VisitOperation
from aiadmin.domain.chat.parts import visits as parts
from aiadmin.domain.chat.situation import OwnVisit, SalonView, Situation
from aiadmin.texts.chat import wording
from aiadmin.texts.chat.sentence import Sentence

_CHANGE: Mapping[VisitOperation, str] = {
    VisitOperation.BOOK: "записать",
    VisitOperation.MOVE: "перенести",
    VisitOperation.CANCEL: "отменить",
}
_OF_CHANGE: Mapping[VisitOperation, str] = {
    VisitOperation.BOOK: "запись",
    VisitOperation.MOVE: "перенос",
    VisitOperation.CANCEL: "отмену",
}


def _confirmed(part: parts.AttendanceConfirmed, _: Situation) -> str:
    return f"Спасибо! Ждём вас {wording.all_of([wording.at(one) for one in part.starts])}."


def _kept(_part: parts.AnswerKept, _: Situation) -> str:
    return "Спасибо, что ответили!"


def _declined(part: parts.AttendanceDeclined, _: Situation) -> str:
    return f"Спасибо, что предупредили! Передали администратору, что вы не сможете прийти {wording.at(part.starts)}."


def _asked(part: parts.AttendanceAsked, _: Situation) -> str:
    return f"Придёте ли вы {wording.at(part.starts)}?"


def _answer_passed_on(part: parts.AnswerPassedOn, _: Situation) -> str:
    return f"Спасибо, передали ваш ответ администратору: о записи {wording.at(part.starts)} он напишет вам сам."


def _which_passed_on(_part: parts.WhichIsMeantPassedOn, _: Situation) -> str:
    return "Спасибо, что предупредили! Передали администратору: он уточнит у вас, о какой из записей речь."


def _gone(part: parts.VisitGone, _: Situation) -> str:
    when = f" {wording.at(part.starts)}" if part.starts else ""
    return f"Этой записи{when} в журнале уже нет. Если хотите, подберём новое время."


def _new_day(_part: parts.AskNewDay, _: Situation) -> str:
    return "Если хотите, подберём другое время: какой день вам удобен?"


def _thanked(_part: parts.RatingThanked, _: Situation) -> str:
    return "Спасибо за оценку, нам очень приятно!"


def _sorry(_part: parts.RatingSorry, _: Situation) -> str:
    return "Спасибо, что сказали прямо, и простите, что вышло не так. Передали администратору, он вам напишет."


def _line(one: OwnVisit) -> str:
    return f"{wording.day(one.starts)}, {wording.clock(one.starts.time())} — {wording.visit(one)}"


def _more(number: int) -> str:
    return f"\nЕсть и более поздние: ещё {number}." if number else ""


def _which(part: parts.WhichVisit, _: Situation) -> str:
    lines = "\n".join(f"{number}. {_line(one)}" for number, one in enumerate(part.visits, 1))
    return f"Ваши записи:\n{lines}{_more(part.more)}\nКакую из них {_CHANGE[part.operation]}?"


def _none(part: parts.NoVisits, _: Situation) -> str:
    if part.day:
        return f"На {wording.to_day(part.day)}, записи на ваш номер не вижу."
    return "Предстоящих записей на ваш номер не вижу."


def _mine(part: parts.MyVisits, _: Situation) -> str:
    if len(part.visits) == 1:
        one = part.visits[0]
        return f"Вы записаны {wording.at(one.starts)}: {wording.visit(one)}."
    lines = "\n".join(f"• {_line(one)}" for one in part.visits)
    return f"Вы записаны:\n{lines}{_more(part.more)}"


def _only_own(_part: parts.OnlyOwnVisits, _: Situation) -> str:
    return (
        "О записях других людей мы не сообщаем, даже близким. "
        "Пусть человек напишет нам со своего номера, и мы всё подскажем."
    )


def _move_day(part: parts.MoveAsksDay, _: Situation) -> str:
    return (
        f"Ваша запись сейчас {wording.at(part.visit.starts)}: {wording.visit(part.visit)}. "
        "На какой день и время её перенести?"
    )


def _place(slot: Slot, visit: OwnVisit, salon: SalonView) -> str:
    """Where a visit would go: the master, and the price where either is another one."""
    return ", ".join(filter(None, [wording.master(slot.staff_id, salon), _costs(slot, visit, salon)]))


def _costs(slot: Slot, visit: OwnVisit, salon: SalonView) -> str:
    said = wording.price(slot.price, salon)
    was = wording.price(Price(low=visit.price, high=visit.price), salon) if visit.price else ""
    return f"{said} вместо {was}" if said and was and said != was else said


_NOT_THEN = "Тогда свободного времени нет. "


def _move_offer(part: parts.MoveOffer, situation: Situation) -> str:
    slot, visit = part.slot, part.visit
    what = wording.capital(wording.all_of([wording.title(one) for one in visit.titles] or ["визит"]))
    at = wording.at(visit.starts)
    was = f"запись {at} остаётся за вами" if part.is_other_time else f"сейчас вы записаны {at}"
    by = f", мастер {visit.staff_name}" if visit.staff_name and visit.staff_id != slot.staff_id else ""
    to = f"{wording.to_day(slot.starts)}, {wording.clock(slot.starts.time())}"
    begins = _NOT_THEN if part.is_other_time else ""
    return f"{begins}{what}: {was}{by}. Перенести на {to} ({_place(slot, visit, situation.salon)})?"


def _move_times(part: parts.MoveTimes, situation: Situation) -> str:
    begins = _NOT_THEN if part.is_other_time else ""
    stays = f"Запись {wording.on_day(part.visit.starts)}, остаётся за вами, пока не выберете новое время."
    places = "; ".join(_by_place(part.slots, part.visit, situation.salon))
    return f"{begins}Можно перенести на {places}. {stays} Какое время подходит?"


def _by_place(slots: Sequence[Slot], visit: OwnVisit, salon: SalonView) -> list[str]:
    """Times of one day with one master together."""
    grouped: dict[tuple[object, str], list[Slot]] = {}
    for slot in slots:
        grouped.setdefault((slot.starts.date(), _place(slot, visit, salon)), []).append(slot)
    return [
        f"{wording.to_day(each[0].starts)}, {wording.clocks([one.starts.time() for one in each])} ({place})"
        for (_, place), each in grouped.items()
    ]


def _nothing(part: parts.NothingToMoveTo, _: Situation) -> str:
    return (
        f"На это время перенести не получится, запись {wording.at(part.visit.starts)} остаётся за вами. "
        "На какой ещё день посмотреть?"
    )


def _time_gone(_part: parts.MoveTimeGone, _: Situation) -> str:
    return "Это время уже недоступно, запись пока осталась на прежнем месте."


def _cancel(part: parts.CancelOffer, _: Situation) -> str:
    one = part.visit
    return (
        f"Вашу запись {wording.at(one.starts)} ({wording.visit(one)}) можно и перенести на другой день, "
        "если так удобнее. Отменить её?"
    )


def _cancel_each(part: parts.CancelEach, _: Situation) -> str:
    lines = "\n".join(f"{number}. {_line(one)}" for number, one in enumerate(part.visits, 1))
    first = part.visits[0]
    listed = "" if part.is_listed else f"Ваши записи:\n{lines}{_more(part.more)}\n"
    return f"{listed}Отменяем по одной. Отменить запись {wording.at(first.starts)}?"


def _cancel_next(part: parts.CancelNext, _: Situation) -> str:
    return f"Следующая запись {wording.at(part.visit.starts)} ({wording.visit(part.visit)}). Отменить и её?"


def _moved(part: parts.Moved, situation: Situation) -> str:
    what = wording.all_of([wording.title(one) for one in part.visit.titles] or ["визит"])
    by = wording.master(part.slot.staff_id, situation.salon)
    return (
        f"Готово, запись перенесена: ждём вас {wording.at(part.slot.starts)} ({', '.join(filter(None, [what, by]))})."
    )


def _cancelled(part: parts.Cancelled, _: Situation) -> str:
    begins = f"Запись {wording.at(part.visit.starts)} ({wording.visit(part.visit)}) отменена."
    return begins if part.has_more else f"{begins} Будем рады видеть вас снова."


def _visit_kept(part: parts.VisitKept, _: Situation) -> str:
    return f"Хорошо, оставили всё как есть: ждём вас {wording.at(part.visit.starts)} ({wording.visit(part.visit)})."


def _passed_on(part: parts.ChangePassedOn, _: Situation) -> str:
    late = " До визита осталось мало времени." if part.is_too_late else ""
    rule = f" Наше правило: {part.rule.rstrip('.')}." if part.rule else ""
    wish = f"{_CHANGE[part.operation]} запись {wording.at(part.visit.starts)}"
    return f"Передали администратору вашу просьбу {wish}.{late}{rule} Пока он не ответил, запись остаётся в журнале."


def _alteration(part: parts.AlterationPassedOn, _: Situation) -> str:
    one = part.visit
    return (
        f"Передали администратору вашу просьбу изменить запись {wording.at(one.starts)} ({wording.visit(one)}). "
        "Он ответит вам здесь, а пока всё остаётся как есть."
    )


def _early(part: parts.EarlyTold, _: Situation) -> str:
    stays = f"Ваша запись остаётся {wording.at(part.visit.starts)}."
    return f"Хорошо, передали администратору, что вы придёте раньше. {stays}"


def _unsure(part: parts.ChangeUnsure, _: Situation) -> str:
    what = _OF_CHANGE[part.operation]
    return f"Не могу подтвердить {what}: журнал не ответил. Администратор проверит и напишет вам сам."


_FOUND = {
    VisitOperation.BOOK: "вы записаны{when}. Ждём вас!",
    VisitOperation.MOVE: "запись перенесена, ждём вас{when}.",
    VisitOperation.CANCEL: "запись{when} отменена.",
}


def _found(part: parts.FoundInJournal, _: Situation) -> str:
    when = f" {wording.at(part.starts)}" if part.starts else ""
    return f"Проверили журнал: {_FOUND[part.operation].format(when=when)}"


def _not_changed(part: parts.NotChanged, _: Situation) -> str:
    stays = f" Запись {wording.at(part.visit.starts)} пока стоит как была." if part.visit else ""
    return f"Сейчас {_CHANGE[part.operation]} не получилось.{stays} Передали администратору, он поможет."


def _silent_journal(_part: parts.JournalSilent, _: Situation) -> str:
    return "Сейчас не получается посмотреть журнал. Передали ваш вопрос администратору, он уточнит и напишет вам."


def _late(part: parts.LateTold, _: Situation) -> str:
    rule = f" Наше правило: {part.rule.rstrip('.')}." if part.rule else ""
    return f"Спасибо, что предупредили, передали администратору.{rule}"


def _already(part: parts.AlreadyBooked, _: Situation) -> str:
    return f"Вы уже записаны {wording.at(part.visit.starts)}: {wording.visit(part.visit)}. Ждём вас!"


def _dropped(_part: parts.WishDropped, _: Situation) -> str:
    return "Хорошо, не записываем. Если передумаете, напишите, и мы подберём время."


def _not_moved(_part: parts.NotMoved, _: Situation) -> str:
    return "Хорошо. Если понадобится другое время, напишите, и мы подберём."


SENTENCES: Mapping[type, Sentence] = {
    parts.AttendanceConfirmed: _confirmed,
    parts.AnswerKept: _kept,
    parts.AttendanceDeclined: _declined,
    parts.AttendanceAsked: _asked,
    parts.AnswerPassedOn: _answer_passed_on,
    parts.WhichIsMeantPassedOn: _which_passed_on,
    parts.VisitGone: _gone,
    parts.AskNewDay: _new_day,
    parts.RatingThanked: _thanked,
    parts.RatingSorry: _sorry,
    parts.WhichVisit: _which,
    parts.NoVisits: _none,
    parts.MyVisits: _mine,
    parts.OnlyOwnVisits: _only_own,
    parts.MoveAsksDay: _move_day,
    parts.MoveOffer: _move_offer,
    parts.MoveTimes: _move_times,
    parts.NothingToMoveTo: _nothing,
    parts.MoveTimeGone: _time_gone,
    parts.CancelOffer: _cancel,
    parts.CancelEach: _cancel_each,
    parts.CancelNext: _cancel_next,
    parts.Moved: _moved,
    parts.Cancelled: _cancelled,
    parts.VisitKept: _visit_kept,
    parts.ChangePassedOn: _passed_on,
    parts.AlterationPassedOn: _alteration,
    parts.EarlyTold: _early,
    parts.ChangeUnsure: _unsure,
    parts.FoundInJournal: _found,
    parts.NotChanged: _not_changed,
    parts.JournalSilent: _silent_journal,
    parts.LateTold: _late,
    parts.AlreadyBooked: _already,
    parts.WishDropped: _dropped,
    parts.NotMoved: _not_moved,
}
"""By the part that they put into words."""
