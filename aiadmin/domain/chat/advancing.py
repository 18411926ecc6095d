"""How a burst of commands changes what is known of a client's wish: pure, and total.

A new word changes only what it says, the newest wins, and questions in between change nothing. What is decided, and
what is asked, is not of this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.another_person import for_another, on_top
from aiadmin.domain.chat.asks import AskKind
from aiadmin.domain.chat.continuing import continued
from aiadmin.domain.chat.dialogue import Dialogue, GuestWish, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.guest_lines import with_lines
from aiadmin.domain.chat.own_visit_wish import of_own_visit
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.when import Asked, Day, DayRange, Time, TimeRange, When
from aiadmin.domain.chat.wished_services import NO_WISH, as_known, of_new_services, wished_service, with_services
from aiadmin.domain.chat.wishes import is_exact, merged, names_day, names_time, on, points, some_day_suits

C = TypeVar("C", bound=said.Command)
_CHITCHAT = (said.Greet, said.Thank)
_ASKS_ONLY = (
    *said.QUESTIONS,
    said.Late,
    said.Complaint,
    said.HealthMatter,
    said.Haggle,
    said.Rating,
    said.Stop,
    said.Abuse,
    said.Spam,
    said.Injection,
)
"""Beside these, a service or a day is what is asked about, and no wish for a visit."""


def advance(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """The dialogue after a burst.

    Args:
        dialogue: as the last turn left it.
        situation: what was said, shown and offered before; its own dialogue is not looked at.
    """
    if dialogue.is_over(situation.now):
        dialogue = Dialogue(name=dialogue.name, family=dialogue.family, language=dialogue.language)
    commands = continued(about_offer(commands, situation), dialogue, situation)
    commands = [one for one in commands if not (isinstance(one, said.AskFact) and one.is_beside)]
    if not commands:
        return dialogue
    commands = _as_supposed(dialogue, commands)
    known = _with_unread(_in_language(dialogue, commands, situation), commands)
    known = _with_proposal(known, commands, situation)
    commands = _of_themselves(commands, situation, known)
    known = _with_name(known, commands)
    known = _with_guests(known, commands)
    known = on_top(for_another(known, commands, situation.salon), commands, situation.salon)
    if not _only_asks_of_another(commands, situation):
        known = with_services(known, commands, situation.salon)
    known = _with_price(known, commands)
    known = _with_staff(known, commands, situation)
    known = with_lines(known, commands)
    known = _with_choice(_with_priced(known, commands, situation.salon), commands)
    known = _with_whens(known, commands, situation)
    known = _with_last_visit(known, commands, situation)
    known = _refused(known, commands, situation)
    known = of_own_visit(known, commands, situation)
    known = _with_operation(known, commands)
    return replace(_counted(known, commands), touched_at=situation.now)


def _of(commands: Sequence[said.Command], kind: type[C]) -> list[C]:
    return [one for one in commands if isinstance(one, kind)]


def _has(commands: Sequence[said.Command], *kinds: type[said.Command]) -> bool:
    return any(isinstance(one, kinds) for one in commands)


def offered_booking(situation: Situation) -> Proposal | None:
    """The booking that our last words proposed; None where they were something else."""
    newest = situation.quoted or next(iter(situation.asks), None)
    if newest is None or newest.kind is not AskKind.PROPOSAL or newest.proposal is None:
        return None
    return newest.proposal if newest.proposal.operation is VisitOperation.BOOK else None


def _only_asks_of_another(commands: Sequence[said.Command], situation: Situation) -> bool:
    """Whether services are named only to ask what they cost or take, while another is proposed: that one stays."""
    named = _of(commands, said.NamedService)
    is_plain = not any(one.is_excluded or one.is_added or one.is_taken_off for one in named)
    is_question = _has(commands, said.AskPrice, said.AskDuration)
    beside = (said.AskPrice, said.AskDuration, said.NamedService, said.Yes, said.Greet, said.Thank)
    is_all = all(isinstance(one, beside) for one in commands)
    proposal = offered_booking(situation)
    proposed = {number for slot in proposal.slots for number in slot.services} if proposal else set()
    is_other = proposed.isdisjoint(number for one in named for number in one.ids)
    return bool(named and proposed) and is_plain and is_question and is_all and is_other


def _proposed_times(situation: Situation) -> Proposal | None:
    """The booking, or the move, that our last words proposed."""
    newest = situation.quoted or next(iter(situation.asks), None)
    proposal = newest.proposal if newest is not None and newest.kind is AskKind.PROPOSAL else None
    return proposal if proposal is not None and proposal.slots else None


def _in_language(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """English from the first words of it on, where the salon answers in it."""
    is_english = any(one.language == "en" for one in _of(commands, said.Foreign)) and situation.salon.bot.english
    return replace(dialogue, language="en") if is_english else dialogue


def _with_unread(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """The words that nobody has read: kept until they are asked about, and then until anything else is said."""
    is_question = _has(commands, *_ASKS_ONLY) and not _has(commands, said.WantBooking, said.WantMove)
    unread = [] if is_question else [one.text for one in _of(commands, said.Unread)]
    is_answered = dialogue.asked is Asked.MEANING and not _has(commands, said.Yes, said.NotUnderstood)
    kept = () if is_answered else dialogue.unread
    words = tuple(dict.fromkeys((*kept, *unread)))
    near = next((one.near for one in _of(commands, said.Unread)), ()) if len(words) == 1 else ()
    return replace(dialogue, unread=words, supposed=near)


def _as_supposed(dialogue: Dialogue, commands: Sequence[said.Command]) -> Sequence[said.Command]:
    """The commands, a yes to whether a word that nobody has read means a service made that service."""
    is_asked = dialogue.asked is Asked.MEANING and bool(dialogue.supposed)
    if not is_asked or not _has(commands, said.Yes) or _has(commands, said.NamedService):
        return commands
    meant = said.NamedService(ids=dialogue.supposed, is_added=True)
    return [*(one for one in commands if not isinstance(one, said.Yes)), meant]


def about_offer(commands: Sequence[said.Command], situation: Situation) -> tuple[said.Command, ...]:
    """The commands without a wish to move a visit, where there is none but the one that is offered."""
    is_offered = offered_booking(situation) is not None and not situation.client.visits
    return tuple(one for one in commands if not (is_offered and isinstance(one, said.WantMove)))


def _with_proposal(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """A proposal says what the talk is about, where the talk itself is forgotten."""
    proposal = offered_booking(situation)
    if proposal is None or not proposal.slots or dialogue.services or dialogue.choices:
        return dialogue
    if _has(commands, said.WantMove, said.WantCancel):
        return dialogue
    return from_proposal(dialogue, proposal)


def from_proposal(dialogue: Dialogue, proposal: Proposal) -> Dialogue:
    """The wish that a proposal came from, as far as it shows."""
    services = dict.fromkeys(one for slot in proposal.slots for one in slot.services)
    masters = dict.fromkeys(slot.staff_id for slot in proposal.slots)
    guests = tuple(one for one in proposal.guests if one is not None)
    return replace(
        dialogue,
        operation=VisitOperation.BOOK,
        services=tuple(services),
        staff=tuple(masters),
        whens=(on(proposal.slots[0].starts.date()),),
        guests=guests or dialogue.guests,
        guest_count=len(proposal.slots) if guests and len(proposal.slots) > 1 else dialogue.guest_count,
        name=dialogue.name or proposal.name,
        family=dialogue.family or proposal.family,
    )


def _with_name(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    names = _of(commands, said.Name)
    if not names:
        return dialogue
    return replace(dialogue, name=names[-1].given, family=names[-1].family)


def _of_themselves(
    commands: Sequence[said.Command], situation: Situation, dialogue: Dialogue
) -> Sequence[said.Command]:
    """Who puts somebody down by a name alone, and has not told theirs, is the one of that name."""
    is_known = bool(situation.client.name or dialogue.name) or not _has(commands, said.WantBooking)
    is_known = is_known or _has(commands, said.Name, said.WantMove, said.WantCancel, *said.QUESTIONS)
    guests = _of(commands, said.Guest)
    if is_known or dialogue.guests or len(guests) != 1 or guests[0].who or not guests[0].name:
        return commands
    own = said.Name(given=guests[0].name, spans=guests[0].spans)
    return [own if one is guests[0] else one for one in commands]


def _with_guests(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """Those who are spoken of; a name alone is of the one whose name is not known yet."""
    if _has(commands, said.AskMyVisits, *NO_WISH):
        return dialogue
    guests, count = list(dialogue.guests), dialogue.guest_count
    for one in _of(commands, said.Guest):
        count = one.count or count
        place = _place_of(guests, one)
        if place is None and (one.who or one.name):
            guests.append(GuestWish(who=one.who, name=one.name, is_child=one.is_child))
        elif place is not None:
            old = guests[place]
            guests[place] = replace(old, name=one.name or old.name, is_child=one.is_child or old.is_child)
    said_of = _of(commands, said.Guest)
    if any(one.is_beside for one in said_of):
        count = max(count or 0, len(guests) + 1)
    elif len(said_of) == len(guests) == 1 and said_of[0].who:
        guests *= said_of[0].count or 1  # "двух дочек"
    return replace(dialogue, guests=tuple(guests), guest_count=count)


def _place_of(guests: Sequence[GuestWish], guest: said.Guest) -> int | None:
    for place, known in enumerate(guests):
        if (guest.who and guest.who == known.who) or (guest.name and not guest.who and not known.name):
            return place
    return None


def _with_price(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    named = _of(commands, said.NamedPrice)
    return replace(dialogue, price=Decimal(named[-1].amount)) if named else dialogue


# --- masters ---


def _with_staff(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    named = _of(commands, said.NamedStaff)
    if _has(commands, *NO_WISH):
        return dialogue
    wished = tuple(dict.fromkeys(number for one in named if not one.is_excluded for number in one.ids))
    excluded = {number for one in named if one.is_excluded for number in one.ids}
    if not wished and _has(commands, said.NamedService):
        dialogue = _without_idle_staff(dialogue, situation.salon)
    if not named:
        return dialogue
    is_any, is_other = any(one.is_any for one in named), any(one.is_other for one in named)
    if is_other:
        excluded |= _spoken_of(dialogue, situation)
    unknown = next((one.unknown for one in named if one.unknown and not one.is_excluded), "")
    staff = () if unknown or is_any or is_other else tuple(one for one in dialogue.staff if one not in excluded)
    return replace(
        dialogue,
        staff=wished or staff,
        excluded_staff=(dialogue.excluded_staff | excluded) - set(wished),
        unknown_staff="" if wished or is_any else unknown or dialogue.unknown_staff,
        is_any_staff=is_any or (dialogue.is_any_staff and not wished and not unknown),
        is_other_staff=is_other,
        picked=None,
    )


def _spoken_of(dialogue: Dialogue, situation: Situation) -> set[int]:
    """Whom "another master" is not: those who were offered, or shown, else those who were wished for."""
    proposal = offered_booking(situation)
    slots = proposal.slots if proposal else dialogue.shown
    return {slot.staff_id for slot in slots} or set(dialogue.staff)


def _without_idle_staff(dialogue: Dialogue, salon: SalonView) -> Dialogue:
    """A master who was named for something else is none for a service that they do not do."""
    wished = [*dialogue.services, *(one for choice in dialogue.choices for one in choice)]
    masters = {terms.staff_id for one in wished if one in salon.services for terms in salon.services[one].masters}
    kept = tuple(one for one in dialogue.staff if one in masters) if masters else dialogue.staff
    return replace(dialogue, staff=kept, unknown_staff="")


# --- days and times ---


def _with_choice(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """A line of the list that was shown."""
    for one in _of(commands, said.Choose):
        if dialogue.asked is Asked.STAFF and 0 < one.number <= len(dialogue.options):
            return replace(dialogue, staff=(dialogue.options[one.number - 1],), is_any_staff=False)
        if dialogue.shown and 0 < one.number <= len(dialogue.shown):
            return _picking(dialogue, dialogue.shown[one.number - 1])
        if 0 < one.number <= len(dialogue.candidates):
            chosen = said.NamedService(ids=(dialogue.candidates[one.number - 1],))
            return of_new_services(wished_service(dialogue, chosen, is_new=False))
    return dialogue


def _with_priced(dialogue: Dialogue, commands: Sequence[said.Command], salon: SalonView) -> Dialogue:
    """The cheapest, or the dearest, of the services among which we have asked, or that fit what was named beside it.

    None where prices are not known.
    """
    is_named = _has(commands, said.NamedService)
    meant = dialogue.candidates if not is_named else dialogue.choices[0] if len(dialogue.choices) == 1 else ()
    prices = {one: salon.services[one].price_min for one in meant if one in salon.services}
    known = {one: price for one, price in prices.items() if price}
    for one in _of(commands, said.ChoosePriced) if known else ():
        best = (max if one.is_dearest else min)(known.values())
        chosen = said.NamedService(ids=tuple(number for number, price in known.items() if price == best))
        return of_new_services(wished_service(replace(dialogue, choices=()), chosen, is_new=True))
    return dialogue


def _picking(dialogue: Dialogue, slot: Slot) -> Dialogue:
    return replace(
        dialogue,
        picked=slot,
        whens=(on(slot.starts.date(), slot.starts.time()),),
        refused=dialogue.refused - {slot.starts},
    )


def _with_whens(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    if _has(commands, *NO_WISH, said.AskHours, said.AskMyVisits) and not _has(commands, said.WantBooking):
        return _of_a_question(dialogue, commands)
    new = tuple(when for one in _of(commands, said.Suits) for when in one.whens if not one.whom)
    last = [dialogue.booked.starts] if dialogue.booked and dialogue.guests else []
    new = tuple(_from_offered(when, _offered(dialogue, situation) or last) for when in new)
    if _has(commands, said.Earliest):
        dialogue = replace(dialogue, is_earliest=True, whens=() if not new else dialogue.whens, picked=None)
    if new and not _has(commands, said.No, said.Elsewhen):
        dialogue = _wished_again(dialogue, new)
    if new:
        dialogue = _timed(dialogue, new, situation)
    if new and _has(commands, said.Earliest):
        dialogue = replace(dialogue, is_earliest=True)
    return _elsewhen(dialogue, commands, situation)


def _wished_again(dialogue: Dialogue, new: Sequence[When]) -> Dialogue:
    """A day that is named after its times were refused is wished for again."""
    if not names_day(new) or names_time(new):
        return dialogue
    return replace(
        dialogue, refused=frozenset(one for one in dialogue.refused if not some_day_suits(new, one.date()))
    )


def _from_offered(when: When, offered: Sequence[datetime]) -> When:
    """ "An hour later" and "at the same time" are said of what was offered."""
    said_time = when.time
    if said_time is None or said_time.any_of or not offered or not (said_time.shift or said_time.is_same):
        return when
    moved = offered[0] + (said_time.shift or timedelta())
    point = Time(any_of=(TimeRange(moved.time(), moved.time()),))
    return When(day=when.day or on(moved.date()).day, time=point)


def _of_a_question(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """A day that a question is about is no wish, but it is what a talk without one goes on about."""
    new = tuple(when for one in _of(commands, said.Suits) for when in one.whens)
    is_open = not dialogue.whens and not _has(commands, *NO_WISH)
    return replace(dialogue, whens=merged((), new)) if new and is_open else dialogue


def _timed(dialogue: Dialogue, new: Sequence[When], situation: Situation) -> Dialogue:
    """A time without a day is of the day that was spoken of: of what was shown, of what was proposed."""
    dialogue = replace(dialogue, picked=None, is_earliest=False)
    if names_time(new) and not names_day(new):
        shown = [slot for slot in dialogue.shown if slot.starts.time() in points(new)]
        if len(shown) == 1 and is_exact(new) and len(points(new)) == 1:
            return _picking(dialogue, shown[0])
        if shown and is_exact(new):
            return replace(dialogue, whens=tuple(on(one.starts.date(), one.starts.time()) for one in shown))
        day = _day_spoken_of(dialogue, situation)
        if day is not None:
            dialogue = replace(dialogue, whens=merged(dialogue.whens, [on(day.date())]))
    whens = merged(dialogue.whens, new)
    asked = {start for start in dialogue.refused if is_exact(new) and start.time() in points(whens)}
    return replace(dialogue, whens=whens, refused=dialogue.refused - asked if names_time(new) else dialogue.refused)


def _day_spoken_of(dialogue: Dialogue, situation: Situation) -> datetime | None:
    offered = _offered(dialogue, situation)
    return offered[0] if len({one.date() for one in offered}) == 1 else None


def _elsewhen(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """Other times are asked for than those that were offered: earlier, later, on another day."""
    offered = _offered(dialogue, situation) or sorted(dialogue.refused)
    ways = [one.way for one in _of(commands, said.Elsewhen)]
    if ways and not offered and ways[-1] is said.WhichWay.OTHER_DAY:
        return replace(dialogue, whens=tuple(replace(one, day=None) for one in dialogue.whens if one.time))
    if not ways or not offered:
        return dialogue
    dialogue = replace(dialogue, picked=None, is_earliest=False)
    return replace(dialogue, whens=_away_from(dialogue.whens, offered, ways[-1]))


def _away_from(whens: Sequence[When], offered: Sequence[datetime], way: said.WhichWay) -> tuple[When, ...]:
    times, days = [one.time() for one in offered], {one.date() for one in offered}
    if way is said.WhichWay.OTHER_DAY:
        kept = tuple(replace(one, day=None) for one in whens)
        return merged(kept, [When(day=Day(not_on=tuple(DayRange.of(day) for day in sorted(days))))])
    if way is said.WhichWay.ANY:
        return tuple(whens)
    last = max(offered) + timedelta(minutes=1)
    later = TimeRange(last.time(), None) if way is said.WhichWay.LATER else TimeRange(None, min(times))
    whens = merged(whens, [on(min(days))]) if len(days) == 1 else whens
    return merged(whens, [When(time=Time(any_of=(later,)))])


def _offered(dialogue: Dialogue, situation: Situation) -> list[datetime]:
    proposal = _proposed_times(situation)
    return [slot.starts for slot in (proposal.slots if proposal else dialogue.shown)]


def _with_last_visit(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """As last time: other words of the same burst win over what it was."""
    if not _has(commands, said.SameAsLast):
        return dialogue
    keeps = (
        dialogue
        if _has(commands, said.NamedService)
        else replace(dialogue, services=(), choices=(), named=(), unclear="")
    )
    keeps = keeps if _has(commands, said.NamedStaff) else replace(keeps, staff=(), unknown_staff="")
    return as_last_time(replace(of_new_services(keeps), is_same_as_last=True), situation)


def as_last_time(dialogue: Dialogue, situation: Situation) -> Dialogue:
    """The wish with what the last visit was, and with whom, as far as nothing else is wished.

    Words for a service tell which of the visits is meant: "the massage as last time" is the last one with a massage;
    and so does a master who is named: "as always, with Anna".
    """
    if not dialogue.is_same_as_last or not situation.client.past:
        return dialogue
    salon, wished = situation.salon, {*dialogue.services, *(one for choice in dialogue.choices for one in choice)}
    alike = (one for one in situation.client.past if wished & set(as_known(one, salon)))
    theirs = (one for one in situation.client.past if one.staff_id in dialogue.staff)
    visit = next(alike, next(theirs, situation.client.past[0]))
    had = as_known(visit, salon)
    if not wished:
        dialogue = replace(dialogue, services=had)
    for each in had:
        dialogue = (
            wished_service(dialogue, said.NamedService(ids=(each,)), is_new=False) if each in wished else dialogue
        )
    return _with_last_master(dialogue, visit.staff_id, salon)


def _with_last_master(dialogue: Dialogue, staff_id: int | None, salon: SalonView) -> Dialogue:
    """The master of the last visit, where no other is wished and this one does what is."""
    is_free = not (dialogue.staff or dialogue.is_any_staff or dialogue.is_other_staff or dialogue.unknown_staff)
    if staff_id is None or staff_id not in salon.staff or staff_id in dialogue.excluded_staff or not is_free:
        return dialogue
    wished = [*dialogue.services, *(one for choice in dialogue.choices for one in choice)]
    does = any(
        terms.staff_id == staff_id for one in wished if one in salon.services for terms in salon.services[one].masters
    )
    return replace(dialogue, staff=(staff_id,)) if does or not wished else dialogue


# --- answers ---


def _refused(dialogue: Dialogue, commands: Sequence[said.Command], situation: Situation) -> Dialogue:
    """What is not wanted: the proposal after a no, and all that was shown where just another time is asked for."""
    proposal = _proposed_times(situation)
    slots = proposal.slots if proposal else dialogue.shown
    if not slots or dialogue.picked in slots or not _refuses(commands, is_proposal=proposal is not None):
        return dialogue
    refused = {slot.starts for slot in slots if not _is_asked_for(slot, commands)}
    count = dialogue.refusals + (proposal is not None and _has(commands, said.No))
    return replace(dialogue, refused=dialogue.refused | refused, refusals=count, agreed="")


def _refuses(commands: Sequence[said.Command], *, is_proposal: bool) -> bool:
    """Whether it is the times that are refused, and not only a master or a part of the day."""
    if any(one.way in {said.WhichWay.ANY, said.WhichWay.OTHER_DAY} for one in _of(commands, said.Elsewhen)):
        return True
    if not _has(commands, said.No) or _has(commands, said.NamedStaff, said.NamedService):
        return False
    whens = [when for one in _of(commands, said.Suits) for when in one.whens]
    return is_proposal or not whens


def _is_asked_for(slot: Slot, commands: Sequence[said.Command]) -> bool:
    return any(slot.starts.time() in points(one.whens) for one in _of(commands, said.Suits))


def _with_operation(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """What is wished for: a word for it wins, a service or a time alone is a wish for a visit."""
    if _has(commands, said.WantCancel):
        return replace(dialogue, operation=VisitOperation.CANCEL)
    if _has(commands, said.WantMove):
        return replace(dialogue, operation=VisitOperation.MOVE)
    if _has(commands, said.WantBooking) and dialogue.operation is not VisitOperation.MOVE:
        return replace(dialogue, operation=VisitOperation.BOOK)
    if dialogue.operation is None and _is_a_wish(dialogue, commands):
        return replace(dialogue, operation=VisitOperation.BOOK)
    return dialogue


def _is_a_wish(dialogue: Dialogue, commands: Sequence[said.Command]) -> bool:
    if _has(commands, *NO_WISH, said.Stop):
        return False
    if _has(commands, said.AskSlots, said.Earliest, said.SameAsLast, said.Elsewhen):
        return True
    is_timed = _has(commands, said.Suits)
    is_about = _has(commands, said.NamedService, said.NamedStaff)
    if _has(commands, *_ASKS_ONLY):
        return is_timed and is_about and not _has(commands, said.AskMyVisits)
    return is_about or _has(commands, said.Guest) or (is_timed and bool(dialogue.services or dialogue.choices))


def _counted(dialogue: Dialogue, commands: Sequence[said.Command]) -> Dialogue:
    """How often in a row nothing was understood."""
    meant = [one for one in commands if not isinstance(one, (*_CHITCHAT, said.NotUnderstood))]
    if meant:
        return replace(dialogue, misses=0)
    return replace(dialogue, misses=dialogue.misses + 1) if _has(commands, said.NotUnderstood) else dialogue
