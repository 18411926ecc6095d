"""Salons' pages are told of their chats: together, each salon once, and whatever one of them costs."""

from __future__ import annotations

from collections.abc import Collection

from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.hosting.chat_news import ChatNews
from tests.conftest import WaitUntil


def test_news_of_a_moment_are_told_together_and_a_failure_stops_none(wait_until: WaitUntil) -> None:
    told: list[tuple[int, list[int]]] = []

    def tell(company_id: CompanyId, contacts: Collection[ContactId]) -> None:
        told.append((company_id, list(contacts)))
        if company_id == 1:
            raise RuntimeError("of one salon")

    news = ChatNews(tell)
    for company, contact in ((1, 7), (1, 5), (1, 7), (2, 9)):
        news.add(CompanyId(company), ContactId(contact))
    news.start()
    wait_until(lambda: len(told) == 2, what="both salons are told")
    assert told == [(1, [5, 7]), (2, [9])]
    news.add(CompanyId(3), ContactId(1))
    news.close(5)
    assert told[2:] == [(3, [1])]
