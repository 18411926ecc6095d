"""When a salon is asked to call a client, because no message would keep her from coming in vain, and about what.

A cancellation, or a move, is worth nothing once its client is on her way: what has not left us by an hour before
the earlier of the times that she may come at is dropped, and the salon, which has a telephone, is asked to call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiadmin.domain.grouping import grouped
from aiadmin.domain.journal.journal import is_same_person
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.notice import Notice

SETTLES_WITHIN = timedelta(minutes=2)
"""So long what has just become due is tried, however near the visit is."""
LONGEST_TRIED = timedelta(minutes=5)
"""So long a salon that can write goes on trying in the hour before a visit: its messages leave one by one."""
STILL_ASKED = timedelta(hours=24)
"""What was given up longer ago is not asked about, even where no phone was linked that could be asked."""
AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A notice that does not wait any longer, and why."""

    notice: Notice
    why: BlockReason


def is_of_one_call(one: Notice, other: Notice) -> bool:
    """Whether one call settles both: people are not called twice."""
    return one.company_id == other.company_id and is_same_person(one.announced, other.announced)


def calls(untold: Iterable[Notice]) -> Sequence[Sequence[Notice]]:
    """What each person is to be told in one call, in the order in which it was given up."""
    return grouped(untold, lambda notice, same: is_of_one_call(same[0], notice))
