"""From two versions of a row to what changed, in words people read: names and refs, never ids."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Column

from api.changes.items import PARTS
from api.core.fuzzy import Precision, written_form
from api.narratives.about import TABLES as ABOUT_TABLES
from api.tables import metadata

Names = Mapping[tuple[str, int], str]
"""What the row of a table with an id is called, for every row that is pointed at."""

_UNSAID = frozenset({"id", "plan_id", "version", "created_at", "updated_at", "position"})
_ARC_TARGETS = {f"{kind.value}_id": table for kind, table in ABOUT_TABLES.items()}
_ARC = tuple(_ARC_TARGETS)
_ABOUT_THEIR_ITEM = frozenset({"theme_link", "item_lead", "cross_reference", "source_note"})
"""Tables whose arc names the item itself, which goes without saying."""


@dataclass(frozen=True)
class FieldChange:
    """One field of an item, before and after; ``of`` names the part of the item that it is a field of."""

    field: str
    before: Any
    after: Any
    of: str | None = None


@dataclass(frozen=True)
class Columns:
    """The columns of a table that say something, by how they are told."""

    plain: tuple[str, ...]
    dates: tuple[str, ...]
    """Names of fuzzy dates, each held in four columns."""
    keys: dict[str, str]
    """Columns that point at a row, with its table; every principal is told by name, whatever its kind."""
    has_arc: bool
    """Whether it is about an item, which does not go without saying."""


@cache
def columns_of(table: str) -> Columns:
    held = metadata.tables[table]
    part = PARTS.get(table)
    plain, dates, keys = [], [], {}
    arc = all(name in held.c for name in _ARC)
    for column in held.c:
        name, (stem, _, ending) = column.name, column.name.rpartition("_")
        if name in _UNSAID or (part and name == part.owner) or (arc and name in _ARC):
            continue
        if f"{stem}_precision" in held.c and ending in {"on", "precision", "ongoing", "text"}:
            dates += [stem] if ending == "on" else []
        elif column.foreign_keys:
            keys[name] = _target(column)
        else:
            plain.append(name)
    return Columns(tuple(plain), tuple(dates), keys, arc and table not in _ABOUT_THEIR_ITEM)


def _target(column: Column[Any]) -> str:
    target = next(iter(column.foreign_keys)).column.table.name
    return "principal" if target in {"user_account", "integration"} else target


def pointed_at(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Every row that must be named to tell this one, as table and id."""
    columns = columns_of(table)
    keys = columns.keys | (_ARC_TARGETS if columns.has_arc else {})
    for name, target in keys.items():
        if row.get(name) is not None:
            yield target, row[name]


def readable(table: str, row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A row's columns as people read them: dates whole, keys by name, an arc as what it is about."""
    columns = columns_of(table)
    said = {name: row.get(name) for name in columns.plain}
    said |= {name: _date_in_words(name, row) for name in columns.dates}
    for name, target in columns.keys.items():
        pointed = row.get(name)
        said[name.removesuffix("_id")] = None if pointed is None else names.get((target, pointed), "unknown")
    if columns.has_arc:
        said["about"] = _about(row, names)
    return said


def _about(row: Mapping[str, Any], names: Names) -> str:
    for name, target in _ARC_TARGETS.items():
        if row.get(name) is not None:
            return f"{name.removesuffix('_id')} {names.get((target, row[name]), 'unknown')}"
    return "plan"


def _date_in_words(stem: str, row: Mapping[str, Any]) -> str | None:
    on, precision = row.get(f"{stem}_on"), row.get(f"{stem}_precision")
    words = [written_form(date.fromisoformat(on), Precision(precision))] if on and precision else []
    if row.get(f"{stem}_ongoing"):
        words.append("ongoing")
    if row.get(f"{stem}_text"):
        words.append(f"“{row[f'{stem}_text']}”")
    return ", ".join(words) or None


def _in_words(table: str, said: Mapping[str, Any]) -> str:
    """One part of an item, named by its template; what is not known leaves no gap."""
    shown = PARTS[table].shown
    known = re.sub(r"\{(\w+)\}", lambda place: str(said[place[1]]) if said.get(place[1]) else "", shown)
    return re.sub(r"\s+", " ", known).strip(" :") or "(blank)"


def changed_fields(
    table: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names
) -> list[FieldChange]:
    """What changed between two versions of one row; None stands for before it was, or after it went.

    A part that came or went is one change of the item's field; of a part that stayed, each column is.
    """
    was = readable(table, before, names) if before is not None else {}
    now = readable(table, after, names) if after is not None else {}
    part = PARTS.get(table)
    if part and (before is None or after is None):
        gone = _in_words(table, was) if before is not None else None
        come = _in_words(table, now) if after is not None else None
        return [FieldChange(part.field, gone, come)] if gone != come else []
    prefix, of = (f"{part.field}.", _in_words(table, now)) if part else ("", None)
    return [
        FieldChange(prefix + name, _said(was.get(name)), _said(now.get(name)), of)
        for name in (now if after is not None else was)
        if _said(was.get(name)) != _said(now.get(name))
    ]


def _said(value: Any) -> Any:
    """Nothing said is nothing changed: an empty list and an unset flag start as if they were not there."""
    if isinstance(value, dict):
        value = ", ".join(f"{name}: {part}" for name, part in sorted(value.items()))
    return None if value in ([], False, "") else value


def shortened(value: Any, length: int) -> Any:
    """A long text cut to a length, with an ellipsis; anything else as it is."""
    return f"{value[: length - 1]}…" if isinstance(value, str) and len(value) > length else value
