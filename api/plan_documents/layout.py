"""How the parts of a plan document lie in rows: the vocabulary in which ``kinds`` declares it once.

Export, import and the checks of references all follow that one declaration, so a field cannot be
imported and then forgotten on export.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pydantic import BaseModel
from sqlmodel import SQLModel

from api.core.editing import table_of
from api.plan_documents.directory import Directory, Reference, Row
from api.plan_documents.parts.basics import About
from api.plan_documents.slots import AnySlot, Arc, Dated, Named, Plain, about_references, bound


@dataclass(frozen=True)
class Layout:
    """A part of the document and the table its rows stand in."""

    part: type[BaseModel]
    table: type[SQLModel]
    slots: Mapping[str, AnySlot]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for slot in self.slots.values() for column in slot.columns)

    def write(self, part: Any, directory: Directory, owner: Any = None) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for name, slot in self.slots.items():
            row |= bound(slot, part, owner).write(part, name, directory)
        return row

    def read(self, row: Row, directory: Directory) -> Any:
        return {name: slot.read(row, directory) for name, slot in self.slots.items()}

    def references(self, part: Any, pointer: str, owner: Any = None) -> Iterator[Reference]:
        for name, slot in self.slots.items():
            yield from bound(slot, part, owner).references(part, name, pointer)

    def keep_people(self, before: Row, wanted: dict[str, Any], directory: Directory) -> None:
        """Let who is told by the same name in a held row stay whom the service knows."""
        for slot in self.slots.values():
            if isinstance(slot, Named) and slot.read(before, directory) == slot.read(wanted, directory):
                wanted |= {column: before[column] for column in slot.columns}


@dataclass(frozen=True)
class Link:
    """A list of bare refs, a row for each."""

    kind: str
    table: type[SQLModel]
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def write(self, ref: str, directory: Directory, _owner: Any = None) -> dict[str, Any]:
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

    def write(self, about: About, directory: Directory, _owner: Any = None) -> dict[str, Any]:
        return Arc(itself=True).write(about, "", directory)

    def read(self, row: Row, directory: Directory) -> Any:
        return Arc().read(row, directory)

    def references(self, about: About, pointer: str, _owner: Any = None) -> Iterator[Reference]:
        return about_references(about, pointer)


def every(_row: Row) -> bool:
    return True


@dataclass(frozen=True)
class Child:
    """A list within an item, a row for each entry; its table has ``owner`` and, mostly, ``position``."""

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
    named_by: str = "ref"
    """The field that tells one entry from the others of its list; empty where it takes several."""
    names: str | None = None
    """The kind its entries are, where others refer to them by ``named_by``."""
    keeps: bool = False
    """Entries left out of a new document stay."""
    recorder: str | None = None
    """The column that says who recorded an entry: whoever brings it in."""

    @property
    def is_placed(self) -> bool:
        """Whether its order is kept in a column of its own; otherwise by what names its entries."""
        return "position" in table_of(self.layout.table).c

    @property
    def grows(self) -> bool:
        return self.keeps or self.names is not None


class Wave(IntEnum):
    """When a kind is written: each after all of the one before, entries of its items included."""

    FIRST = 0
    WITH_ENTRIES = 1
    """Its rows point to entries of other items."""
    AFTER_VALUES = 2
    """What it says must not keep the document's own values out."""


@dataclass(frozen=True)
class Kind:
    """A kind of item: its list in the document, and its table."""

    name: str
    field: str
    layout: Layout
    children: tuple[Child, ...] = ()
    wave: Wave = Wave.FIRST
    recorder: str | None = None
    """The column that says who recorded an item: whoever brings it in."""
    is_written_once: bool = False
    """Rows are only added: nobody may change one."""

    @property
    def is_placed(self) -> bool:
        """Whether its order is kept in a column of its own; otherwise by id."""
        return "position" in table_of(self.layout.table).c

    @property
    def has_ref(self) -> bool:
        return "ref" in self.layout.slots


def lay_out(part: type[BaseModel], table: type[SQLModel], **special: AnySlot | None) -> Layout:
    """Fields lie in the column of their name, or in the four of a fuzzy date; ``special`` says where else.

    ``None`` leaves a field to whoever declares the layout. Raises TypeError for a field without a place.
    """
    columns = table_of(table).c
    slots: dict[str, AnySlot] = {}
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
