"""The services of a wish: what more words say of them, which take the place of others, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from aiadmin.domain.chat import commands as said
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.journal.journal import Service

NO_WISH = (said.Complaint, said.HealthMatter, said.Abuse, said.Spam, said.Injection, said.Late)
"""Beside these nothing that is named is wished for."""


def with_services(dialogue: Dialogue, commands: Sequence[said.Command], salon: SalonView) -> Dialogue:
    """The dialogue with the services that a burst names, wished for or refused."""
    named = [one for one in commands if isinstance(one, said.NamedService)]
    if not named or any(isinstance(one, NO_WISH) for one in commands):
        return dialogue
    before = (dialogue.services, dialogue.choices)
    is_first = True
    for one in named:
        if one.is_excluded:
            plain = _without_services(_in_parts(dialogue, one.ids, salon), one.ids)
            dialogue = _instead(dialogue, plain, one.ids, salon)
        elif one.ids:
            dialogue = wished_service(dialogue, _of_the_kind(dialogue, one, salon), is_new=is_first)
            is_first = False
    unclear = next((one.unclear for one in named if one.unclear), "")
    dialogue = replace(dialogue, unclear=unclear)
    return dialogue if before == (dialogue.services, dialogue.choices) else of_new_services(dialogue)


def _in_parts(dialogue: Dialogue, ids: Sequence[int], salon: SalonView) -> Dialogue:
    """The wish with a composite service as its parts, where one of those is not wanted."""
    taken = [one for one in dialogue.services if one in salon.services and set(salon.services[one].parts) & set(ids)]
    parts = {one: salon.services[one].parts for one in taken if one not in ids}
    services = tuple(dict.fromkeys(each for one in dialogue.services for each in parts.get(one, (one,))))
    return replace(dialogue, services=services)


def _of_the_kind(dialogue: Dialogue, named: said.NamedService, salon: SalonView) -> said.NamedService:
    """What takes the place of a wish, of its category where words leave that open: "а можно без шеллака?"."""
    categories = {salon.services[one].category_id for one in dialogue.services if one in salon.services}
    alike = tuple(
        one for one in named.ids if one in salon.services and salon.services[one].category_id in categories - {None}
    )
    is_open = len(named.ids) > 1 and not named.is_added and not {*named.ids} & {*dialogue.services}
    return replace(named, ids=alike) if is_open and alike else named


def _instead(before: Dialogue, after: Dialogue, ids: Sequence[int], salon: SalonView) -> Dialogue:
    """The wish for what is left of the category and the name of all that was wished: "шеллак не надо"."""
    gone = [salon.services[one] for one in before.services if one in ids and one in salon.services]
    if not gone or after.services or after.choices:
        return after
    left = tuple(
        number
        for number, one in salon.services.items()
        if number not in after.excluded_services
        and any(one.category_id == each.category_id and _kind(one) == _kind(each) for each in gone)
    )
    return wished_service(after, said.NamedService(ids=left), is_new=True) if left else after


def _kind(service: Service) -> str:
    return service.title.lower().split()[0] if service.title.split() else ""


def _without_services(dialogue: Dialogue, ids: Sequence[int]) -> Dialogue:
    choices = (tuple(one for one in choice if one not in ids) for choice in dialogue.choices)
    return _settled(
        replace(
            dialogue,
            services=tuple(one for one in dialogue.services if one not in ids),
            choices=tuple(choice for choice in choices if choice),
            excluded_services=dialogue.excluded_services | set(ids),
        )
    )


def wished_service(dialogue: Dialogue, named: said.NamedService, *, is_new: bool) -> Dialogue:
    """A wish that says more of one that is known narrows it; another takes its place, unless it comes on top.

    Args:
        is_new: whether it is the first wish of the burst.
    """
    ids = set(named.ids)
    dialogue = replace(dialogue, excluded_services=dialogue.excluded_services - ids, is_either=named.is_either)
    if ids & set(dialogue.services):
        return dialogue
    for place, choice in enumerate(dialogue.choices):
        narrowed = tuple(one for one in choice if one in ids)
        if narrowed:
            choices = (*dialogue.choices[:place], narrowed, *dialogue.choices[place + 1 :])
            return _settled(replace(dialogue, choices=choices))
    if is_new and not named.is_added:
        kept = dialogue.services if dialogue.choices else ()
        dialogue = replace(dialogue, services=kept, choices=(), named=kept)
    order = tuple(dict.fromkeys((*(dialogue.named or dialogue.services), *named.ids)))
    return _settled(replace(dialogue, choices=(*dialogue.choices, named.ids), named=order))


def _settled(dialogue: Dialogue) -> Dialogue:
    """A wish that one service fits is no choice any more."""
    single = [choice[0] for choice in dialogue.choices if len(choice) == 1]
    return replace(
        dialogue,
        services=as_said(dialogue, (*dialogue.services, *single)),
        choices=tuple(choice for choice in dialogue.choices if len(choice) > 1),
    )


def of_new_services(dialogue: Dialogue) -> Dialogue:
    """Free times are free for what they were looked up for, and for nothing else."""
    return replace(dialogue, shown=(), picked=None, refused=frozenset(), agreed="", is_extra=False)


def as_said(dialogue: Dialogue, services: Iterable[int]) -> tuple[int, ...]:
    """Services in the order in which they were spoken of, each once."""
    order = {one: place for place, one in enumerate(dialogue.named)}
    return tuple(sorted(dict.fromkeys(services), key=lambda one: order.get(one, -1)))


def as_known(visit: OwnVisit, salon: SalonView) -> tuple[int, ...]:
    """A visit's services that the salon still has; the parts of a composite service are that service."""
    booked = set(visit.services)
    for number, service in salon.services.items():
        if service.parts and set(service.parts) == booked:
            return (number,)
    return tuple(one for one in visit.services if one in salon.services)
