"""The words of published statistics: what a cell says, where, and of which kind of year."""

from __future__ import annotations

from enum import StrEnum


class DatasetKind(StrEnum):
    FIGURES = "figures"
    """Figures of authorities, regions and England, in the shape of explore education statistics."""
    NEIGHBOURS = "neighbours"
    """The statistical neighbours of each authority."""


class ImportStatus(StrEnum):
    """Of a file that is read by the worker."""

    PENDING = "pending"
    PREVIEWED = "previewed"
    IMPORTED = "imported"
    """Held as a release, or recognised as one that is held already."""
    REFUSED = "refused"
    """It has errors, or its sender may no longer import: nothing of it is held."""
    FAILED = "failed"
    """The service could not read it, as often as it tried; nothing of it is held."""


class FigureState(StrEnum):
    """What a published cell says. Only a reported one has a figure; none of the others is ever zero."""

    REPORTED = "reported"
    NOT_APPLICABLE = "not_applicable"
    UNAVAILABLE = "unavailable"
    CONFIDENTIAL = "confidential"
    ROUNDS_TO_ZERO = "rounds_to_zero"
    """Above zero, but too little for the decimals published."""
    LOW_RELIABILITY = "low_reliability"
    BLANK = "blank"
    """The cell is empty, without a symbol that would say why."""


class YearKind(StrEnum):
    """What a year of a file is."""

    REPORTING = "reporting_year"
    """The collection's own: its data says on which day or over which months."""
    CALENDAR = "calendar_year"
    FINANCIAL = "financial_year"
    ACADEMIC = "academic_year"

    @property
    def is_pair(self) -> bool:
        """Whether it lies in two calendar years, and is written so: 202425."""
        return self in {YearKind.FINANCIAL, YearKind.ACADEMIC}


class AreaLevel(StrEnum):
    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL_AUTHORITY = "local_authority"


class Band(StrEnum):
    """The quarter of all authorities that a figure falls in; A is best."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Likeness(StrEnum):
    """Whether a KPI and a published figure may be set against each other."""

    LIKE_WITH_LIKE = "like_with_like"
    CONTEXT = "context"
    """Period or definition differ: it stands beside the KPI, and is compared with nothing."""


ENGLAND = "E92000001"
"""The ONS code of the country."""
