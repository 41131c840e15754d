"""Whether a check showed that work did what it was for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from api.vocabulary import CheckResultKind


class OutcomeEvidence(StrEnum):
    EVIDENCED = "evidenced"
    NOT_EVIDENCED = "not_evidenced"
    """The latest result found no impact: the work asks for a new action. Nothing reopens by itself."""
    CANNOT_TELL = "cannot_tell"
    NOT_CHECKED = "not_checked"


EVIDENCE_OF = {
    CheckResultKind.IMPACT_CLEAR: OutcomeEvidence.EVIDENCED,
    CheckResultKind.SOME_IMPACT: OutcomeEvidence.EVIDENCED,
    CheckResultKind.NO_IMPACT: OutcomeEvidence.NOT_EVIDENCED,
    CheckResultKind.CANNOT_TELL: OutcomeEvidence.CANNOT_TELL,
}


def outcome_evidenced(results: Iterable[tuple[date, CheckResultKind]]) -> OutcomeEvidence:
    """What the latest result says; of several on one day, the one recorded last."""
    latest = None
    for on, result in results:
        if latest is None or on >= latest[0]:
            latest = (on, result)
    return OutcomeEvidence.NOT_CHECKED if latest is None else EVIDENCE_OF[latest[1]]
