"""Dated words about items: progress, outcomes, exceptions, successes, challenges."""

from __future__ import annotations

from datetime import date

from api import vocabulary as terms
from api.core import tables as t
from api.core.fuzzy import Precision


class Narrative(t.InPlan, table=True):
    """What somebody reported on a date, perhaps for somebody else, about one or several items."""

    __tablename__ = "narrative"

    position: int = t.whole(default=0)
    kind: terms.NarrativeKind = t.word(terms.NarrativeKind)
    text: str = t.line(null=False)
    on_on: date | None = t.day()
    on_precision: Precision | None = t.word(Precision, null=True)
    on_ongoing: bool = t.flag()
    on_text: str | None = t.line()
    period: str | None = t.line()
    source_ref: str | None = t.line()
    by: str | None = t.line()
    for_whom: str | None = t.line()
    author_id: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    rating: terms.Rating | None = t.word(terms.Rating, null=True)
    confidence: terms.Confidence | None = t.word(terms.Confidence, null=True)
    cause: str | None = t.line()
    recovery: str | None = t.line()
    recovery_due_on: date | None = t.day()
    recovery_due_precision: Precision | None = t.word(Precision, null=True)
    recovery_due_ongoing: bool = t.flag()
    recovery_due_text: str | None = t.line()


class NarrativeAbout(t.InPlan, t.AboutItem, table=True):
    __tablename__ = "narrative_about"
    __table_args__ = (t.one_item(or_plan=True),)

    narrative_id: int = t.points_to("narrative.id")
    position: int = t.whole(default=0)
