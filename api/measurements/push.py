"""Values from a file to a running service, over its public API: what ``turnstone push`` does.

It knows the service only by its address, so it needs nothing but the standard library and httpx.
"""

from __future__ import annotations

import csv
import io
import json
import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

import httpx

FINE, SOME_REJECTED, NOT_SENT = 0, 1, 2
"""Exit codes: every row taken; some rejected; the file or the service could not be used."""

COLUMNS = (
    "kpi",
    "segment",
    "period",
    "basis",
    "state",
    "value",
    "grade",
    "numerator",
    "denominator",
    "note",
    "source",
    "external_reference",
)
MOST_ROWS = 5_000
MOST_BYTES = 4_000_000
"""Under the service's limit on a body, with room for what stands around the rows."""
ATTEMPTS = 7
_RETRIED = frozenset({429, 502, 503, 504})


class CannotSend(Exception):
    """Why nothing, or nothing more, can be sent."""


@dataclass(frozen=True)
class Row:
    place: str
    """Where it stands in the file: ``line 7`` of a CSV, ``row 3`` of JSON, counted from 0."""
    body: str
    """The row as JSON."""


@dataclass
class Sender:
    """One sign-in to the service, renewed when it ends, and requests that are tried again."""

    client: httpx.Client
    client_id: str
    client_secret: str
    sleep: Callable[[float], None] = time.sleep
    _token: str | None = field(default=None, repr=False)

    def post(self, path: str, body: bytes, key: str) -> httpx.Response:
        """Raises CannotSend when the service stays away or refuses the client."""
        for renewed in (False, True):
            headers = {
                "Authorization": f"Bearer {self._token or self._sign_in()}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            }
            answer = self._insist(lambda h=headers: self.client.post(path, content=body, headers=h))  # type: ignore[misc]
            if answer.status_code != 401 or renewed:
                return answer
            self._token = None
        raise AssertionError("unreachable")

    def _sign_in(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        answer = self._insist(lambda: self.client.post("/v1/auth/token", data=form))
        if answer.status_code != 200:
            raise CannotSend(f"The service refused the sign-in: {_detail(answer)}")
        self._token = str(answer.json()["access_token"])
        return self._token

    def _insist(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Try again, ever later, while the service is away or busy."""
        problem = ""
        for attempt in range(ATTEMPTS):
            wait = min(30.0, 0.5 * 2**attempt) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads clients out
            try:
                answer = send()
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}".rstrip(": ")
            else:
                in_progress = answer.status_code == 409 and "in-progress" in answer.text
                if answer.status_code not in _RETRIED and not in_progress:
                    return answer
                problem = f"{answer.status_code}: {_detail(answer)}"
                given = answer.headers.get("retry-after", "")
                wait = min(60.0, float(given)) if given.isdecimal() else wait
            if attempt < ATTEMPTS - 1:
                self.sleep(wait)
        raise CannotSend(f"{self.client.base_url} does not take requests ({problem}).")


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
    out: TextIO | None = None,
    err: TextIO | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send a file's values in batches, print what became of each, and return an exit code.

    ``atomic`` holds for each batch of up to 5,000 rows. Safe to run again after any failure: what
    is held already is unchanged.
    """
    out, err = out or sys.stdout, err or sys.stderr
    try:
        content = file.read_bytes()
        rows, said = read_file(content, is_json=file.suffix.lower() == ".json")
        batch = said | {"mode": mode, "dry_run": dry_run}
        batch |= {"source": source} if source else {}
        batch |= {"external_reference": external_reference} if external_reference else {}
        with httpx.Client(base_url=url.rstrip("/"), timeout=120) as client:
            sender = Sender(client, client_id, client_secret, sleep)
            return _send_all(sender, plan, rows, batch, sha256(content).hexdigest()[:24], out)
    except CannotSend as error:
        print(f"turnstone push: {error}", file=err)
    except OSError as error:
        print(f"turnstone push: {file}: {error.strerror or error}", file=err)
    except httpx.InvalidURL as error:
        print(f"turnstone push: {url} is no address: {error}", file=err)
    return NOT_SENT


def _send_all(
    sender: Sender, plan: str, rows: list[Row], batch: dict[str, Any], digest: str, out: TextIO
) -> int:
    batches = list(in_batches(rows))
    # The digest and number tell a retry of this run from anything else. The run's own mark lets a
    # later run of the same file be judged anew, and answered "unchanged" rather than replayed.
    run = secrets.token_hex(4)
    totals = {"created": 0, "updated": 0, "unchanged": 0, "queued": 0, "rejected": 0}
    for number, chosen in enumerate(batches, 1):
        body = f'{json.dumps(batch)[:-1]}, "rows": [{",".join(row.body for row in chosen)}]}}'
        key = f"push-{digest}-{number}-{run}"
        answer = sender.post(f"/v1/plans/{plan}/measurements", body.encode(), key)
        submission = _submission(answer)
        if submission is None:
            done = f" {number - 1} of {len(batches)} batches were stored before it." if number > 1 else ""
            raise CannotSend(f"The service answered {answer.status_code}: {_detail(answer)}{done}")
        for name in totals:
            totals[name] += submission[name]
        head = f"Batch {number} of {len(batches)}: " if len(batches) > 1 else ""
        print(f"{head}{len(chosen):,} rows: {_counted(submission)}{_meaning(answer, batch)}", file=out)
        for error in submission["errors"]:
            print(f"  {_places(error, chosen)}: {error['message']} ({error['code']})", file=out)
    if len(batches) > 1:
        print(f"In all {len(rows):,} rows: {_counted(totals)}.", file=out)
    return SOME_REJECTED if totals["rejected"] else FINE


def read_file(content: bytes, *, is_json: bool) -> tuple[list[Row], dict[str, Any]]:
    """The rows of a file, and what a JSON file says of all of them. Raises CannotSend."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotSend(f"The file is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    rows, said = _from_json(text) if is_json else (list(_from_csv(text)), {})
    if not rows:
        raise CannotSend("The file holds no rows.")
    return rows, said


def _from_json(text: str) -> tuple[list[Row], dict[str, Any]]:
    """A list of rows, or an object with ``rows``. Numbers stay as they are written, digit for digit."""
    try:
        read = json.loads(text, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise CannotSend(f"The file is not JSON: line {error.lineno}: {error.msg}.") from None
    said = {}
    if isinstance(read, dict):
        said = {name: read[name] for name in ("source", "external_reference") if read.get(name)}
        read = read.get("rows")
    if not isinstance(read, list):
        raise CannotSend('The file must hold a list of rows, or an object with "rows".')
    return [Row(f"row {place}", json.dumps(row)) for place, row in enumerate(read)], said


def _from_csv(text: str) -> Iterator[Row]:
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        _check_columns(columns)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) > len(columns):
                    raise CannotSend(f"Line {line} has {len(cells)} cells under {len(columns)} columns.")
                named = {n: cell.strip() for n, cell in zip(columns, cells, strict=False) if cell.strip()}
                yield Row(f"line {line}", json.dumps(named))
            line = reader.line_num + 1
    except csv.Error as error:
        raise CannotSend(f"The file is not CSV: line {reader.line_num}: {error}.") from None


def _check_columns(columns: list[str]) -> None:
    needed = [name for name in ("kpi", "period") if name not in columns]
    unknown = [name for name in columns if name not in COLUMNS]
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if needed:
        raise CannotSend(f"The first line must name the columns; {' and '.join(needed)} is not among them.")
    if unknown:
        raise CannotSend(f"Column “{unknown[0]}” is not known; the columns are {', '.join(COLUMNS)}.")
    if twice:
        raise CannotSend(f"Column “{twice[0]}” stands there twice.")


def in_batches(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows in order, in as few batches as the service's limits on rows and bytes allow."""
    chosen: list[Row] = []
    size = 0
    for row in rows:
        weight = len(row.body) + 1
        if chosen and (len(chosen) == MOST_ROWS or size + weight > MOST_BYTES):
            yield chosen
            chosen, size = [], 0
        chosen.append(row)
        size += weight
    if chosen:
        yield chosen


def _submission(answer: httpx.Response) -> dict[str, Any] | None:
    """What became of a batch, if the service got so far as to look at its rows."""
    if answer.status_code not in (200, 201, 422):
        return None
    try:
        body = answer.json()
    except ValueError:
        return None
    found: dict[str, Any] | None = body.get("submission") if answer.status_code == 422 else body
    return found


def _detail(answer: httpx.Response) -> str:
    try:
        body = answer.json()
        return str(body.get("detail") or body.get("error") or answer.reason_phrase)
    except (ValueError, AttributeError):
        return str(answer.reason_phrase)


def _counted(numbers: dict[str, Any]) -> str:
    names = ("created", "updated", "unchanged", "queued", "rejected")
    return ", ".join(f"{numbers[name]:,} {name}" for name in names if numbers[name]) or "none"


def _meaning(answer: httpx.Response, batch: dict[str, Any]) -> str:
    if batch["dry_run"]:
        return " (dry run: nothing was stored)"
    return " (nothing was stored)" if answer.status_code == 422 else ""


def _places(error: dict[str, Any], chosen: list[Row]) -> str:
    """The places of the rows an error is about: ``lines 4, 9 and 12``."""
    places: list[str] = [chosen[index].place for index in error["indexes"][:10]]
    word, numbers = places[0].split()[0], [place.split()[1] for place in places]
    more = error["count"] - len(places)
    if error["count"] == 1:
        return places[0]
    if more:
        return f"{word}s {', '.join(numbers)} and {more:,} more"
    return f"{word}s {', '.join(numbers[:-1])} and {numbers[-1]}"
