"""Positions after a merge: always rising, and moving as few rows as possible."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plan_documents.aligning import places_for


class TestPlacesFor:
    @pytest.mark.parametrize(
        ("held", "places"),
        [
            ([], []),
            ([None, None, None], [10, 20, 30]),
            ([10, 20, 30], [10, 20, 30]),
            ([10, None, 20, 30], [10, 15, 20, 30]),
            ([None, 10, 20], [5, 10, 20]),
            ([10, 20, None], [10, 20, 30]),
            ([30, 10, 20], [5, 10, 20]),
            ([20, 30, 10], [20, 30, 40]),
            ([1, None, 2], [1, 2, 12]),
            ([0, 0, 0], [0, 10, 20]),
        ],
    )
    def test_examples(self, held: list[int | None], places: list[int]) -> None:
        assert places_for(held, first=10, step=10) == places

    @given(st.lists(st.none() | st.integers(0, 1000), max_size=40), st.integers(1, 10))
    def test_rise_always(self, held: list[int | None], step: int) -> None:
        places = places_for(held, step=step)
        assert len(places) == len(held)
        assert all(before < after for before, after in pairwise(places))

    @given(st.lists(st.integers(0, 1000), unique=True, max_size=40).map(sorted))
    def test_leave_alone_what_rises_already(self, held: list[int]) -> None:
        assert places_for(list(held)) == held
