"""Where the fields of a plan document lie in rows: one kind of slot for each way to lie there."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from api.core.editing import fuzzy_columns
from api.core.fuzzy import Precision, written_form
from api.kpis.periods import parse
from api.kpis.tables import ALL
from api.plan_documents.directory import Directory, Reference, Row
from api.plan_documents.parts.basics import About, Part
from api.vocabulary import Grade, ItemKind, PeriodType

ARC = ("theme", "recommendation", "action", "kpi", "risk", "check")


class Slot(Protocol):
    """Where one field of a part lies in a row."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]: ...
    def read(self, row: Row, directory: Directory) -> Any: ...
    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]: ...


class _NamesNothing:
    """Base of the slots that hold no ref."""

    def references(self, _part: Any, _name: str, _pointer: str) -> Iterator[Reference]:
        return iter(())


@dataclass(frozen=True)
class Plain(_NamesNothing):
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        return {self.column: getattr(part, name)}

    def read(self, row: Row, _directory: Directory) -> Any:
        return row[self.column]


@dataclass(frozen=True)
class Dated(_NamesNothing):
    """A fuzzy date in its four columns."""

    prefix: str

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(fuzzy_columns(self.prefix, None))

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        return fuzzy_columns(self.prefix, getattr(part, name))

    def read(self, row: Row, _directory: Directory) -> Any:
        on, words = row[f"{self.prefix}_on"], row[f"{self.prefix}_text"]
        ongoing = row[f"{self.prefix}_ongoing"]
        if on is None and not ongoing and not words:
            return None
        written = written_form(on, row[f"{self.prefix}_precision"] or Precision.DAY) if on else None
        return {"date": written, "ongoing": ongoing, "text": words}


@dataclass(frozen=True)
class Group(_NamesNothing):
    """A part within a part, its fields side by side in the same row; absent when all are empty."""

    part: type[Part]
    fields: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.fields.values())

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        inner = getattr(part, name)
        return {column: getattr(inner, own, None) for own, column in self.fields.items()}

    def read(self, row: Row, _directory: Directory) -> Any:
        found = {own: row[column] for own, column in self.fields.items()}
        required = [own for own, info in self.part.model_fields.items() if info.is_required()]
        whole = all(found[own] is not None for own in required)
        return found if whole and any(value is not None for value in found.values()) else None


@dataclass(frozen=True)
class One:
    """What names one item: its ref, or its number."""

    kind: str
    column: str
    within: tuple[str, ...] = ()
    """The refs of the item it is named in, where it has no name of its own in the plan."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]:
        ref = getattr(part, name)
        return {self.column: None if ref is None else directory.id(self.kind, *self.within, str(ref))}

    def read(self, row: Row, directory: Directory) -> Any:
        held = row[self.column]
        return None if held is None else directory.ref(self.kind, held)

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        ref = getattr(part, name)
        # Every KPI has the segment that is the whole service, though no document lists it.
        if ref is not None and ref != ALL:

            def respell(new: str) -> None:
                setattr(part, name, type(ref)(new))

            yield Reference(f"{pointer}/{name}", self.kind, (*self.within, str(ref)), respell)


@dataclass(frozen=True)
class Within:
    """An entry named only within another item: a finding in its inspection, a segment in its KPI."""

    kind: str
    column: str
    whose: Callable[[Any, Any], tuple[str, ...]]
    """The refs of that item, by the part itself and the item that the part belongs to."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def of(self, part: Any, owner: Any) -> One:
        return One(self.kind, self.column, self.whose(part, owner))

    def read(self, row: Row, directory: Directory) -> Any:
        return One(self.kind, self.column).read(row, directory)


@dataclass(frozen=True)
class Beginning(_NamesNothing):
    """A period of the KPI that the part belongs to, with the day it begins."""

    column: str
    day: str
    type: PeriodType | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, self.day)

    def of(self, _part: Any, owner: Any) -> Beginning:
        return dataclasses.replace(self, type=owner.period_type)

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        assert self.type is not None  # as it was bound to its KPI
        period = parse(getattr(part, name), self.type)
        return {self.column: period.key, self.day: period.starts_on}

    def read(self, row: Row, _directory: Directory) -> Any:
        return row[self.column]


@dataclass(frozen=True)
class Named(_NamesNothing):
    """A person told by name or role: by the sign-in they have here, else in the words of a document.

    A document never says who signs in here, so writing leaves the sign-in empty. ``unless``: a column
    that names a party instead.
    """

    principal: str
    words: str
    unless: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.principal, self.words)

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        return {self.principal: None, self.words: getattr(part, name)}

    def read(self, row: Row, directory: Directory) -> Any:
        if row[self.words] is not None or (self.unless and row[self.unless] is not None):
            return row[self.words]
        signed_in = row[self.principal]
        return directory.ref("principal", signed_in) if directory.knows("principal", signed_in) else None


