"""Visits, questions and what goes to a human, in English, for salons that have it switched on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiadmin.domain.chat.dialogue import Price, Slot, VisitOperation
from aiadmin.domain.chat.parts import questions, talk, visits
from aiadmin.domain.chat.situation import OwnVisit, SalonView, Situation
from aiadmin.domain.plain_text import shown
from aiadmin.texts.chat import english, wording
from aiadmin.texts.chat.sentence import Sentence

_CHANGE: Mapping[VisitOperation, str] = {
    VisitOperation.BOOK: "book",
    VisitOperation.MOVE: "move",
    VisitOperation.CANCEL: "cancel",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _at(moment: datetime) -> str:
    return f"{english.day(moment.date())}, {english.clock(moment.time())}"


def _what(one: OwnVisit) -> str:
    return ", ".join(" ".join(shown(each).split()) for each in (*one.titles, one.staff_name or "") if each)


def _line(one: OwnVisit) -> str:
    return f"{_at(one.starts)} — {_what(one)}"


def _lines(found: tuple[OwnVisit, ...]) -> str:
    return "\n".join(f"{number}. {_line(one)}" for number, one in enumerate(found, 1))


def _confirmed(part: visits.AttendanceConfirmed, _: Situation) -> str:
    return f"Thank you! We look forward to seeing you on {' and '.join(map(_at, part.starts))}."


def _declined(part: visits.AttendanceDeclined, _: Situation) -> str:
    return (
        f"Thank you for letting us know that you cannot come on {_at(part.starts)}. We have told the administrator."
    )


def _asked(part: visits.AttendanceAsked, _: Situation) -> str:
    return f"Will you come on {_at(part.starts)}?"


def _which(part: visits.WhichVisit, _: Situation) -> str:
    return f"Your bookings:\n{_lines(part.visits)}\nWhich one should we {_CHANGE[part.operation]}?"


def _none(part: visits.NoVisits, _: Situation) -> str:
    on = f" on {english.day(part.day)}" if part.day else ""
    return f"We see no booking of your number{on}."


def _mine(part: visits.MyVisits, _: Situation) -> str:
    if len(part.visits) == 1:
        return f"You are booked on {_line(part.visits[0])}."
    return f"You are booked:\n{_lines(part.visits)}"


def _move_day(part: visits.MoveAsksDay, _: Situation) -> str:
    return f"Your booking is on {_line(part.visit)}. Which day and time should we move it to?"


def _with_whom(slot: Slot, salon: SalonView) -> str:
    return ", ".join(filter(None, [wording.master(slot.staff_id, salon), english.price(slot.price, salon)]))


def _move_offer(part: visits.MoveOffer, situation: Situation) -> str:
    to = _with_whom(part.slot, situation.salon)
    begins = "That time is not possible. " if part.is_other_time else ""
    return f"{begins}Your visit is on {_line(part.visit)} now. Move it to {_at(part.slot.starts)} ({to})?"


def _move_times(part: visits.MoveTimes, situation: Situation) -> str:
    begins = "That time is not possible. " if part.is_other_time else ""
    each = "; ".join(f"{_at(one.starts)} ({_with_whom(one, situation.salon)})" for one in part.slots)
    return f"{begins}We can move it to: {each}. Your booking stays until you choose. Which time suits you?"


def _cancel(part: visits.CancelOffer, _: Situation) -> str:
    return f"Your booking on {_line(part.visit)} can also be moved to another day if you like. Cancel it?"


def _moved(part: visits.Moved, _: Situation) -> str:
    return f"Done, your booking was moved to {_at(part.slot.starts)}."


def _cancelled(part: visits.Cancelled, _: Situation) -> str:
    return f"Your booking on {_line(part.visit)} is cancelled. We hope to see you again."


def _kept(part: visits.VisitKept, _: Situation) -> str:
    return f"Fine, nothing was changed: you are booked on {_line(part.visit)}."


def _passed_on(part: visits.ChangePassedOn, _: Situation) -> str:
    wish = f"{_CHANGE[part.operation]} the booking on {_at(part.visit.starts)}"
    rule = f" Our rule: {part.rule.rstrip('.')}." if part.rule else ""
    return f"We have asked the administrator to {wish}.{rule} It stays in the journal until you hear from us."


def _alteration(part: visits.AlterationPassedOn, _: Situation) -> str:
    return (
        f"We have asked the administrator to change your booking on {_line(part.visit)}. "
        "It stays as it is until you hear from us."
    )


def _early(part: visits.EarlyTold, _: Situation) -> str:
    return (
        f"Fine, we have told the administrator that you come earlier. Your booking stays on {_at(part.visit.starts)}."
    )


def _late(part: visits.LateTold, _: Situation) -> str:
    rule = f" Our rule: {part.rule.rstrip('.')}." if part.rule else ""
    return f"Thank you for letting us know, we have told the administrator.{rule}"


def _already(part: visits.AlreadyBooked, _: Situation) -> str:
    return f"You are booked already on {_line(part.visit)}."


def _prices(part: questions.Prices, situation: Situation) -> str:
    rows = [_row(one, situation.salon) for one in part.services]
    return f"{rows[0]}." if len(rows) == 1 else "\n".join(["Prices:", *(f"• {row}" for row in rows)])


def _row(one: questions.ServicePrice, salon: SalonView) -> str:
    each = "; ".join(f"{name} — {english.price(price, salon)}" for name, price in one.by_master)
    return (
        f"{' '.join(shown(one.title).split())}: {each or english.price(one.price, salon) or 'please ask the salon'}"
    )


def _lengths(part: questions.Lengths, _: Situation) -> str:
    return "; ".join(f"{title}: {english.length(longest)}" for title, _, longest in part.services) + "."


def _open_on(part: questions.OpenOn, _: Situation) -> str:
    if part.hours is None:
        return f"We are closed on {english.day(part.day)}."
    begins, ends = map(english.clock, part.hours)
    return f"On {english.day(part.day)} we are open from {begins} to {ends}."


def _open_hours(part: questions.OpenHours, _: Situation) -> str:
    return (
        "We are open: "
        + ", ".join(f"{_WEEKDAYS[day]} {english.clock(a)}–{english.clock(b)}" for day, (a, b) in part.hours)
        + "."
    )


def _asked_of_salon(part: questions.AskedOfSalon, _: Situation) -> str:
    if part.is_rest:
        return "We have passed your other question on to the administrator, who will write to you here."
    about = f" about {', '.join(map(shown, part.about))}" if part.about else ""
    return f"We cannot say for certain{about} and have asked the administrator, who will write to you here."


def _category_prices(part: questions.CategoryPrices, situation: Situation) -> str:
    lows = ((shown(title), Price(low=low, high=low)) for title, low in part.prices)
    each = (f"{title} from {english.price(low, situation.salon)}" for title, low in lows)
    return f"Prices by category: {'; '.join(each)}."


def _staff_week(part: questions.StaffWeek, _: Situation) -> str:
    each = (
        f"{english.day(day)} {', '.join(f'{english.clock(a)}–{english.clock(b)}' for a, b in spans)}"
        for day, spans in part.days
    )
    if part.days:
        return f"{part.name} works on {'; '.join(each)}."
    again = f" The next working day is {english.day(part.next_day)}." if part.next_day else ""
    return f"{part.name} does not work this week.{again}"


def _address(part: questions.Address, _: Situation) -> str:
    return f"Our address: {part.address.rstrip('.')}."


def _opens(part: talk.OpensAt, _: Situation) -> str:
    return f"The salon is closed now and opens on {_at(part.at)}."


def _cancel_each(part: visits.CancelEach, _: Situation) -> str:
    lines = "\n".join(f"{number}. {_line(one)}" for number, one in enumerate(part.visits, 1))
    listed = "" if part.is_listed else f"Your bookings:\n{lines}\n"
    return f"{listed}We cancel one at a time. Cancel the one on {_at(part.visits[0].starts)}?"


def _cancel_next(part: visits.CancelNext, _: Situation) -> str:
    return f"The next booking is on {_line(part.visit)}. Cancel it, too?"


_FOUND = {
    VisitOperation.BOOK: "you are booked{when}. See you then!",
    VisitOperation.MOVE: "your booking was moved, see you{when}.",
    VisitOperation.CANCEL: "your booking{when} is cancelled.",
}


def _found(part: visits.FoundInJournal, _: Situation) -> str:
    when = f" on {_at(part.starts)}" if part.starts else ""
    return f"We have checked the journal: {_FOUND[part.operation].format(when=when)}"


def _heard(part: talk.HeardAs, _: Situation) -> str:
    written = " To agree, please type “yes”." if part.is_agreed_in_writing else ""
    return f"We heard: “{shown(part.words)[:200]}”.{written}"


_PLAIN: Mapping[type, str] = {
    visits.OnlyOwnVisits: "We tell nothing of other people's bookings: please let them write from their own number.",
    visits.AnswerKept: "Thank you for your answer!",
    visits.AskNewDay: "If you like, we can look for another time: which day suits you?",
    visits.JournalSilent: "We cannot see the journal right now. The administrator will write to you here.",
    visits.MoveTimeGone: "That time is not available any more, your booking is still where it was.",
    visits.WishDropped: "Fine, nothing is booked.",
    visits.NotMoved: "Fine. Write to us whenever you need another time.",
    questions.WhichPrice: "Which service do you mean?",
    questions.MachineWrites: "Yes, this is the salon's virtual assistant.",
    questions.IsMachine: "Yes, this is the salon's virtual assistant. Write “administrator” if you need a person.",
    talk.LastWishPassedOn: "We have passed on to the administrator what you want done with your visit.",
    talk.Goodbye: "We will not write to you any more. To hear from us again, write START.",
    talk.WelcomeBack: "You will get messages about your bookings again. To stop them, write STOP.",
    talk.CannotListen: "Voice messages cannot be heard here: please write. The administrator knows about yours.",
    talk.AttachmentPassedOn: "Thank you, the administrator will have a look and answer.",
    talk.HumanCalled: "We have told the administrator, who will answer you here.",
    talk.ComplaintPassedOn: "We are very sorry. We have passed this on to the administrator, who will answer you.",
    talk.HealthPassedOn: "We are very sorry. We have told the administrator at once, who will contact you.",
    talk.HealthAsked: "Questions about health are for a specialist: the administrator will answer you here.",
    talk.Waiting: "All right, we are waiting for your answer.",
    talk.CalmAnswer: "We understand that you are upset. The administrator will answer you.",
    talk.PricePassedOn: "We cannot change prices. We have passed your question on to the administrator.",
    talk.WhatIsWished: "Sorry, we did not understand: would you like to book, to move a booking, or to ask a price?",
    talk.InOneWord: "Please write one word: “book”, “move”, “cancel” or “prices”.",
    talk.MoveOrMore: "Please write “move” for another time of this booking, or “one more” for a second one.",
    talk.NotUnderstoodPassedOn: "To make no mistake we have passed your messages on to the administrator.",
}
"""What holds no fact."""


def _not_read(part: talk.NotRead, situation: Situation) -> str:
    words = " ".join(map(shown, part.words))[:200]
    titles = [wording.title(situation.salon.services[one].title) for one in part.supposed]
    if titles:
        meant = english.any_of(titles)
        return f"We did not understand “{words}”. Did you mean {meant}? If not, please write it differently."
    return f"We did not understand “{words}”. Please write it differently, or “no” to go on without it."


_AGAIN = {
    talk.Again.NOTED: "Thank you, noted.",
    talk.Again.UNCLEAR: "Sorry, we did not quite understand, so let us ask once more.",
    talk.Again.SAME: "We have looked again, and it is the same.",
    talk.Again.REPEATED: "To be sure, once more.",
}


def _again(part: talk.SaidAgain, _: Situation) -> str:
    return _AGAIN[part.why]


def _by_number(part: talk.WhichLine, _: Situation) -> str:
    return f"Please write the number of the line, 1 to {part.lines}."


def _plain(part: object, _: Situation) -> str:
    return _PLAIN[type(part)]


SENTENCES: Mapping[type, Sentence] = {
    visits.FoundInJournal: _found,
    talk.HeardAs: _heard,
    talk.NotRead: _not_read,
    talk.SaidAgain: _again,
    talk.WhichLine: _by_number,
    **dict.fromkeys(_PLAIN, _plain),
    visits.AttendanceConfirmed: _confirmed,
    visits.AttendanceDeclined: _declined,
    visits.AttendanceAsked: _asked,
    visits.WhichVisit: _which,
    visits.NoVisits: _none,
    visits.MyVisits: _mine,
    visits.MoveAsksDay: _move_day,
    visits.MoveOffer: _move_offer,
    visits.MoveTimes: _move_times,
    visits.CancelOffer: _cancel,
    visits.CancelEach: _cancel_each,
    visits.CancelNext: _cancel_next,
    visits.Moved: _moved,
    visits.Cancelled: _cancelled,
    visits.VisitKept: _kept,
    visits.ChangePassedOn: _passed_on,
    visits.AlterationPassedOn: _alteration,
    visits.EarlyTold: _early,
    visits.LateTold: _late,
    visits.AlreadyBooked: _already,
    questions.Prices: _prices,
    questions.StaffWeek: _staff_week,
    questions.AskedOfSalon: _asked_of_salon,
    questions.CategoryPrices: _category_prices,
    questions.Lengths: _lengths,
    questions.OpenOn: _open_on,
    questions.OpenHours: _open_hours,
    questions.Address: _address,
    talk.OpensAt: _opens,
}
"""By the part that they put into words."""
