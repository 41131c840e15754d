"""Values from a file to a running service, over its public API: what ``turnstone push`` does.

It knows the service only by its address, so it needs nothing but the standard library, httpx, and
rich to show how far it is. What a file holds is for the service to recognise.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.measurements.sender import Body, CannotSend, Sender, detail_of
from api.measurements.telling import Where, lines_about

FINE, SOME_REJECTED, NOT_SENT, FILE_REFUSED, SERVICE_FAILED = 0, 1, 2, 3, 4
"""Exit codes: every row was taken; some were rejected; the file or the service could not be reached;
nothing of the file could be read; the service failed to store it."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/csv",
    ".txt": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".json": "application/x-ndjson",
    ".xlsx": XLSX,
    ".xlsm": XLSX,
}
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Errand:
    """One file on its way: what is asked of it, and where is told what became of it."""

    sender: Sender
    plan: str
    name: str
    asked: dict[str, str]
    out: TextIO
    bar: Bar

    @property
    def is_json(self) -> bool:
        return self.name.lower().endswith(".json")


def push(
    file: Path,
    *,
    url: str,
    client_id: str,
    client_secret: str,
    plan: str,
    mode: str = "atomic",
    dry_run: bool = False,
    source: str | None = None,
    external_reference: str | None = None,
    sheet: str | None = None,
    percentages_are: str | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send a file's values, wait until they are stored, print what became of them; the exit code.

    ``atomic`` holds for the whole file. Safe to run again after any failure: a file that is being
    read already is found again by its digest, and what is held is unchanged.
    """
    out, err = out or sys.stdout, err or sys.stderr
    asked = {"mode": mode, "dry_run": str(dry_run).lower(), "name": file.name}
    chosen = {
        "source": source,
        "external_reference": external_reference,
        "sheet": sheet,
        "percentages_are": percentages_are,
    }
    try:
        body, said = read_file(file)
        asked |= said | {name: value for name, value in chosen.items() if value}
        with httpx.Client(base_url=url.rstrip("/"), timeout=120) as client, Bar.over(err) as bar:
            errand = Errand(Sender(client, client_id, client_secret, sleep), plan, file.name, asked, out, bar)
            submission = _send(errand, body)
        return _tell(errand, submission, url.rstrip("/"))
    except CannotSend as error:
        print(f"turnstone push: {error}", file=err)
    except OSError as error:
        print(f"turnstone push: {file}: {error.strerror or error}", file=err)
    except httpx.InvalidURL as error:
        print(f"turnstone push: {url} is no address: {error}", file=err)
    return NOT_SENT


def read_file(file: Path) -> tuple[Body, dict[str, str]]:
    """What is sent of a file, and what a JSON file says of all its rows. Raises CannotSend."""
    suffix = file.suffix.lower()
    content_type = CONTENT_TYPES.get(suffix)
    if content_type is None:
        known = ", ".join(CONTENT_TYPES)
        raise CannotSend(f"{file.name}: the name must end with what the file is: {known}.")
    if suffix == ".json":
        content, said = _lines_of_json(file.read_bytes())
        return Body(content, content_type), said
    return Body(file, content_type), {}


def _lines_of_json(content: bytes) -> tuple[bytes, dict[str, str]]:
    """A list of rows, or an object with ``rows``, one row a line. Numbers stay digit for digit."""
    try:
        read = json.loads(content.decode("utf-8-sig"), parse_float=str, parse_constant=str)
    except UnicodeDecodeError as error:
        raise CannotSend(f"The file is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise CannotSend(f"The file is not JSON: line {error.lineno}: {error.msg}.") from None
    said = {}
    if isinstance(read, dict):
        said = {name: str(read[name]) for name in ("source", "external_reference") if read.get(name)}
        read = read.get("rows")
    if not isinstance(read, list):
        raise CannotSend('The file must hold a list of rows, or an object with "rows".')
    if not read:
        raise CannotSend("The file holds no rows.")
    return "".join(f"{json.dumps(row)}\n" for row in read).encode(), said


def _send(errand: Errand, body: Body) -> dict[str, Any]:
    """Send it, unless it is being read already, and wait for its end; returns the submission."""
    started = _unfinished(errand, body)
    if started is None:
        errand.bar.begin("Sending", body.size)
        body.told = errand.bar.reach
        # The digest tells a retry from anything else; the run's own mark lets a later run of the same
        # file be judged anew, and answered "unchanged" rather than replayed.
        key = f"push-{body.digest[:24]}-{secrets.token_hex(4)}"
        path = f"/v1/plans/{errand.plan}/measurement-files"
        answer = errand.sender.post(path, body, key, params=errand.asked)
        started = _submission(answer)
        if started is None:
            raise CannotSend(f"The service answered {answer.status_code}: {detail_of(answer)}")
    return _wait(errand, started)


def _unfinished(errand: Errand, body: Body) -> dict[str, Any] | None:
    """The submission of a run that ended early, if the service is at this very file still."""
    wanted = {"digest": body.digest, "mine": "true", "status": "pending", "limit": "50"}
    answer = errand.sender.get(f"/v1/plans/{errand.plan}/submissions", params=wanted)
    if answer.status_code != 200:
        return None
    for found in answer.json()["items"]:
        is_same = (found["mode"], str(found["dry_run"]).lower()) == (
            errand.asked["mode"],
            errand.asked["dry_run"],
        )
        if is_same:
            print(f"This file is being read already, as submission {found['submission']}.", file=errand.out)
            return dict(found)
    return None


def _wait(errand: Errand, submission: dict[str, Any]) -> dict[str, Any]:
    """Look at a submission that is put off until it has ended."""
    path = f"/v1/plans/{errand.plan}/submissions/{submission['submission']}"
    if submission["status"] == "pending":
        errand.bar.begin("Reading", None)
    while submission["status"] == "pending":
        progress = submission.get("progress") or {}
        errand.bar.read(progress.get("rows_read"), progress.get("share_read"))
        errand.sender.sleep(POLL_SECONDS)
        answer = errand.sender.get(path)
        if answer.status_code != 200:
            raise CannotSend(
                f"The submission cannot be followed ({answer.status_code}: {detail_of(answer)});"
                f" it goes on without: {path}"
            )
        submission = answer.json()
    return submission


def _tell(errand: Errand, submission: dict[str, Any], url: str) -> int:
    """Print what became of the file; returns the exit code."""
    where = Where(url, errand.plan, submission["submission"], is_json=errand.is_json)
    for line in lines_about(submission, where):
        print(line, file=errand.out)
    if submission["problem"]:
        return SERVICE_FAILED if submission["status"] == "failed" else FILE_REFUSED
    return SOME_REJECTED if submission["rejected"] else FINE


@dataclass
class Bar:
    """How far it is, on a terminal; nothing anywhere else."""

    _progress: Progress
    _task: TaskID | None = None

    @classmethod
    @contextmanager
    def over(cls, stream: TextIO) -> Iterator[Bar]:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[shown]}"))
        console = Console(file=stream)
        with Progress(
            *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
        ) as progress:
            yield cls(progress)

    def begin(self, what: str, total: int | None) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task(what, total=total, shown="")

    def reach(self, sent: int) -> None:
        if self._task is not None:
            self._progress.update(self._task, completed=sent, shown=f"{sent / 1_000_000:,.1f} MB")

    def read(self, rows: int | None, share: float | None) -> None:
        if self._task is None or rows is None:
            return
        total = None if share is None else 1.0
        self._progress.update(self._task, total=total, completed=share or 0.0, shown=f"{rows:,} rows")


def _submission(answer: httpx.Response) -> dict[str, Any] | None:
    """What became of a file, if the service got so far as to take it."""
    if answer.status_code not in (200, 201, 202, 422):
        return None
    try:
        body = answer.json()
    except ValueError:
        return None
    found: dict[str, Any] | None = body.get("submission") if answer.status_code == 422 else body
    return found
