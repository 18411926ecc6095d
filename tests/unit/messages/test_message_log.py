"""Places in the log of messages, as a page names them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aiadmin.domain.messages.message_log import Author, Cursor, LogEntry


def test_a_place_is_read_as_it_was_written() -> None:
    at = datetime(2026, 11, 30, 2, 0, 0, 123456, tzinfo=UTC)
    place = LogEntry(number=7, author=Author.OWN_PHONE, at=at, phone=None, name=None, text="").cursor
    assert Cursor.parse(str(place)) == place
    assert place.at == at


@pytest.mark.parametrize(
    "text",
    [
        *["", "x", "1-in", "1-in-", "-1-in-1", "1-up-1", "1-in-1\n", "1.5-in-1", "٣-in-1", "1-in-٣"],
        *["999999999999999999-out-1", "253402300800000000-in-1", "1-in-9999999999999999999", "9" * 5000 + "-in-1"],
    ],
)
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        Cursor.parse(text)


def test_the_last_place_of_all_is_one() -> None:
    assert Cursor.parse("253402300799999999-out-999999999999999999").at == datetime.max.replace(tzinfo=UTC)
