"""Which item of one document is which of another: by ref, by natural key, or by what it says."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from api.plan_documents.directory import key_of
from api.plan_documents.parts.audits import AuditMeasure, WindscreenPosition
from api.plan_documents.parts.kpis import KpiBenchmark, Measurement
from api.plan_documents.parts.work import Narrative, SourceNote


@dataclass(frozen=True)
class Trio:
    """The places of one item in the base, in what is held and in the new document; None: not there."""

    base: int | None
    held: int | None
    new: int | None


def align(kind: str, base: Sequence[Any], held: Sequence[Any], new: Sequence[Any]) -> list[Trio]:
    """Every item of any of the three, once."""
    of_base = _pairs(kind, base, held)
    of_new = _pairs(kind, base, new)
    held_taken, new_taken = set(of_base.values()), set(of_new.values())
    held_left = [place for place in range(len(held)) if place not in held_taken]
    new_left = [place for place in range(len(new)) if place not in new_taken]
    of_left = _pairs(kind, [held[place] for place in held_left], [new[place] for place in new_left])
    between = {held_left[left]: new_left[right] for left, right in of_left.items()}
    trios = [Trio(place, of_base.get(place), of_new.get(place)) for place in range(len(base))]
    trios += [Trio(None, place, between.get(place)) for place in held_left]
    paired = set(between.values())
    trios += [Trio(None, None, place) for place in new_left if place not in paired]
    return trios


def _pairs(kind: str, left: Sequence[Any], right: Sequence[Any]) -> dict[int, int]:
    """Which place on the left is which on the right, by the surest key first."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for key, only_if_alone in _KEYS.get(kind, _BY_REF):
        here = _places(left, key, found)
        there = _places(right, key, taken)
        for one, places in here.items():
            others = there.get(one, [])
            if only_if_alone and (len(places), len(others)) != (1, 1):
                continue
            for place, other in zip(places, others, strict=False):
                found[place] = other
                taken.add(other)
    return found


def _places(
    items: Sequence[Any], key: Callable[[Any], Hashable], but: set[int] | dict[int, int]
) -> dict[Hashable, list[int]]:
    places: dict[Hashable, list[int]] = {}
    for place, item in enumerate(items):
        if place not in but:
            places.setdefault(key(item), []).append(place)
    return places


def _by_ref(item: Any) -> Hashable:
    return key_of(item.ref)


def _by_place_in_time(value: Measurement) -> Hashable:
    return value.kpi.lower(), value.segment.lower(), value.period, value.basis


def _whole(item: Any) -> Hashable:
    return str(item.model_dump_json())


def _about(item: Narrative | SourceNote) -> Hashable:
    abouts = item.about if isinstance(item, Narrative) else [item.about]
    return tuple(sorted((about.kind.value, (about.ref or "").lower()) for about in abouts))


def _same_words(item: Narrative | SourceNote) -> Hashable:
    return _about(item), item.text


def _same_occasion(narrative: Narrative) -> Hashable:
    when = narrative.on.model_dump_json() if narrative.on else None
    return _about(narrative), narrative.kind, when, narrative.period, narrative.source_ref


def _same_doubt(note: SourceNote) -> Hashable:
    return _about(note), note.kind


def _by_number(entry: Any) -> Hashable:
    return int(entry.number)


def _by_kpi(measure: AuditMeasure) -> Hashable:
    return measure.kpi.lower()


def _by_series(pairing: KpiBenchmark) -> Hashable:
    return pairing.dataset.lower(), pairing.indicator, frozenset(pairing.filters.items())


def _same_judgement(position: WindscreenPosition) -> Hashable:
    return position.judged_on, (position.party or "").lower(), position.judged_by


_Keys = tuple[tuple[Callable[[Any], Hashable], bool], ...]
_BY_REF: _Keys = ((_by_ref, False),)
_KEYS: dict[str, _Keys] = {
    "measurement": ((_by_place_in_time, False),),
    "narrative": ((_whole, False), (_same_words, False), (_same_occasion, True)),
    "source_note": ((_whole, False), (_same_words, False), (_same_doubt, True)),
    "editions": ((_by_number, False),),
    "rebases": ((_by_number, False),),
    "benchmarks": ((_by_series, False),),
    "audit_measure": ((_by_kpi, False),),
    "windscreen_position": ((_whole, False), (_same_judgement, True)),
    "period_lock": ((_whole, False),),
}
"""Words that changed are taken for the same item only where there is no choice which."""


def arrange(trios: Sequence[Trio]) -> list[Trio]:
    """The order in which items stand after a merge.

    What is held keeps its order unless the document itself moved items since its base; items new in
    the document follow the one they follow there.
    """
    spine = sorted((trio for trio in trios if trio.held is not None), key=lambda trio: trio.held or 0)
    common = [trio for trio in spine if trio.new is not None]
    as_new = sorted(common, key=lambda trio: trio.new or 0)
    if as_new != common and _document_moved(common):
        follow = iter(as_new)
        spine = [next(follow) if trio.new is not None else trio for trio in spine]
    after: dict[Trio | None, list[Trio]] = {}
    before: Trio | None = None
    for trio in sorted((t for t in trios if t.new is not None), key=lambda trio: trio.new or 0):
        if trio.held is not None:
            before = trio
        else:
            after.setdefault(before, []).append(trio)
    ordered = list(after.get(None, ()))
    for trio in spine:
        ordered += [trio, *after.get(trio, ())]
    return ordered


def _document_moved(common: Sequence[Trio]) -> bool:
    known = [trio for trio in common if trio.base is not None]
    return sorted(known, key=lambda trio: trio.new or 0) != sorted(known, key=lambda trio: trio.base or 0)


def places_for(held: Sequence[int | None], *, first: int = 0, step: int = 1) -> list[int]:
    """A rising position for each entry, given those that have one, moving as few as possible.

    New entries take free numbers between their neighbours where there are any.
    """
    keep = _longest_rising(held)
    following: list[int | None] = [None] * len(held)
    for index in range(len(held) - 2, -1, -1):
        following[index] = held[index + 1] if index + 1 in keep else following[index + 1]
    places: list[int] = []
    for index, position in enumerate(held):
        last = places[-1] if places else first - step
        beyond = following[index]
        if index in keep and position is not None and (not places or position > last):
            places.append(position)
        elif beyond is not None and beyond > last:
            places.append(last + max(1, min(step, (beyond - last) // 2)))
        else:
            places.append(last + step)
    return places


def _longest_rising(held: Sequence[int | None]) -> set[int]:
    """The indexes of a longest strictly rising run of the positions that are there."""
    ends: list[int] = []
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for index, position in enumerate(held):
        if position is not None:
            length = bisect_left(tails, position)
            if length == len(tails) or position < tails[length]:
                before[index] = ends[length - 1] if length else None
                tails[length : length + 1] = [position]
                ends[length : length + 1] = [index]
    run: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        run.add(step)
        step = before[step]
    return run
