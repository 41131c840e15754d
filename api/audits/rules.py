"""What case-file audits add up to.

Marks are counted, never weighed by when they came: every figure is a sum over marks, so the order of
arrival cannot matter. Grades have an order and no distance between them, so they have no average; what
can be said of them is how many were each, and how many were good or better. Scores have an average: of
every score given, over all audits of the period, as Dorset's 2018 plan defines its audit score.

The windscreen position is nowhere here: it is a person's judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from api.kpis.values import UnreadableValue, parse_grade
from api.vocabulary import AuditScale, AuditStage, AuditStatistic, Grade

Mark = Grade | int

SMALL = 20
"""Below this many marks a share is told as "3 of 4": one audit more would move it by five points."""

GOOD_OR_BETTER = frozenset({Grade.OUTSTANDING, Grade.GOOD})
_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class Band:
    """A stretch of a scale, from ``lowest`` up to the next band's."""

    title: str
    lowest: int
    grade: Grade | None = None


@dataclass(frozen=True)
class Scale:
    """How a domain is marked. Two domains, or editions, compare only where their scales are equal."""

    kind: AuditScale
    lowest: int | None = None
    highest: int | None = None
    bands: tuple[Band, ...] = ()
    """Of scores, from the lowest up."""

    def labels(self) -> list[tuple[str, Grade | None]]:
        """What marks are counted under, best first, with the grade that each amounts to, if any."""
        if self.kind is AuditScale.GRADE:
            return [(grade.value, grade) for grade in Grade]
        return [(band.title, band.grade) for band in reversed(self.bands)]

    @property
    def amounts_to_grades(self) -> bool:
        """Whether every mark on it stands for a grade."""
        return all(grade is not None for _, grade in self.labels())

    def label_of(self, mark: Mark) -> tuple[str, Grade | None]:
        if isinstance(mark, Grade):
            return mark.value, mark
        band = [band for band in self.bands if band.lowest <= mark][-1]
        return band.title, band.grade


GRADES = Scale(AuditScale.GRADE)


@dataclass(frozen=True)
class Domain:
    ref: str
    title: str
    scale: Scale


@dataclass(frozen=True)
class Marked:
    """A mark before moderation and, where moderated, after; and how many audits were marked so."""

    before: Mark
    after: Mark | None = None
    audits: int = 1

    def at(self, stage: AuditStage) -> Mark | None:
        match stage:
            case AuditStage.BEFORE:
                return self.before
            case AuditStage.AFTER:
                return self.after
            case AuditStage.FINAL:
                return self.before if self.after is None else self.after


@dataclass(frozen=True)
class Part:
    """One grade or band of a distribution. ``share`` is exact, of the sample."""

    label: str
    grade: Grade | None
    count: int
    share: Fraction


@dataclass(frozen=True)
class Summary:
    """What the marks of one domain at one stage add up to."""

    sample: int
    parts: tuple[Part, ...] = ()
    """Best first; those with no mark stand there with 0. Empty where there is no mark at all."""
    average: Fraction | None = None
    """Of scores; None for grades."""
    good_or_better: int | None = None
    """None where the bands of a scale are not tied to grades."""


@dataclass(frozen=True)
class Moved:
    """What moderation did to the marks it looked at."""

    moderated: int = 0
    up: int = 0
    down: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Figure:
    """A KPI's value made of audits. Shares bring what they are made of; an average its sample alone."""

    sample: int
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong in what was sent; the message never repeats it, for it could name a child."""

    pointer: str
    code: str
    message: str


@dataclass
class Reading:
    """Marks by domain ref as the template spells it, and whatever could not be read."""

    marks: dict[str, Marked] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def summary(marked: Iterable[Marked], stage: AuditStage, scale: Scale) -> Summary:
    """Counts and shares of each grade or band, and what else can be said of marks on that scale."""
    counts = dict.fromkeys(scale.labels(), 0)
    total = 0
    for item in marked:
        mark = item.at(stage)
        if mark is None:
            continue
        counts[scale.label_of(mark)] += item.audits
        total += 0 if isinstance(mark, Grade) else mark * item.audits
    sample = sum(counts.values())
    if not sample:
        return Summary(0)
    return Summary(
        sample,
        tuple(Part(label, grade, n, share(n, sample)) for (label, grade), n in counts.items()),
        Fraction(total, sample) if scale.kind is AuditScale.SCORE else None,
        sum(n for (_, grade), n in counts.items() if grade in GOOD_OR_BETTER)
        if scale.amounts_to_grades
        else None,
    )


def moved(marked: Iterable[Marked]) -> Moved:
    """How many marks moderation put up, put down and let stand; unmoderated ones are in none of these."""
    ups = [(step_up(item.before, item.after), item.audits) for item in marked if item.after is not None]
    return Moved(
        sum(n for _, n in ups),
        sum(n for step, n in ups if step > 0),
        sum(n for step, n in ups if step < 0),
        sum(n for step, n in ups if step == 0),
    )


def step_up(before: Mark, after: Mark) -> int:
    """How far a mark was put up (positive) or down: in grades, or in points. Of two marks on one scale."""
    if isinstance(before, Grade) and isinstance(after, Grade):
        return before.rank - after.rank
    if isinstance(before, int) and isinstance(after, int):
        return after - before
    raise ValueError("a grade and a score do not compare")


def average(marked: Iterable[Marked], stage: AuditStage) -> tuple[int, Fraction | None]:
    """How many scores there are, and their mean; over as many domains as are given. Grades are left out."""
    scores = [(mark, item.audits) for item in marked if isinstance(mark := item.at(stage), int)]
    sample = sum(audits for _, audits in scores)
    return sample, Fraction(sum(mark * audits for mark, audits in scores), sample) if sample else None


def figure(
    statistic: AuditStatistic,
    marked: Iterable[Marked],
    stage: AuditStage,
    scale: Scale,
    grades: frozenset[Grade] = GOOD_OR_BETTER,
) -> Figure:
    """The value a KPI derives from marks; without a value where there are none, for missing is never zero."""
    held = list(marked)
    if statistic is AuditStatistic.AVERAGE:
        sample, mean = average(held, stage)
        return Figure(sample, None if mean is None else rounded(mean, _MILLIONTH))
    found = summary(held, stage, scale)
    if not found.sample:
        return Figure(0)
    if statistic is AuditStatistic.COUNT:
        return Figure(found.sample, Decimal(found.sample))
    chosen = sum(part.count for part in found.parts if part.grade in grades)
    return Figure(found.sample, None, chosen, found.sample)


def rounded(number: Fraction, step: Decimal) -> Decimal:
    """Half up, as people round."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(step, ROUND_HALF_UP)


