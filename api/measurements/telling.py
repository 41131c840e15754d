"""What became of a file that was pushed, in lines for whoever sits at the terminal or reads the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SAID = frozenset(
    {
        "left_out", "blank_values", "stored_results", "rounded", "notes_with_latest", "other_sheets",
        "read_as_fractions", "left_as_percents", "read_as_percents", "on_both_sides",
    }
)  # fmt: skip
"""Findings in which something was decided."""
_MOST_ROWS = 3
"""Shown of each kind of warning, and of what waits."""
_MOST_PLACES = 10


@dataclass(frozen=True)
class Where:
    """Where it went, and so where to look."""

    url: str
    plan: str
    submission: str
    is_json: bool
    """Its rows are told by their index: the file's own lines were not sent."""

    def screen(self, path: str) -> str:
        """A page of the client about this submission alone."""
        return f"{self.url}/plans/{self.plan}/{path}?submission={self.submission}"


def lines_about(submission: dict[str, Any], where: Where) -> Iterator[str]:
    """The counts, then what is wrong, what is hard to believe, and what waits, each with where to look."""
    if submission["repeats"]:
        yield f"The identical file was stored before, as submission {submission['repeats']}."
    if submission["problem"]:
        problem = submission["problem"]
        yield f"Nothing was stored: {problem['message']} ({problem['code']})"
        return
    for finding in submission["findings"]:
        if finding["code"] in _SAID:
            yield finding["message"]
    yield f"{submission['received']:,} rows: {_counted(submission)}{_meaning(submission)}"
    yield from _wrong(submission, where)
    yield from _doubted(submission, where)
    yield from _waiting(submission, where)


def _counted(numbers: dict[str, Any]) -> str:
    names = ("created", "updated", "unchanged", "queued", "rejected")
    return ", ".join(f"{numbers[name]:,} {name}" for name in names if numbers[name]) or "none"


def _meaning(submission: dict[str, Any]) -> str:
    if submission["dry_run"]:
        return " (dry run: nothing was stored)"
    return " (nothing was stored)" if submission["status"] == "rejected" else ""


def _wrong(submission: dict[str, Any], where: Where) -> Iterator[str]:
    for error in submission["errors"]:
        yield f"  {_places(error, is_json=where.is_json)}: {error['message']} ({error['code']})"
    if submission["rejected"] and submission["errors"]:
        path = f"/v1/plans/{where.plan}/submissions/{where.submission}/rejected-rows.csv"
        yield f"Every rejected row with its reasons: {where.url}{path}"


def _doubted(submission: dict[str, Any], where: Where) -> Iterator[str]:
    """Each kind of warning with its count. The service gives the first hundred one by one."""
    warned = submission["warned"]
    if not warned:
        return
    held = "would be held" if submission["dry_run"] else "taken, and held"
    yield f"{_rows(warned)} hard to believe; {held} under query until somebody looks:"
    kinds: dict[str, list[dict[str, Any]]] = {}
    for warning in submission["warnings"]:
        kinds.setdefault(warning["code"], []).append(warning)
    are_all = len({warning["index"] for warning in submission["warnings"]}) == warned
    for code, found in kinds.items():
        yield f"  {code}: {len(found):,}{'' if are_all else ' or more'}"
        yield from (f"    {_value(warning)}: {warning['message']}" for warning in found[:_MOST_ROWS])
        yield from _and_more(len(found) - _MOST_ROWS)
    if not submission["dry_run"]:
        yield f"Where to look at them: {where.screen('values/queries')}"


def _waiting(submission: dict[str, Any], where: Where) -> Iterator[str]:
    """Values that came late, and for whom they wait."""
    queued = submission["queued"]
    if not queued:
        return
    waits = "would wait" if submission["dry_run"] else "waits"
    what = "a late revision, for its period is" if queued == 1 else "late revisions, for their periods are"
    yield f"{_rows(queued)} {what} locked; somebody must accept what {waits}:"
    found = [change for change in submission["changes"] if change["outcome"] == "queued"][:_MOST_ROWS]
    yield from (
        f"  {_value(change)}: {_figure(change['old'])} → {_figure(change['new'])}" for change in found
    )
    if found:
        # Of a file that was put off, only its counts and what it stored are given.
        yield from _and_more(queued - len(found), indent="  ")
    if not submission["dry_run"]:
        yield f"Where to accept or decline them: {where.screen('values/late')}"


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"


def _value(row: dict[str, Any]) -> str:
    segment = "" if row["segment"] == "_all" else f" {row['segment']}"
    return f"{row['kpi']}{segment} {row['period']}"


def _figure(held: dict[str, Any] | None) -> str:
    if held is None:
        return "nothing"
    figure = held["value"] if held["value"] is not None else held["grade"]
    return str(held["state"].replace("_", " ") if figure is None else figure)


def _and_more(count: int, indent: str = "    ") -> Iterator[str]:
    if count > 0:
        yield f"{indent}and {count:,} more"


def _places(error: dict[str, Any], *, is_json: bool) -> str:
    """The places of the rows an error is about: ``lines 4, 9 and 12``."""
    places = [f"row {index}" for index in error["indexes"]] if is_json else error["places"]
    shown, more = places[:_MOST_PLACES], error["count"] - len(places[:_MOST_PLACES])
    if error["count"] == 1:
        return str(shown[0])
    words = {place.split()[0] for place in shown}
    if len(words) == 1 and all(re.fullmatch(r"(?:line|row) \d+", place) for place in shown):
        head, shown = f"{words.pop()}s ", [place.split()[1] for place in shown]
        joined = ", ".join
    else:
        head, joined = "", "; ".join
    if more:
        return f"{head}{joined(shown)} and {more:,} more"
    return f"{head}{joined(shown[:-1])} and {shown[-1]}"
