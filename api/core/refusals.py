"""What the database refused, as the problem to answer with: never its own words, and no SQL."""

from __future__ import annotations

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from api.core.errors import Problem, ProblemType

log = structlog.get_logger()

_MET = (ProblemType.UNAVAILABLE, "Two changes met; retry.")
_SLOW = (ProblemType.UNAVAILABLE, "It took too long; retry.")
_DENIED = (ProblemType.NOT_ALLOWED, "Your role does not include this, or not for this item.")
_NUL = (ProblemType.INVALID, "Text must not hold null characters.")
_RANGE = (ProblemType.INVALID, "A number or a date lies beyond what can be kept.")
_MISFIT = (
    ProblemType.CONFLICT,
    "This does not fit with what is held; it may have changed meanwhile.",
)

_BY_STATE = {
    "42501": _DENIED,
    "40001": _MET,
    "40P01": _MET,
    "55P03": _MET,
    "57014": _SLOW,
    "22021": _NUL,
    "22P05": _NUL,
    "22003": _RANGE,
    "22007": _RANGE,
    "22008": _RANGE,
    "23001": _MISFIT,
    "23503": _MISFIT,
    "23505": _MISFIT,
    "23P01": _MISFIT,
}


def problem_of(error: DBAPIError | psycopg.Error, request_id: str | None) -> Problem:
    """The problem that a database error amounts to; a mistake of the service's own is logged."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    if state in _BY_STATE:
        kind, detail = _BY_STATE[state]
        return Problem(kind, detail, headers={"Retry-After": "1"} if kind is ProblemType.UNAVAILABLE else {})
    if not state and isinstance(cause, psycopg.DataError) and "NUL" in str(cause):
        return Problem(*_NUL)
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return unavailable(error, request_id)
    log.error("database_error", sqlstate=state, request_id=request_id, exc_info=error)
    return Problem(ProblemType.INTERNAL, "The service made an error.")


def unavailable(error: Exception, request_id: str | None) -> Problem:
    """The database, or a free connection to it, is not there."""
    log.warning("database_unavailable", error=type(error).__name__, request_id=request_id)
    return Problem(ProblemType.UNAVAILABLE, "The database cannot answer now.", headers={"Retry-After": "5"})
