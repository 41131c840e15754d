"""What a narrative of each kind must say, and what it may carry over to the item it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.vocabulary import ItemKind, NarrativeKind, Rating

EXCEPTION_NEEDS = ("cause", "recovery", "recovery_due")
"""An exception is for somebody to act on: why it came, what is done, and by when it is mended."""

RATED_KINDS = (ItemKind.ACTION, ItemKind.RECOMMENDATION)


def missing_from(kind: NarrativeKind, said: Mapping[str, Any]) -> list[str]:
    """The fields a narrative of this kind must have and does not."""
    if kind is not NarrativeKind.EXCEPTION:
        return []
    return [name for name in EXCEPTION_NEEDS if said.get(name) is None]


def why_not_apply(kind: NarrativeKind, rating: Rating | None, about: Sequence[ItemKind]) -> str | None:
    """Why a narrative's rating cannot become its item's rating, or None where it can."""
    if kind is not NarrativeKind.PROGRESS:
        return "Only a report of progress can set a rating."
    if rating is None:
        return "Give the rating that is to be set."
    if len(about) != 1 or about[0] not in RATED_KINDS:
        return "A rating can be set only from words about exactly one action or recommendation."
    return None
