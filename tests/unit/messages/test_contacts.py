"""Who a sighting is: the LID is the person, the phone may come later, move, or never come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from aiadmin.domain.ids import ContactId
from aiadmin.domain.messages.contact import Contact, IdentityObservation, merge, observation, spellings, without

PEOPLE = {f"{number}@lid": f"7999000000{number}" for number in range(1, 4)}


class Book:
    """The rows of one company, kept as the database would: no two of one LID, no two of one number."""

    def __init__(self) -> None:
        self.rows: dict[ContactId, Contact] = {}
        self.messages: list[ContactId] = []
        self.opted_out: set[ContactId] = set()
        self._last = 0

    def see(self, seen: IdentityObservation) -> ContactId:
        known = tuple(row for row in self.rows.values() if not seen.addresses.isdisjoint(row.known))
        settled = merge(seen, known)
        keep = settled.keep.contact_id if settled.keep else self._next()
        for other in settled.strip:
            self.rows[other.contact_id] = without(other, seen.addresses)
        for absorbed in settled.absorb:
            del self.rows[absorbed.contact_id]
            self.messages = [keep if one == absorbed.contact_id else one for one in self.messages]
            if absorbed.contact_id in self.opted_out:
                self.opted_out = self.opted_out - {absorbed.contact_id} | {keep}
        before = self.rows.get(keep)
        self.rows[keep] = Contact(contact_id=keep, **vars(settled.person))
        is_changed = before != self.rows[keep] or bool(settled.absorb or settled.strip)
        assert settled.is_news == is_changed, "what is no news changes nothing, and news does"
        self.messages.append(keep)
        self._is_sound()
        return keep

    def stop(self, contact_id: ContactId) -> None:
        """The contact says STOP."""
        self.opted_out.add(contact_id)

    def person(self, address: str) -> Contact:
        """Who has this address now."""
        [found] = [row for row in self.rows.values() if not spellings([address]).isdisjoint(row.known)]
        return found

    def people(self) -> dict[tuple[str | None, frozenset[str]], int]:
        """Each row by LID and numbers, with the number of its messages."""
        return {(row.lid, row.known - {row.lid}): self.messages.count(row.contact_id) for row in self.rows.values()}

    def _next(self) -> ContactId:
        self._last += 1
        return ContactId(self._last)

    def _is_sound(self) -> None:
        of_each = [spellings(row.known) for row in self.rows.values()]
        assert len(frozenset().union(*of_each)) == sum(map(len, of_each)), "an address is of one person"
        assert all(row.lid or row.phone for row in self.rows.values())
        assert all(row.phone or not row.also for row in self.rows.values() if row.lid is None)
        assert self.opted_out | set(self.messages) <= set(self.rows), "nothing without its contact"


def _sightings(pairs: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[list[IdentityObservation]]:
    def partly(pair: tuple[str, str], what: str) -> IdentityObservation:
        return IdentityObservation(lid=pair[0] if "l" in what else None, phone=pair[1] if "p" in what else None)

    return st.lists(st.builds(partly, pairs, st.sampled_from(["l", "p", "lp"])), max_size=12)


@given(_sightings(st.sampled_from(sorted(PEOPLE.items()))), st.randoms())
def test_in_whatever_order_people_are_seen_the_end_is_the_same(
    seen: list[IdentityObservation], random: object
) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _read(seen).people() == _read(shuffled).people()


@given(_sightings(st.sampled_from(sorted(PEOPLE.items()))))
def test_who_was_ever_seen_with_both_is_one_row_with_all_messages(seen: list[IdentityObservation]) -> None:
    people = _read(seen).people()
    for lid, phone in PEOPLE.items():
        if IdentityObservation(lid=lid, phone=phone) in seen:
            assert people[lid, frozenset({phone})] == sum(one.lid == lid or one.phone == phone for one in seen)
            assert (lid, frozenset()) not in people
            assert (None, frozenset({phone})) not in people


@given(_sightings(st.tuples(st.sampled_from(sorted(PEOPLE)), st.sampled_from(sorted(PEOPLE.values())))))
def test_phones_that_change_hands_never_join_two_people(seen: list[IdentityObservation]) -> None:
    """The LID is the person: messages seen under one LID stay with it."""
    book = _read(seen)
    owners = dict(zip(seen, book.messages, strict=True))
    for one in seen:
        if one.lid:
            assert book.rows[owners[one]].lid == one.lid


def test_a_number_that_changed_hands_leaves_its_former_owner() -> None:
    book = _read(
        [IdentityObservation(lid="1@lid", phone="79990000001"), IdentityObservation(lid="2@lid", phone="79990000001")]
    )
    assert book.people() == {("1@lid", frozenset()): 1, ("2@lid", frozenset({"79990000001"})): 1}


BRAZIL = "5531988887777", "553188887777"
MEXICO = "5215512345678", "525512345678"
ARGENTINA = "5491123456789", "541123456789"


@pytest.mark.parametrize(("journal", "canonical"), [BRAZIL, MEXICO, ARGENTINA], ids=["Brazil", "Mexico", "Argentina"])
@pytest.mark.parametrize("order", list(permutations(["journal", "lid", "pair"])), ids="-".join)
@pytest.mark.parametrize("stops_at", ["journal", "lid", "pair"])
def test_w8_stop_holds_for_every_spelling_in_every_order(
    journal: str, canonical: str, order: tuple[str, ...], stops_at: str
) -> None:
    """W8: the journal's number and WhatsApp's are one person's; the one that WhatsApp told is shown."""
    sightings = {
        "journal": IdentityObservation(phone=journal),
        "lid": IdentityObservation(lid="1@lid"),
        "pair": IdentityObservation(lid="1@lid", phone=canonical),
    }
    book = Book()
    for name in order:
        contact_id = book.see(sightings[name])
        if name == stops_at:
            book.stop(contact_id)
    for again in (sightings["journal"], IdentityObservation(phone=canonical)):
        assert book.see(again) in book.opted_out
    [person] = book.rows.values()
    assert (person.lid, person.phone, person.also) == ("1@lid", canonical, frozenset({journal}))


