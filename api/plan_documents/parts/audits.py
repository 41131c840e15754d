"""Case-file audits: their templates, the marks given, what is derived from them, and the dial.

An audit holds marks and nothing of the child: no part has a field for a case number, a name or words.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api import vocabulary as terms
from api.core.shapes import Day
from api.plan_documents.parts.basics import Line, Moment, Part, Ref, Text

Score = Annotated[int, Field(ge=0, le=100)]
EditionNumber = Annotated[int, Field(ge=1, le=10_000)]
Mark = terms.Grade | Score


class AuditDomain(Part):
    """What is marked: assessment, planning, the voice of the child."""

    ref: Ref
    title: Line
    scale: terms.AuditScale = terms.AuditScale.GRADE


class AuditBand(Part):
    """A stretch of the scale, from its lowest score up to the next band's."""

    title: Line
    lowest: Score
    grade: terms.Grade | None = None
    """The grade that scores of this band amount to, if the template says so."""


class AuditScoreRange(Part):
    """Whole numbers, higher is better."""

    lowest: Score
    highest: Score


class AuditEdition(Part):
    """One edition of a template; it never changes once audits may have been made on it."""

    number: EditionNumber
    """Counted from 1."""
    moderation_expected: bool = False
    scale: AuditScoreRange | None = None
    """Of its scored domains; null where none is."""
    bands: list[AuditBand] = []
    """They cover the scale, from the lowest up."""
    domains: Annotated[list[AuditDomain], Field(min_length=1)]


class AuditTemplate(Part):
    """What audits of a kind look at."""

    ref: Ref
    title: Line
    is_enabled: bool = True
    """Whether new audits may use it."""
    editions: Annotated[list[AuditEdition], Field(min_length=1)]
    """Oldest first; new audits are made on the last."""


class AuditMark(Part):
    """The mark of one domain before moderation and, if moderated, after."""

    domain: Ref
    before: Mark
    after: Mark | None = None


class AuditWithdrawn(Part):
    """A withdrawn audit counts nowhere."""

    because: terms.AuditWithdrawal
    at: Moment


class Audit(Part):
    """One audit of a case file."""

    ref: Annotated[str, StringConstraints(pattern=r"^AU-[1-9][0-9]{0,17}$")]
    """Given by the service: one chosen by a person could be the case's."""
    template: Ref
    edition: EditionNumber
    month: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    """A day and a team can point to a single file, so the day is not kept."""
    team: Ref | None = None
    """A party of the kind team, whose work was audited."""
    auditor: Ref | None = None
    moderator: Ref | None = None
    marks: Annotated[list[AuditMark], Field(min_length=1)]
    """A domain that was not audited is left out."""
    withdrawn: AuditWithdrawn | None = None


class AuditMeasure(Part):
    """A KPI whose values are derived from a template's audits."""

    kpi: Ref
    template: Ref
    domain: Ref | None = None
    """Null: of an average, all scored domains together; of a count, whole audits."""
    stage: terms.AuditStage = terms.AuditStage.FINAL
    statistic: terms.AuditStatistic
    grades: list[terms.Grade] = []
    """Of a share: the grades that count, best first."""
    basis: terms.Basis = terms.Basis.OPERATIONAL_PROVISIONAL


class WindscreenPosition(Part):
    """Where the service stands between inadequate and outstanding: a person's judgement, never computed."""

    grade: terms.Grade
    place: terms.DialPlace = terms.DialPlace.MIDDLE
    judged_on: Day
    reason: Text
    party: Ref | None = None
    """The person or role whose judgement it is."""
    judged_by: Line | None = None
    """Whose judgement it is, in words, where no party is named."""
    recorded_at: Moment
    """Of judgements of one day, the last recorded stands."""
