"""Who is let in, as a table and as properties."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from aiadmin.domain.companies.company import IntegrationStatus as Status
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.install.arrival import Admission, Arrival, Claim, Landing, admit, claim_of, is_over
from aiadmin.texts import ru

BOTH = [True, False]
EVERYTHING = list(itertools.product(InstallationStatus, [None, *Status], Claim, BOTH, BOTH))
LET_IN = {Admission.ONBOARD, Admission.MANAGE}
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BEGUN = {Status.PENDING, Status.PAIRING, Status.ACTIVATING, Status.ACTIVATION_FAILED}
Case = tuple[InstallationStatus, Status | None, Claim, bool, bool]


def _admit(case: Case) -> Admission:
    connection, status, claim, is_ended, is_repeat = case
    return admit(connection, status, claim=claim, is_over=is_ended, is_repeat=is_repeat)


def test_nobody_comes_in_without_yclients_saying_that_the_salon_consented() -> None:
    for case in EVERYTHING:
        if case[0] not in {InstallationStatus.PENDING, InstallationStatus.ACTIVE, InstallationStatus.FREEZED}:
            assert _admit(case) not in LET_IN, case


def test_a_salon_that_is_set_up_opens_only_to_somebody_who_came_for_it_before() -> None:
    for case in EVERYTHING:
        connection, status, claim, *_ = case
        if (
            connection in {InstallationStatus.ACTIVE, InstallationStatus.FREEZED}
            and status is not None
            and claim is not Claim.OWN
        ):
            assert _admit(case) is Admission.STRANGER, case


def test_a_salon_that_is_being_set_up_opens_to_nobody_but_whoever_began() -> None:
    for case in EVERYTHING:
        connection, _, claim, is_ended, *_ = case
        if connection is InstallationStatus.PENDING and claim is Claim.OTHERS and not is_ended:
            assert _admit(case) is Admission.STRANGER, case


def test_another_administrator_comes_in_by_a_consent_of_their_own() -> None:
    for status in Status:
        assert _admit((InstallationStatus.PENDING, status, Claim.OTHERS, True, False)) is Admission.ONBOARD


def test_an_installation_is_over_when_yclients_keeps_its_consent_no_longer_or_it_went_further() -> None:
    for status in Status:
        assert is_over(status, NOW + timedelta(seconds=1), NOW) is (status not in BEGUN), status
        assert is_over(status, NOW, NOW), status


def test_an_installation_is_of_the_users_who_came_for_it() -> None:
    assert claim_of(frozenset(), 1) is claim_of(frozenset(), None) is Claim.FREE
    assert claim_of({1, 2}, 2) is Claim.OWN
    assert claim_of({1, 2}, 3) is claim_of({1, 2}, None) is Claim.OTHERS


def test_a_salon_begins_anew_only_when_yclients_waits_for_it() -> None:
    for case in EVERYTHING:
        if _admit(case) is Admission.ONBOARD:
            assert case[0] is InstallationStatus.PENDING, case


def test_an_address_that_was_opened_opens_nothing_for_somebody_else() -> None:
    for case in EVERYTHING:
        connection, status, _, _, is_repeat = case
        is_new_consent = connection is InstallationStatus.PENDING and status in {
            Status.ACTIVE, Status.FROZEN, Status.UNINSTALLED, Status.ACTIVATION_FAILED,
        }  # fmt: skip
        if is_repeat and not is_new_consent:
            assert _admit(case) not in LET_IN, case


@pytest.mark.parametrize("status", [Status.UNINSTALLED, Status.ACTIVATION_FAILED, Status.ACTIVE])
def test_consent_given_again_is_no_repeat_although_the_address_is_the_same(status: Status) -> None:
    assert _admit((InstallationStatus.PENDING, status, Claim.OWN, True, True)) is Admission.ONBOARD


def test_every_outcome_has_its_words() -> None:
    assert set(ru.INSTALLATION_STATES) == {each.value for each in Admission}
    assert {each.value for each in Admission} - LET_IN <= set(ru.INSTALLATION)
    assert set(ru.ACTIVATION) == {status.value for status in Status}


def test_a_fingerprint_is_of_one_signature_and_one_salon() -> None:
    def made(salon_id: int, sign: str) -> str:
        return Arrival(salon_id=SalonId(salon_id), user_id=1, sign=sign, is_from_yclients=True).fingerprint

    assert made(1, "a") == made(1, "a")
    assert len({made(1, "a"), made(2, "a"), made(1, "b")}) == 3


def test_having_turned_somebody_away_does_not_use_their_address_up() -> None:
    arrival = Arrival(salon_id=SalonId(1), user_id=1, sign="a", is_from_yclients=True)
    assert arrival.refusal_fingerprint != arrival.fingerprint


def test_s13_yclients_word_on_who_belongs_to_a_salon_decides_once_it_is_set_up() -> None:
    for case in EVERYTHING:
        connection, status, claim, is_ended, is_repeat = case
        if connection not in {InstallationStatus.ACTIVE, InstallationStatus.FREEZED}:
            continue
        flags = {"is_over": is_ended, "is_repeat": is_repeat}
        assert admit(connection, status, claim=claim, is_member=False, **flags) is Admission.STRANGER, case
        as_member = admit(connection, status, claim=claim, is_member=True, **flags)
        assert as_member is _admit((connection, status, Claim.OWN, is_ended, is_repeat)), case


def _landing(**known: bool) -> Landing:
    nothing = dict.fromkeys(("is_first", "is_from_yclients", "is_same_browser", "is_in", "is_tied"), False)
    return Landing(**nothing | known)


def test_s13_an_address_opens_again_for_a_browser_that_is_in_whatever_it_says_of_itself() -> None:
    for first, from_yclients, same, tied in itertools.product(BOTH, repeat=4):
        landing = _landing(
            is_in=True, is_first=first, is_from_yclients=from_yclients, is_same_browser=same, is_tied=tied
        )
        assert not landing.is_repeat


def test_s13_what_a_browser_says_of_itself_opens_no_address_whose_owner_keeps_a_cookie() -> None:
    assert _landing(is_from_yclients=True, is_same_browser=True, is_tied=True).is_repeat
    assert _landing(is_first=True, is_tied=True).is_repeat  # pasted: who reads logs does that
    assert not _landing(is_first=True, is_from_yclients=True, is_tied=True).is_repeat  # a second device
    assert not _landing(is_from_yclients=True, is_same_browser=True).is_repeat  # a frame without cookies
    assert _landing(is_from_yclients=True).is_repeat
    assert not _landing(is_first=True).is_repeat


def test_a_visitor_is_the_user_or_who_has_the_signature() -> None:
    named = Arrival(salon_id=SalonId(1), user_id=7, sign="a", is_from_yclients=True)
    assert named.visitor == Arrival(salon_id=SalonId(2), user_id=7, sign="b", is_from_yclients=True).visitor
    nameless = [Arrival(salon_id=SalonId(1), user_id=None, sign=sign, is_from_yclients=True) for sign in "ab"]
    assert nameless[0].visitor != nameless[1].visitor
