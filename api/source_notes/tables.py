"""Doubts to settle: what a source gives but cannot be placed."""

from __future__ import annotations

from datetime import datetime

from api import vocabulary as terms
from api.core import tables as t


class SourceNote(t.InPlan, t.AboutItem, table=True):
    """Open until a person settles it, with words on how; given back on export."""

    __tablename__ = "source_note"
    __table_args__ = (t.one_item(or_plan=True),)

    position: int = t.whole(default=0)
    kind: terms.SourceNoteKind = t.word(terms.SourceNoteKind)
    text: str = t.line(null=False)
    settled: bool = t.flag()
    settlement: str | None = t.line()
    settled_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL")
    settled_at: datetime | None = t.moment(null=True, now=False)
