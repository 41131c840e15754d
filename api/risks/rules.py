"""How a risk is rated, and when its review is past."""

from __future__ import annotations

from datetime import date

MATRIX_SIDE = 5
"""Likelihood and impact both run from 1 to this."""


def score(likelihood: int | None, impact: int | None) -> int | None:
    """Likelihood times impact, where both are known; scores are optional."""
    return None if likelihood is None or impact is None else likelihood * impact


def is_past_review(review_on: date | None, today: date) -> bool:
    """Whether the day it was to be looked at again has gone by."""
    return review_on is not None and review_on < today
