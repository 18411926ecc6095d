"""A contact: a person who writes to a salon, or is written to. WhatsApp's hidden id (LID) names the person.

A LID looks like a number and is none: its digits are never a phone. The phone may be unknown for long, or for ever;
a client that a salon writes to first is known by the phone alone until WhatsApp tells the LID. A number is not a
person either: one may be written in two ways, be replaced, and be given to somebody else, so each that a contact was
known by is kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from aiadmin.domain.ids import ContactId
from aiadmin.domain.plain_text import shown

LONGEST_NAME = 100
_PHONE = re.compile(r"[0-9]{5,20}")
_LID = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""Digits, as far as was seen; what an index cannot hold is no LID."""
_PHONE_SERVERS = frozenset({"s.whatsapp.net", "hosted"})
_LID_SERVERS = frozenset({"lid", "hosted.lid"})


@dataclass(frozen=True, kw_only=True)
class IdentityObservation:
    """What one event says of a person's addresses.

    Attributes:
        lid: `1234@lid`, or None.
        phone: digits, or None.
        push_name: what they call themselves, or None.
        also: other numbers that WhatsApp answers for as `phone`.
    """

    lid: str | None = None
    phone: str | None = field(default=None, repr=False)
    push_name: str | None = field(default=None, repr=False)
    also: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def addresses(self) -> frozenset[str]:
        """All by which a row may know this person: each number in every spelling, and the LID."""
        return spellings([number for number in (self.phone, *self.also) if number]) | {
            address for address in (self.lid,) if address
        }

    @property
    def names_number(self) -> bool:
        """Whether WhatsApp itself said which number is this person's now."""
        return self.phone is not None and (self.lid is not None or bool(self.also))


@dataclass(frozen=True, kw_only=True)
class Contact(IdentityObservation):
    """A row of `contacts`; `lid` or `phone` is there, and no address is of two rows of a company.

    Attributes:
        phone: the newest number by WhatsApp; until then the one that we were given.
        also: every other number by which the person was known.
    """

    contact_id: ContactId

    @property
    def known(self) -> frozenset[str]:
        """The addresses as they were seen, without further spellings."""
        return frozenset(one for one in (self.lid, self.phone, *self.also) if one)


@dataclass(frozen=True, kw_only=True)
class IdentityMerge:
    """What an observation means for the rows.

    Attributes:
        person: all that is known of the person now.
        keep: the row that is this person; None when it has yet to be made.
        absorb: other rows of the same person: their messages and addresses move to `keep`, and they go.
        strip: rows of others who had one of these numbers before and have it no more.
    """

    person: IdentityObservation
    keep: Contact | None
    absorb: tuple[Contact, ...] = ()
    strip: tuple[Contact, ...] = ()

    @property
    def is_news(self) -> bool:
        """Whether any row has to change."""
        known, person = self.keep, self.person
        if known is None or self.absorb or self.strip:
            return True
        before = known.lid, known.phone, known.push_name, known.also
        return before != (person.lid, person.phone, person.push_name, person.also)


def merge(seen: IdentityObservation, known: tuple[Contact, ...]) -> IdentityMerge:
    """Who `seen` is, among the rows that share an address with it. The LID is the person, a phone may move.

    The rows end the same in whatever order the LID, the numbers and the pairs of one person are seen. Of two people
    with a LID each, the one whom WhatsApp names now has the number, in all its spellings, and the other has lost it:
    what either of them said stays with them.
    """
    rows = sorted(known, key=lambda row: _distance(seen, row))
    keep = rows[0] if rows and (seen.lid is None or rows[0].lid in (None, seen.lid)) else None
    others = [row for row in rows if row is not keep]
    absorb = tuple(row for row in others if row.lid is None)
    strip = tuple(row for row in others if row.lid is not None and seen.names_number)
    return IdentityMerge(person=_merged(seen, keep, absorb), keep=keep, absorb=absorb, strip=strip)


