"""A text that is short to read: it says the kind of the notice."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.notices.telling import VisitNotices


def words(visits: Sequence[VisitNotices], *_: object) -> str:
    """The kind of the notices of visits, and how many they are."""
    told = [one for visit in visits for one in visit.told]
    return told[0].notice.kind if len(told) == 1 else f"{len(told)} {told[0].notice.kind}"