@pytest.mark.parametrize(("first", "second"), [BRAZIL, BRAZIL[::-1], MEXICO, MEXICO[::-1]])
def test_w8_stop_under_one_spelling_is_known_under_the_other_without_any_lid(first: str, second: str) -> None:
    """W8: whoever wrote first from the number as WhatsApp has it is found by the journal's."""
    book = Book()
    book.stop(book.see(IdentityObservation(phone=first)))
    assert book.see(IdentityObservation(phone=second)) in book.opted_out


def test_w8_numbers_that_whatsapp_answers_for_as_one_are_one_person() -> None:
    """W8: also where no rule of ours knows the two spellings."""
    book = Book()
    book.stop(book.see(IdentityObservation(lid="1@lid", phone="33612345678")))
    assert book.see(IdentityObservation(phone="33012345678")) not in book.opted_out
    assert book.see(IdentityObservation(phone="33612345678", also=frozenset({"33012345678"}))) in book.opted_out
    assert book.see(IdentityObservation(phone="33012345678")) in book.opted_out
    assert book.person("33012345678").phone == "33612345678"


@pytest.mark.parametrize(("journal", "canonical"), [BRAZIL, MEXICO])
def test_w8_stop_of_a_former_owner_does_not_stick_to_the_new_owner_of_a_number(journal: str, canonical: str) -> None:
    """W8: the LID is the person: the number moves in all its spellings, and STOP stays with who said it."""
    book = Book()
    book.see(IdentityObservation(phone=journal))
    book.stop(book.see(IdentityObservation(lid="1@lid", phone=canonical)))
    book.see(IdentityObservation(lid="2@lid", phone=canonical))
    assert book.see(IdentityObservation(phone=journal)) not in book.opted_out
    assert book.see(IdentityObservation(phone=journal)) == book.person("2@lid").contact_id
    assert book.person("1@lid").contact_id in book.opted_out
    assert book.person("1@lid").phone is None