@dataclass(frozen=True)
class OrElse(_NamesNothing):
    """A column in which ``empty`` stands for nothing said."""

    column: str
    empty: Any

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        given = getattr(part, name)
        return {self.column: self.empty if given is None else given}

    def read(self, row: Row, _directory: Directory) -> Any:
        return None if row[self.column] == self.empty else row[self.column]


@dataclass(frozen=True)
class GradeOrScore(_NamesNothing):
    """An audit's mark, in the column of its kind."""

    side: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (f"{self.side}_grade", f"{self.side}_score")

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        mark = getattr(part, name)
        is_grade = isinstance(mark, Grade)
        return dict(zip(self.columns, (mark, None) if is_grade else (None, mark), strict=True))

    def read(self, row: Row, _directory: Directory) -> Any:
        grade, score = (row[column] for column in self.columns)
        return score if grade is None else grade


@dataclass(frozen=True)
class Highest(_NamesNothing):
    """The highest number of a list's entries, beside which the list itself lies in a table of its own."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        return {self.column: max(entry.number for entry in getattr(part, name))}

    def read(self, _row: Row, _directory: Directory) -> Any:
        return None


def about_references(about: About, pointer: str) -> Iterator[Reference]:
    if about.ref is not None and about.kind is not ItemKind.PLAN:
        yield Reference(
            f"{pointer}/ref", about.kind.value, (about.ref,), lambda new: setattr(about, "ref", new)
        )


@dataclass(frozen=True)
class Arc:
    """What the part is about: one column of the exclusive arc, or none for the plan itself.

    ``itself`` where the value is the :class:`About` and not a field of the part.
    """

    itself: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{kind}_id" for kind in ARC)

    def _about(self, part: Any, name: str) -> About:
        found: About = part if self.itself else getattr(part, name)
        return found

    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]:
        about = self._about(part, name)
        row: dict[str, Any] = dict.fromkeys(self.columns)
        if about.ref is not None:
            row[f"{about.kind.value}_id"] = directory.id(about.kind.value, about.ref)
        return row

    def read(self, row: Row, directory: Directory) -> Any:
        for kind in ARC:
            if row[f"{kind}_id"] is not None:
                return {"kind": kind, "ref": directory.ref(kind, row[f"{kind}_id"])}
        return {"kind": "plan"}

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        place = pointer if self.itself else f"{pointer}/{name}"
        return about_references(self._about(part, name), place)


@dataclass(frozen=True)
class Towards:
    """Where a cross-reference points: kept as words, for the item may go while the words stay."""

    columns: tuple[str, ...] = ("to_kind", "to_ref")

    def write(self, part: Any, name: str, _directory: Directory) -> dict[str, Any]:
        to = getattr(part, name)
        return {"to_kind": to.kind if to else None, "to_ref": to.ref if to else None}

    def read(self, row: Row, directory: Directory) -> Any:
        kind, ref = row["to_kind"], row["to_ref"]
        if kind is None or ref is None:
            return {"kind": "plan"} if kind == "plan" else None
        found = directory.find(kind, ref)
        return None if found is None else {"kind": kind, "ref": directory.ref(kind, found)}

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        to = getattr(part, name)
        return about_references(to, f"{pointer}/{name}") if to else iter(())


@dataclass(frozen=True)
class Superseded:
    """That a KPI's line ended, and which KPI took over, if any did."""

    columns: tuple[str, ...] = ("is_superseded", "superseded_by_id", "superseded_from", "superseded_text")

    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]:
        said = getattr(part, name)
        by = said.by if said else None
        return {
            "is_superseded": said is not None,
            "superseded_by_id": directory.id("kpi", by) if by else None,
            "superseded_from": said.from_period if said else None,
            "superseded_text": said.text if said else None,
        }

    def read(self, row: Row, directory: Directory) -> Any:
        if not row["is_superseded"]:
            return None
        by = row["superseded_by_id"]
        return {
            "by": directory.ref("kpi", by) if by is not None else None,
            "from_period": row["superseded_from"],
            "text": row["superseded_text"],
        }

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        said = getattr(part, name)
        return One("kpi", "").references(said, "by", f"{pointer}/{name}") if said else iter(())


AnySlot = Slot | Within


def bound(slot: AnySlot, part: Any, owner: Any) -> Slot:
    """The slot for this very part, which belongs to the item ``owner``."""
    return slot.of(part, owner) if isinstance(slot, Within | Beginning) else slot
