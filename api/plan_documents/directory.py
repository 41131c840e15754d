"""What the refs of a plan stand for, and the places of a document that name them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Key = tuple[str, ...]


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