def test_w8_a_new_number_of_a_person_leaves_the_old_one_theirs() -> None:
    """W8: who changes the number is found by both until the old one is somebody else's."""
    book = _read(
        [IdentityObservation(lid="1@lid", phone="79990000001"), IdentityObservation(lid="1@lid", phone="79990000002")]
    )
    person = book.person("79990000001")
    assert (person.phone, person.also) == ("79990000002", frozenset({"79990000001"}))
    book.see(IdentityObservation(lid="2@lid", phone="79990000001"))
    assert book.person("79990000001").lid == "2@lid"
    assert book.person("1@lid").known == {"1@lid", "79990000002"}


_OWNED = {
    "1@lid": (*BRAZIL, "79990000001"),
    "2@lid": MEXICO,
    "3@lid": ("79990000003", "79990000004", "79990000005"),
}


@given(
    st.lists(
        st.sampled_from([(lid, phone) for lid, phones in _OWNED.items() for phone in (*phones, None)]).flatmap(
            lambda pair: st.sampled_from([pair, (pair[0], None), (None, pair[1])])
        ),
        max_size=14,
    ),
    st.randoms(),
)
def test_w8_people_of_several_numbers_end_the_same_in_every_order_and_stop_follows(
    seen: list[tuple[str | None, str | None]], random: object
) -> None:
    """W8: the machine with several numbers of one person: who is seen whole is one row, STOP in it wherever said."""
    sightings = [IdentityObservation(lid=lid, phone=phone) for lid, phone in seen if lid or phone]
    shuffled = list(sightings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    book = Book()
    for one in shuffled:
        book.stop(book.see(one))
        assert book.see(one) in book.opted_out
    people = {key for key, _ in _read(sightings).people().items()}
    assert {key for key, _ in book.people().items()} == people
    assert set(book.rows) == book.opted_out


class Exchange(RuleBasedStateMachine):
    """W8: numbers that change hands in any spelling, and people who say STOP: it is never another's."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.stopped: set[str] = set()

    @rule(lid=st.sampled_from(sorted(_OWNED)), phone=st.sampled_from(sorted({*BRAZIL, *MEXICO, "79990000001"})))
    def whatsapp_names_both(self, lid: str, phone: str) -> None:
        contact_id = self.book.see(IdentityObservation(lid=lid, phone=phone))
        assert self.book.rows[contact_id].lid == lid
        assert self.book.rows[contact_id].phone == phone

    @rule(phone=st.sampled_from(sorted({*BRAZIL, *MEXICO, "79990000001"})))
    def the_journal_names_a_number(self, phone: str) -> None:
        before = {row.lid: row.phone for row in self.book.rows.values()}
        owner = self.book.rows[self.book.see(IdentityObservation(phone=phone))]
        if owner.lid is not None:
            assert owner.phone == (before[owner.lid] or phone), "the journal does not choose what is shown"

    @rule(lid=st.sampled_from(sorted(_OWNED)))
    def a_person_says_stop(self, lid: str) -> None:
        self.book.stop(self.book.see(IdentityObservation(lid=lid)))
        self.stopped.add(lid)

    @invariant()
    def stop_is_of_who_said_it(self) -> None:
        assert {self.book.rows[one].lid for one in self.book.opted_out} == self.stopped


TestExchange = Exchange.TestCase


def test_what_people_call_themselves_is_kept_and_follows_them() -> None:
    book = _read(
        [
            IdentityObservation(phone="79990000001", push_name="Анна"),
            IdentityObservation(lid="1@lid", phone="79990000001"),
        ]
    )
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
    assert observation(*addresses) == IdentityObservation(lid=lid, phone=phone)


@pytest.mark.parametrize(
    "address", [("120363", "g.us"), ("status", "broadcast"), ("1", "newsletter"), ("0", "s.whatsapp.net"), ("", "")]
)
def test_groups_broadcasts_newsletters_and_whatsapp_itself_are_nobody(address: tuple[str, str]) -> None:
    assert observation(address, ("", "")) is None


def test_a_phone_does_not_show_when_a_sighting_is_printed() -> None:
    assert "79990000001" not in repr(IdentityObservation(lid="1@lid", phone="79990000001", push_name="Анна"))


def _read(seen: Sequence[IdentityObservation]) -> Book:
    book = Book()
    for one in seen:
        book.see(one)
    return book
