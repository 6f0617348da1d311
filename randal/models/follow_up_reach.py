"""What a follow-up's moves touch, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from randal.models.follow_ups import FollowUp


def pieces_handed_in(item: FollowUp) -> int:
    return len(item.new_evidence)


def settled_by_it(item: FollowUp) -> int:
    """What a reopening reopens with it: closed findings, resolved kendala."""
    closed = sum(finding.state == "closed" for finding in item.findings)
    return closed + sum(kendala.state == "resolved" for kendala in item.kendala)
