"""Every language that a salon may have says everything that is written to its clients and people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_type_hints

import pytest

from aiadmin import texts
from aiadmin.domain.language import Language
from aiadmin.domain.notices.call import CallReason
from aiadmin.domain.notices.notice import CHANGE_NOTICES, NoticeKind
from aiadmin.domain.notices.template import TemplateData, check

VISIT = TemplateData(
    name="Анна",
    starts_at=datetime(2026, 11, 27, 11, 30, tzinfo=UTC),
    zone="Europe/Moscow",
    master="Мария",
    services=(("Стрижка", 1),),
    price=None,
    currency=None,
    address="ул. Садовая, 1",
    link="https://example.ru",
)


@pytest.fixture(params=Language)
def written(request: pytest.FixtureRequest) -> texts.Texts:
    return texts.of(request.param)


def test_each_section_has_every_key(written: texts.Texts) -> None:
    missing = [
        f"{section}.{key}"
        for section, asked in get_type_hints(texts.Texts).items()
        for key in _keys(asked)
        if not hasattr(getattr(written, section), key)
    ]
    assert missing == []


def _keys(section: type) -> set[str]:
    return {key for key in (*vars(section), *section.__annotations__) if not key.startswith("_")}


def test_each_kind_of_notice_is_written(written: texts.Texts) -> None:
    assert set(written.notices.TEMPLATES) == set(NoticeKind)
    for kind, template in written.notices.TEMPLATES.items():
        check(template)
        assert written.notices.say(kind, None, VISIT)
    assert written.notices.fill(written.notices.AS_IT_IS, VISIT)


def test_each_change_of_several_visits_is_listed(written: texts.Texts) -> None:
    for kind in (*CHANGE_NOTICES, None):
        assert written.notices.fill_list(kind, [VISIT, VISIT]).count("\n") >= 3


def test_a_client_whom_no_message_reached_is_named(written: texts.Texts) -> None:
    when = written.formatting.day_and_clock(datetime(2026, 11, 27, 14, 30))  # noqa: DTZ001 - as the salon's clock
    assert "14:30" in when
    who = written.calls.who("Анна", "79990000000")
    off = CallReason(kind=NoticeKind.CANCELLED, is_unsure=False, was=when, now="")
    assert who in written.calls.call(who, [off])
    assert when in written.calls.call(who, [off])