def share(count: int, sample: int) -> Fraction:
    """Exact, so that the shares of a distribution add up to one. ``sample`` is above zero."""
    return Fraction(count, sample)


def percent(part: Fraction) -> Decimal:
    """A share in per cent, to one decimal."""
    return rounded(part * 100, Decimal("0.1"))


def is_small(sample: int) -> bool:
    return sample < SMALL


def in_words(count: int, sample: int) -> str:
    """ "3 of 4" of a small sample, else "62%"."""
    if is_small(sample):
        return f"{count} of {sample}"
    return f"{rounded(Fraction(count * 100, sample), Decimal(1))}%"


def read_marks(domains: Sequence[Domain], scores: Mapping[str, Any], moderated: Mapping[str, Any]) -> Reading:
    """Marks as they were sent, by domain ref whatever its case, and every fault in them."""
    reading = Reading()
    before = _read_side(domains, scores, "/scores", reading.faults)
    after = _read_side(domains, moderated, "/moderated", reading.faults)
    if not scores:
        reading.faults.append(
            Fault("/scores", "missing", "An audit marks at least one domain of its template.")
        )
    for ref in after:
        if ref not in before and not any(fault.pointer == f"/scores/{ref}" for fault in reading.faults):
            message = f"{ref} has no mark before moderation; give that too."
            reading.faults.append(Fault(f"/moderated/{ref}", "not_marked", message))
    reading.marks = {ref: Marked(mark, after.get(ref)) for ref, mark in before.items()}
    return reading


def _read_side(
    domains: Sequence[Domain], given: Mapping[str, Any], pointer: str, faults: list[Fault]
) -> dict[str, Mark]:
    by_ref = {domain.ref.lower(): domain for domain in domains}
    marks: dict[str, Mark] = {}
    for name, mark in given.items():
        domain = by_ref.get(name.lower())
        if domain is None:
            known = ", ".join(found.ref for found in domains)
            message = f"A domain is named that this edition does not have; it has {known}."
            faults.append(Fault(pointer, "unknown_domain", message))
        elif domain.ref in marks:
            faults.append(Fault(f"{pointer}/{domain.ref}", "marked_twice", f"{domain.ref} is marked twice."))
        else:
            try:
                marks[domain.ref] = read_mark(mark, domain.scale)
            except ValueError as error:
                faults.append(Fault(f"{pointer}/{domain.ref}", "not_a_mark", f"{domain.ref} {error}"))
    return marks


def read_mark(given: Any, scale: Scale) -> Mark:
    """A grade in any of its spellings, or a whole number on the scale, also written as text.

    Raises ValueError saying what the domain takes.
    """
    if scale.kind is AuditScale.GRADE:
        try:
            return parse_grade(given if isinstance(given, str) else "")
        except UnreadableValue:
            words = ", ".join(grade.value for grade in Grade)
            raise ValueError(f"takes a grade: {words}.") from None
    assert scale.lowest is not None  # as every scored domain has a scale
    assert scale.highest is not None
    if isinstance(given, str) and re.fullmatch(r" ?[0-9]{1,3} ?", given):
        given = int(given)
    if isinstance(given, Decimal) and abs(given) <= scale.highest and given == given.to_integral_value():
        given = int(given)
    is_whole = isinstance(given, int) and not isinstance(given, bool)
    if not is_whole or not scale.lowest <= given <= scale.highest:
        raise ValueError(f"takes a whole number from {scale.lowest} to {scale.highest}.")
    return int(given)


@dataclass(frozen=True)
class Derivation:
    """What a KPI is derived from, as far as a template's next edition could break it."""

    kpi: str
    domain: str | None
    statistic: AuditStatistic


def why_not_follow(
    derived: Iterable[Derivation], now: Sequence[Domain], then: Sequence[Domain]
) -> str | None:
    """Why a template's next edition cannot take the place of the present one.

    A KPI derived from a domain goes on only while the domain is marked on the same scale: else its
    line would run on over figures that do not compare.
    """
    before = {domain.ref.lower(): domain.scale for domain in now}
    after = {domain.ref.lower(): domain.scale for domain in then}
    scored = [{s for s in scales.values() if s.kind is AuditScale.SCORE} for scales in (before, after)]
    for item in derived:
        if item.domain is None:
            if item.statistic is AuditStatistic.AVERAGE and scored[0] != scored[1]:
                return f"{item.kpi} averages its scores, and the scale changes."
        elif item.domain.lower() not in after:
            return f"{item.kpi} is derived from its domain {item.domain}, which would go."
        elif before.get(item.domain.lower()) != after[item.domain.lower()]:
            return f"{item.kpi} is derived from its domain {item.domain}, whose scale would change."
    return None
