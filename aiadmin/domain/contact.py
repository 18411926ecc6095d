"""A contact: somebody who writes to a salon, or is written to. WhatsApp's hidden id (LID) names the person.

A LID looks like a number and is none: its digits are never a phone. The phone may be unknown for long, or for ever;
a client that a salon writes to first is known by the phone alone until WhatsApp tells the LID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aiadmin.domain.ids import ContactId
from aiadmin.domain.plain_text import shown

LONGEST_NAME = 100
_PHONE = re.compile(r"[0-9]{5,20}")
_LID = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""Digits, as far as was seen; what an index cannot hold is no LID."""
_PHONE_SERVERS = frozenset({"s.whatsapp.net", "hosted"})
_LID_SERVERS = frozenset({"lid", "hosted.lid"})


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What one event told of a person.

    Attributes:
        lid: `1234@lid`, or None.
        phone: digits, or None.
        push_name: what they call themselves, or None.
    """

    lid: str | None = None
    phone: str | None = field(default=None, repr=False)
    push_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Contact(Sighting):
    """A row of `contacts`; `lid` or `phone` is there, and no two rows of a company share one."""

    contact_id: ContactId


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What a sighting means for the rows.

    Attributes:
        person: all that is known of the person now.
        keep: the row that is this person; None when it has yet to be made.
        absorb: another row of the same person: its messages move to `keep`, and it goes.
        strip: a row of somebody else who had this phone before and has it no more.
    """

    person: Sighting
    keep: Contact | None
    absorb: Contact | None = None
    strip: Contact | None = None

    @property
    def is_news(self) -> bool:
        """Whether any row has to change."""
        known = self.keep
        before = (known.lid, known.phone, known.push_name) if known else None
        return before != (self.person.lid, self.person.phone, self.person.push_name)


def settle(seen: Sighting, known: tuple[Contact, ...]) -> Settlement:
    """Who `seen` is, among the rows that share its LID or its phone. The LID is the person, the phone may move.

    The end is the same in whatever order the LID, the phone and the pair of one person are seen.
    """
    by_lid = next((row for row in known if seen.lid and row.lid == seen.lid), None)
    by_phone = next((row for row in known if seen.phone and row.phone == seen.phone and row is not by_lid), None)
    if by_phone is not None and seen.lid and by_phone.lid:
        return Settlement(person=_merged(seen, by_lid), keep=by_lid, strip=by_phone)
    if by_lid is not None:
        return Settlement(person=_merged(seen, by_lid, by_phone), keep=by_lid, absorb=by_phone)
    return Settlement(person=_merged(seen, by_phone), keep=by_phone)


def _merged(*sources: Sighting | None) -> Sighting:
    """Of each fact the first that is known."""
    there = [source for source in sources if source is not None]
    return Sighting(
        lid=next((one.lid for one in there if one.lid), None),
        phone=next((one.phone for one in there if one.phone), None),
        push_name=next((one.push_name for one in there if one.push_name), None),
    )


def sighting(*addresses: tuple[str, str], push_name: str | None = None) -> Sighting | None:
    """The person behind the addresses (`user`, `server`) of one chat, or None when it is no person's chat.

    Groups, broadcasts, newsletters and WhatsApp's own accounts are nobody.
    """
    lid = next((f"{user}@lid" for user, server in addresses if server in _LID_SERVERS and _LID.fullmatch(user)), None)
    phone = next((user for user, server in addresses if server in _PHONE_SERVERS and _PHONE.fullmatch(user)), None)
    name = shown(push_name or "").strip()[:LONGEST_NAME] or None
    return Sighting(lid=lid, phone=phone, push_name=name) if lid or phone else None
