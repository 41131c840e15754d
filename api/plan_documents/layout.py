"""How the parts of a plan document lie in rows: the vocabulary in which ``kinds`` declares it once.

Export, import and the checks of references all follow that one declaration, so a field cannot be
imported and then forgotten on export.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel
from sqlmodel import SQLModel

from api.core.editing import fuzzy_columns, table_of
from api.core.fuzzy import Precision, written_form
from api.plan_documents.document import About, Part
from api.vocabulary import ItemKind

Row = Mapping[str, Any]
Key = tuple[str, ...]
ARC = ("theme", "recommendation", "action", "kpi", "risk", "check")


def key_of(*refs: str) -> Key:
    """Refs are compared without regard to case. A finding's key begins with its inspection's ref."""
    return tuple(ref.lower() for ref in refs)


class Directory:
    """Which row each ref of a plan stands for, and back."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[Key, int]] = {}
        self._refs: dict[str, dict[int, str]] = {}

    def add(self, kind: str, refs: tuple[str, ...], row_id: int) -> None:
        self._ids.setdefault(kind, {})[key_of(*refs)] = row_id
        self._refs.setdefault(kind, {})[row_id] = refs[-1]

    def add_alias(self, kind: str, old: Key, ref: str) -> None:
        """Let an old ref find the item that has ``ref`` now."""
        self._ids[kind][old] = self._ids[kind][key_of(ref)]

    def find(self, kind: str, *refs: str) -> int | None:
        return self._ids.get(kind, {}).get(key_of(*refs))

    def id(self, kind: str, *refs: str) -> int:
        """Raises KeyError for a ref that the checks should have refused."""
        return self._ids[kind][key_of(*refs)]

    def ref(self, kind: str, row_id: int) -> str:
        return self._refs[kind][row_id]

    def knows(self, kind: str, row_id: int) -> bool:
        return row_id in self._refs.get(kind, {})


@dataclass(frozen=True)
class Reference:
    """One place in a document that names an item by ref."""

    pointer: str
    kind: str
    refs: tuple[str, ...]
    """The ref; a finding's or segment's stands after the ref of the item it belongs to."""
    replace: Callable[[str], None] = dataclasses.field(compare=False)


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
    """The ref of one item."""

    kind: str
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]:
        ref = getattr(part, name)
        return {self.column: None if ref is None else directory.id(self.kind, ref)}

    def read(self, row: Row, directory: Directory) -> Any:
        held = row[self.column]
        return None if held is None else directory.ref(self.kind, held)

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        ref = getattr(part, name)
        if ref is not None:
            yield Reference(f"{pointer}/{name}", self.kind, (ref,), lambda new: setattr(part, name, new))


@dataclass(frozen=True)
class FindingOf:
    """A finding, named within the inspection that stands beside it in the same part."""

    column: str = "finding_id"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, part: Any, name: str, directory: Directory) -> dict[str, Any]:
        ref = getattr(part, name)
        return {self.column: None if ref is None else directory.id("finding", part.inspection, ref)}

    def read(self, row: Row, directory: Directory) -> Any:
        held = row[self.column]
        return None if held is None else directory.ref("finding", held)

    def references(self, part: Any, name: str, pointer: str) -> Iterator[Reference]:
        ref = getattr(part, name)
        if ref is not None:
            yield Reference(
                f"{pointer}/{name}",
                "finding",
                (part.inspection or "", ref),
                lambda new: setattr(part, name, new),
            )


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


@dataclass(frozen=True)
class Layout:
    """A part of the document and the table its rows stand in."""

    part: type[BaseModel]
    table: type[SQLModel]
    slots: Mapping[str, Slot]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for slot in self.slots.values() for column in slot.columns)

    def write(self, part: Any, directory: Directory) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, slot in self.slots.items():
            row |= slot.write(part, name, directory)
        return row

    def read(self, row: Row, directory: Directory) -> Any:
        return {name: slot.read(row, directory) for name, slot in self.slots.items()}

    def references(self, part: Any, pointer: str) -> Iterator[Reference]:
        for name, slot in self.slots.items():
            yield from slot.references(part, name, pointer)


@dataclass(frozen=True)
class Link:
    """A list of bare refs, a row for each."""

    kind: str
    table: type[SQLModel]
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, ref: str, directory: Directory) -> dict[str, Any]:
        return {self.column: directory.id(self.kind, ref)}

    def read(self, row: Row, directory: Directory) -> Any:
        return directory.ref(self.kind, row[self.column])


@dataclass(frozen=True)
class AboutRow:
    """A list of what something is about, a row for each."""

    table: type[SQLModel]

    @property
    def columns(self) -> tuple[str, ...]:
        return Arc().columns

    def write(self, about: About, directory: Directory) -> dict[str, Any]:
        return Arc(itself=True).write(about, "", directory)

    def read(self, row: Row, directory: Directory) -> Any:
        return Arc().read(row, directory)

    def references(self, about: About, pointer: str) -> Iterator[Reference]:
        return about_references(about, pointer)


def every(_row: Row) -> bool:
    return True


@dataclass(frozen=True)
class Child:
    """A list within an item, a row for each entry; its table has ``position`` and ``owner``."""

    field: str
    layout: Layout | Link | AboutRow
    owner: str
    identity: tuple[str, ...] = ()
    """Columns that tell the rows of one owner apart; without any, they pair up in order."""
    children: tuple[Child, ...] = ()
    copies: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Columns that repeat one of the owner's row."""
    belongs: Callable[[Row], bool] = every
    """Which rows of the owner are this list's, where the table holds others too."""
    never_edited: bool = False
    """Rows are replaced, for no policy lets anyone change one."""
    first: int = 0
    """The position of the first entry."""
    names: str | None = None
    """The kind its entries are, where others refer to them; entries left out of a new document stay."""


@dataclass(frozen=True)
class Kind:
    """A kind of item: its list in the document, and its table."""

    name: str
    field: str
    layout: Layout
    children: tuple[Child, ...] = ()

    @property
    def is_placed(self) -> bool:
        """Whether its order is kept in a column of its own; otherwise by id."""
        return "position" in table_of(self.layout.table).c

    @property
    def has_ref(self) -> bool:
        return "ref" in self.layout.slots


def lay_out(part: type[BaseModel], table: type[SQLModel], **special: Slot | None) -> Layout:
    """Fields lie in the column of their name, or in the four of a fuzzy date; ``special`` says where else.

    ``None`` leaves a field to whoever declares the layout. Raises TypeError for a field without a place.
    """
    columns = table_of(table).c
    slots: dict[str, Slot] = {}
    for name in part.model_fields:
        if name in special:
            slot = special[name]
            if slot is not None:
                slots[name] = slot
        elif f"{name}_precision" in columns:
            slots[name] = Dated(name)
        elif name.removesuffix("_on") != name and f"{name.removesuffix('_on')}_precision" in columns:
            slots[name] = Dated(name.removesuffix("_on"))
        elif name in columns:
            slots[name] = Plain(name)
        else:
            raise TypeError(f"{part.__name__}.{name} has no place in {table_of(table).name}")
    return Layout(part, table, slots)
