"""JSON as it comes in: digit for digit, and refused where two readers could understand it differently."""

from __future__ import annotations

import json
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

from fastapi import Request

from api.core.errors import Problem, ProblemType

MOST_DIGITS = 400
"""Of a number, and as its power of ten: far past any figure kept here, and cheap to compute with."""


def read_json(raw: bytes) -> Any:
    """The value of a JSON text in UTF-8; a number with a point or an exponent as a Decimal.

    Raises json.JSONDecodeError also for what other readers might take otherwise or not at all: a
    name twice in one object, NaN, numbers and nesting out of all proportion. Half a surrogate pair
    passes, for each field to refuse in its own place.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("it is not UTF-8", "", error.start) from error
    try:
        return json.loads(
            text,
            parse_float=_decimal,
            parse_int=_whole,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except RecursionError as error:
        raise json.JSONDecodeError("it is nested too deeply", "", 0) from error


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        _refuse_number()
    return int(digits)


def _decimal(digits: str) -> Decimal:
    if len(digits) > MOST_DIGITS:
        _refuse_number()
    try:
        number = Decimal(digits)
    except DecimalException:
        _refuse_number()
    # As a whole number, 1e999999999 would fill the memory.
    if abs(number.adjusted()) > MOST_DIGITS:
        _refuse_number()
    return number


def _refuse_number() -> NoReturn:
    raise json.JSONDecodeError("one of its numbers has too many digits", "", 0)


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is not a JSON number", name, 0)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise json.JSONDecodeError(f"the name {json.dumps(twice)} stands twice in one object", "", 0)
    return found


def refuse_other_types(request: Request) -> None:
    """Raises WRONG_CONTENT_TYPE for a body that does not say it is JSON, or is packed."""
    headers = request.headers
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    if not has_body:
        return
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    kind, _, form = given.partition("/")
    if kind != "application" or not (form == "json" or form.endswith("+json")):
        named = f"not as {given[:100]!r}" if given else "and say so in Content-Type"
        raise _wrong_type(f"Send the body as application/json, {named}.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise _wrong_type("Send the body as it is, without a Content-Encoding.")


def refuse_all_but_csv(request: Request) -> None:
    """Raises WRONG_CONTENT_TYPE for a body that does not say it is CSV."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != "text/csv":
        raise _wrong_type("Send the file as it is, as text/csv.", accepted="text/csv")


def _wrong_type(detail: str, *, accepted: str = "application/json") -> Problem:
    return Problem(ProblemType.WRONG_CONTENT_TYPE, detail, headers={"Accept": accepted})
