"""Armed faults strike whom they are meant for, as often as they were told."""

import pytest

from tests.fakes.whatsapp.faults import Fault, Faults

_JID = "79990000001:2@s.whatsapp.net"


@pytest.mark.parametrize(
    ("scope", "struck"), [("*", True), ("79990000001", True), (_JID, True), ("79990000002", False)]
)
def test_a_fault_strikes_only_within_its_scope(scope: str, struck: bool) -> None:
    faults = Faults()
    faults.arm(Fault("login-failure", scope))
    assert (faults.take("login-failure", "79990000001", _JID) is not None) is struck


def test_a_fault_of_another_kind_is_left_alone() -> None:
    faults = Faults()
    faults.arm(Fault("refuse"))
    assert faults.take("mute-new") is None
    assert faults.listed() == [{"kind": "refuse", "scope": "*", "times": 1}]


@pytest.mark.parametrize("times", [1, 3])
def test_a_fault_strikes_as_often_as_told(times: int) -> None:
    faults = Faults()
    faults.arm(Fault.lasting("refuse", "*", times, None, {}))
    assert [faults.take("refuse") is not None for _ in range(times + 1)] == [True] * times + [False]
    assert faults.listed() == []


def test_a_fault_without_a_measure_strikes_once() -> None:
    assert Fault.lasting("refuse", "*", None, None, {}).times == 1


def test_a_fault_for_some_time_strikes_any_number_of_times_within_it() -> None:
    faults = Faults()
    faults.arm(Fault.lasting("refuse", "*", None, 60, {}))
    assert all(faults.take("refuse") for _ in range(5))
    faults.clear()
    faults.arm(Fault.lasting("refuse", "*", None, -1, {}))
    assert faults.take("refuse") is None


def test_faults_of_a_kind_strike_in_the_order_they_were_armed() -> None:
    faults = Faults()
    for reason in ("503", "401"):
        faults.arm(Fault("login-failure", facts={"reason": reason}))
    taken = [faults.take("login-failure") for _ in range(2)]
    assert [fault.facts["reason"] for fault in taken if fault] == ["503", "401"]
