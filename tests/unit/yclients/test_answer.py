"""What an answer means, and whether to ask again: pure rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.yclients.answer import TRIES, code_of, error_of, pause_before_next
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import (
    InvalidError,
    KeyRefusedError,
    RateLimitedError,
    YClientsDownError,
    YClientsError,
)
from aiadmin.domain.yclients.http_answer import HttpAnswer

LONG = timedelta(minutes=1)
BODIES = st.none() | st.dictionaries(
    st.sampled_from(["success", "meta", "errors", "data"]),
    st.none()
    | st.booleans()
    | st.text()
    | st.dictionaries(st.sampled_from(["code", "errors"]), st.integers() | st.text() | st.lists(st.none())),
)


@given(st.none() | st.integers(100, 599), BODIES, st.text(max_size=20))
def test_every_answer_is_a_success_or_an_error_with_its_status(
    status: int | None, body: dict[str, object] | None, message: str
) -> None:
    error = error_of(HttpAnswer(status=status, body=body, message=message, request_id="r"))
    if error is None:
        assert status is not None
        assert 200 <= status < 300
    else:
        assert (error.status, error.request_id) == (status, "r")


@given(BODIES)
def test_a_code_is_a_number_or_nothing(body: dict[str, object] | None) -> None:
    code = code_of(body)
    assert code is None or 0 <= code < 10**9


def test_a_page_instead_of_json_says_nothing_about_the_question() -> None:
    for status in (200, 301, 401, 404, 422, 500):
        assert isinstance(error_of(HttpAnswer(status=status)), YClientsDownError)
    assert isinstance(error_of(HttpAnswer(status=429)), RateLimitedError)
    assert error_of(HttpAnswer(status=204)) is None


def _pause(error: YClientsError, **changed: object) -> timedelta | None:
    given: dict[str, object] = {"tries": 1, "urgency": Urgency.SYNC, "left": LONG, "jitter": 0.5}
    return pause_before_next(error, **(given | changed))  # type: ignore[arg-type]


def test_a_call_is_made_again_only_when_that_may_help() -> None:
    assert _pause(YClientsDownError()) is not None
    assert _pause(RateLimitedError(status=429)) == timedelta(0)
    for error in (KeyRefusedError(status=401), InvalidError(status=422)):
        assert _pause(error) is None


@pytest.mark.parametrize("urgency", list(Urgency))
def test_the_tries_and_the_patience_are_bounded(urgency: Urgency) -> None:
    pauses = [_pause(YClientsDownError(), tries=tries, urgency=urgency) for tries in range(1, TRIES[urgency] + 1)]
    assert pauses[-1] is None
    assert all(pause is not None for pause in pauses[:-1])
    assert _pause(YClientsDownError(), urgency=urgency, left=timedelta(seconds=0.1)) is None
