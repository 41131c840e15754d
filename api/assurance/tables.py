"""Checks that work did what it was for ("closing the loop"), and their dated results."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint

from api import vocabulary as terms
from api.core import tables as t
from api.core.fuzzy import Precision


class AssuranceCheck(t.InPlan, t.AboutItem, table=True):
    """A planned check on an item at any level; it may recur."""

    __tablename__ = "assurance_check"
    __table_args__ = (t.unique_ref("assurance_check"), t.one_item(or_plan=True))

    ref: str = t.line(null=False)
    position: int = t.whole(default=0)
    title: str = t.line(null=False)
    kind: terms.CheckKind = t.word(terms.CheckKind)
    due_on: date | None = t.day()
    due_precision: Precision | None = t.word(Precision, null=True)
    due_ongoing: bool = t.flag()
    due_text: str | None = t.line()
    recurrence: str | None = t.line()


class CheckResult(t.InPlan, table=True):
    """What a check found on one day."""

    __tablename__ = "check_result"
    __table_args__ = (UniqueConstraint("check_id", "position"),)

    check_id: int = t.points_to("assurance_check.id")
    position: int = t.whole(null=False)
    found_on: date = t.day(null=False)
    result: terms.CheckResultKind = t.word(terms.CheckResultKind)
    evidence: str | None = t.line()
    found_by: str | None = t.line()
