"""What an owner may do about a salon, as a table."""

from __future__ import annotations

import itertools

from aiadmin.domain.companies.company import IntegrationStatus as Status
from aiadmin.domain.manage.owner_actions import OwnerAction, available_actions
from aiadmin.domain.messages.message_log import Author, MessageStatus
from aiadmin.texts.ru import manage as texts_manage

EVERYTHING = list(itertools.product(Status, [True, False], [True, False]))


def _possible(status: Status, is_linked: bool, can_tell: bool) -> frozenset[OwnerAction]:
    return available_actions(status, is_linked=is_linked, can_tell=can_tell)


def test_a_phone_is_linked_or_replaced_never_both_and_not_where_nothing_is_served() -> None:
    for status, is_linked, can_tell in EVERYTHING:
        wanted = (
            {OwnerAction.REPLACE if is_linked else OwnerAction.CONNECT}
            if status not in {"frozen", "uninstalled"}
            else set()
        )
        assert _possible(status, is_linked, can_tell) & {OwnerAction.CONNECT, OwnerAction.REPLACE} == wanted, status


def test_what_is_linked_can_always_be_disconnected() -> None:
    for case in EVERYTHING:
        assert (OwnerAction.DISCONNECT in _possible(*case)) is case[1], case


def test_yclients_is_told_again_only_what_it_did_not_take() -> None:
    found = {case for case in EVERYTHING if OwnerAction.RETRY in _possible(*case)}
    assert found == {(Status.ACTIVATION_FAILED, is_linked, True) for is_linked in (True, False)}


def test_a_journal_is_read_only_where_it_is_open_to_us() -> None:
    assert {case[0] for case in EVERYTHING if OwnerAction.READ in _possible(*case)} == {Status.ACTIVE}


def test_only_a_frozen_salon_is_asked_to_pay() -> None:
    assert {case[0] for case in EVERYTHING if OwnerAction.PAY in _possible(*case)} == {Status.FROZEN}


def test_every_mark_and_side_has_its_words() -> None:
    assert set(texts_manage.MESSAGE_STATUSES) == set(MessageStatus)
    assert set(texts_manage.CHAT_LINES) == set(Author)