def _distance(seen: IdentityObservation, row: Contact) -> tuple[bool, bool, bool, int]:
    """Smaller is nearer: the row of the LID, else one that has none, or, where no LID is given, one that has any.

    Of those, the one that has the number as it is written.
    """
    is_of_other = row.lid is not None and row.lid != seen.lid
    is_further = is_of_other if seen.lid is not None else row.lid is None
    return is_further, seen.lid is not None and row.lid is None, seen.phone not in row.known, row.contact_id


def without(row: Contact, lost: Collection[str]) -> Contact:
    """`row` when these addresses are another person's."""
    return replace(row, phone=None if row.phone in lost else row.phone, also=row.also - frozenset(lost))


def _merged(seen: IdentityObservation, keep: Contact | None, absorbed: tuple[Contact, ...]) -> IdentityObservation:
    """All numbers of all, and of each other fact the first that is known."""
    there = [seen, *([keep] if keep else []), *absorbed]
    shown = [seen, *there[1:]] if seen.names_number else [*there[1:], seen]
    phone = next((one.phone for one in shown if one.phone), None)
    numbers = {number for one in there for number in (one.phone, *one.also) if number}
    return IdentityObservation(
        lid=next((one.lid for one in there if one.lid), None),
        phone=phone,
        push_name=next((one.push_name for one in there if one.push_name), None),
        also=frozenset(numbers - {phone}),
    )


_WRITTEN_TWICE = (
    (re.compile(r"55(?P<area>[1-9]\d)(?P<own>[6-9]\d{7})"), r"55\g<area>9\g<own>"),
    (re.compile(r"52(?P<own>[2-9]\d{9})"), r"521\g<own>"),
    (re.compile(r"54(?P<own>[1-8]\d{9})"), r"549\g<own>"),
)
"""Mobile numbers of Brazil (a ninth digit since 2012), Mexico (a 1 until 2019) and Argentina (a 9 from abroad): one
person, whichever of the two is dialled; WhatsApp names either. Source: the countries' numbering plans at the ITU."""
_LONG_FORMS = (
    (re.compile(r"55(?P<area>[1-9]\d)9(?P<own>[6-9]\d{7})"), r"55\g<area>\g<own>"),
    (re.compile(r"521(?P<own>[2-9]\d{9})"), r"52\g<own>"),
    (re.compile(r"549(?P<own>[1-8]\d{9})"), r"54\g<own>"),
)
_TWICE_IN = ("52", "54", "55")
"""How those numbers begin; most others need not be looked into."""


def spellings(phones: Iterable[str]) -> frozenset[str]:
    """Each number in every way in which it is written in full.

    >>> sorted(spellings(["5531988887777"])), sorted(spellings(["79990000001"]))
    (['553188887777', '5531988887777'], ['79990000001'])
    """
    ways = set(phones)
    for phone in [one for one in ways if one.startswith(_TWICE_IN)]:
        for pattern, other in (*_WRITTEN_TWICE, *_LONG_FORMS):
            if found := pattern.fullmatch(phone):
                ways.add(found.expand(other))
    return frozenset(ways)


def one_spelling(phone: str) -> str:
    """A number in the shortest way in which it is written in full: two that are one person's are the same here.

    It is for comparing alone; a number is dialled as it was given.

    >>> one_spelling("5531988887777"), one_spelling("553188887777"), one_spelling("79990000001")
    ('553188887777', '553188887777', '79990000001')
    """
    return min(spellings([phone]), key=len) if phone.startswith(_TWICE_IN) else phone


def observation(*addresses: tuple[str, str], push_name: str | None = None) -> IdentityObservation | None:
    """The person behind the addresses (`user`, `server`) of one chat, or None when it is no person's chat.

    Groups, broadcasts, newsletters and WhatsApp's own accounts are no persons.
    """
    lid = next((f"{user}@lid" for user, server in addresses if server in _LID_SERVERS and _LID.fullmatch(user)), None)
    phone = next((user for user, server in addresses if server in _PHONE_SERVERS and _PHONE.fullmatch(user)), None)
    name = shown(push_name or "").strip()[:LONGEST_NAME] or None
    return IdentityObservation(lid=lid, phone=phone, push_name=name) if lid or phone else None
