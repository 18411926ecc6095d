"""Who a sighting is: the LID is the person, the phone may come later, move, or never come."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.contact import Contact, Sighting, settle, sighting
from aiadmin.domain.ids import ContactId

PEOPLE = {f"{number}@lid": f"7999000000{number}" for number in range(1, 4)}


class Book:
    """The rows of one company, kept as the database would: no two of one LID, no two of one phone."""

    def __init__(self) -> None:
        self.rows: dict[ContactId, Contact] = {}
        self.messages: list[ContactId] = []
        self._last = 0

    def see(self, seen: Sighting) -> None:
        known = tuple(row for row in self.rows.values() if _shares(row, seen))
        settled = settle(seen, known)
        keep = settled.keep.contact_id if settled.keep else self._next()
        if settled.strip is not None:
            stripped = settled.strip
            self.rows[stripped.contact_id] = Contact(contact_id=stripped.contact_id, lid=stripped.lid)
        if settled.absorb is not None:
            del self.rows[settled.absorb.contact_id]
            self.messages = [keep if one == settled.absorb.contact_id else one for one in self.messages]
        person = settled.person
        self.rows[keep] = Contact(contact_id=keep, lid=person.lid, phone=person.phone, push_name=person.push_name)
        self.messages.append(keep)
        self._is_sound()

    def people(self) -> dict[tuple[str | None, str | None], int]:
        """Each row by LID and phone, with the number of its messages."""
        return {(row.lid, row.phone): self.messages.count(row.contact_id) for row in self.rows.values()}

    def _next(self) -> ContactId:
        self._last += 1
        return ContactId(self._last)

    def _is_sound(self) -> None:
        lids = [row.lid for row in self.rows.values() if row.lid]
        phones = [row.phone for row in self.rows.values() if row.phone]
        assert len(lids) == len(set(lids))
        assert len(phones) == len(set(phones))
        assert all(row.lid or row.phone for row in self.rows.values())
        assert set(self.messages) <= set(self.rows), "no message without its contact"


def _shares(row: Contact, seen: Sighting) -> bool:
    return bool((seen.lid and row.lid == seen.lid) or (seen.phone and row.phone == seen.phone))


def _sightings(pairs: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[list[Sighting]]:
    def partly(pair: tuple[str, str], what: str) -> Sighting:
        return Sighting(lid=pair[0] if "l" in what else None, phone=pair[1] if "p" in what else None)

    return st.lists(st.builds(partly, pairs, st.sampled_from(["l", "p", "lp"])), max_size=12)


@given(_sightings(st.sampled_from(sorted(PEOPLE.items()))), st.randoms())
def test_in_whatever_order_people_are_seen_the_end_is_the_same(seen: list[Sighting], random: object) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _read(seen).people() == _read(shuffled).people()


@given(_sightings(st.sampled_from(sorted(PEOPLE.items()))))
def test_who_was_ever_seen_with_both_is_one_row_with_all_messages(seen: list[Sighting]) -> None:
    people = _read(seen).people()
    for lid, phone in PEOPLE.items():
        if Sighting(lid=lid, phone=phone) in seen:
            assert people[lid, phone] == sum(one.lid == lid or one.phone == phone for one in seen)
            assert (lid, None) not in people
            assert (None, phone) not in people


@given(_sightings(st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(sorted(PEOPLE.values())))))
def test_phones_that_change_hands_never_join_two_people(seen: list[Sighting]) -> None:
    """The LID is the person: messages seen under one LID stay with it."""
    book = _read(seen)
    owners = dict(zip(seen, book.messages, strict=True))
    for one in seen:
        if one.lid:
            assert book.rows[owners[one]].lid == one.lid


def test_a_number_that_changed_hands_leaves_its_former_owner() -> None:
    book = _read([Sighting(lid="1@lid", phone="79990000001"), Sighting(lid="2@lid", phone="79990000001")])
    assert book.people() == {("1@lid", None): 1, ("2@lid", "79990000001"): 1}


def test_what_people_call_themselves_is_kept_and_follows_them() -> None:
    book = _read([Sighting(phone="79990000001", push_name="Анна"), Sighting(lid="1@lid", phone="79990000001")])
    assert [row.push_name for row in book.rows.values()] == ["Анна"]


@pytest.mark.parametrize(
    ("addresses", "lid", "phone"),
    [
        ([("1234567890", "lid"), ("79990000001", "s.whatsapp.net")], "1234567890@lid", "79990000001"),
        ([("79990000001", "s.whatsapp.net"), ("1234567890", "lid")], "1234567890@lid", "79990000001"),
        ([("79990000001", "lid"), ("", "")], "79990000001@lid", None),
        ([("79990000001", "s.whatsapp.net"), ("", "")], None, "79990000001"),
    ],
)
def test_digits_before_lid_are_never_a_phone(addresses: list[tuple[str, str]], lid: str, phone: str) -> None:
    assert sighting(*addresses) == Sighting(lid=lid, phone=phone)


@pytest.mark.parametrize(
    "address", [("120363", "g.us"), ("status", "broadcast"), ("1", "newsletter"), ("0", "s.whatsapp.net"), ("", "")]
)
def test_groups_broadcasts_newsletters_and_whatsapp_itself_are_nobody(address: tuple[str, str]) -> None:
    assert sighting(address, ("", "")) is None


def test_a_phone_does_not_show_when_a_sighting_is_printed() -> None:
    assert "79990000001" not in repr(Sighting(lid="1@lid", phone="79990000001", push_name="Анна"))


def _read(seen: Sequence[Sighting]) -> Book:
    book = Book()
    for one in seen:
        book.see(one)
    return book
