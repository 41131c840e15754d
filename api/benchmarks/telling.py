"""What an import tells of a file: its columns, counts that add up, errors, doubts, what changes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from api.benchmarks.figures_file import Columns
from api.benchmarks.findings import CellError, Findings
from api.benchmarks.schemas import (
    BenchmarkImportComparison,
    BenchmarkImportCounts,
    BenchmarkImportDoubt,
    BenchmarkImportError,
    BenchmarkImportRead,
    LinesNotKept,
)
from api.benchmarks.staging import Compared
from api.benchmarks.terms import AreaLevel, DatasetKind
from api.core.errors import Problem, ProblemType, field_error

MOST_POINTERS = 100
"""Errors that a refusal names itself; the import it carries names more."""


@dataclass
class Import:
    """What is found on the way."""

    dataset: str
    kind: DatasetKind
    sha256: str
    dry_run: bool
    columns: Columns
    findings: Findings = field(default_factory=Findings)
    is_known: bool = False
    release: int | None = None
    years: list[str] = field(default_factory=list)
    compared: tuple[int, Compared] | None = None
    """With the release that was in force before."""


def told(found: Import) -> BenchmarkImportRead:
    findings = found.findings
    return BenchmarkImportRead(
        dataset=found.dataset,
        kind=found.kind,
        dry_run=found.dry_run,
        is_known=found.is_known,
        release=found.release,
        sha256=found.sha256,
        filters=list(found.columns.filters),
        indicators=list(found.columns.indicators),
        ignored=list(found.columns.ignored),
        years=found.years,
        counts=_counts(findings),
        error_count=findings.error_count,
        errors=[BenchmarkImportError(**asdict(error)) for error in _in_order(findings)],
        doubts=[BenchmarkImportDoubt(**asdict(doubt)) for doubt in findings.doubts],
        compared=_comparison(found.compared),
    )


def _counts(findings: Findings) -> BenchmarkImportCounts:
    return BenchmarkImportCounts(
        lines=findings.lines,
        national=findings.by_level[AreaLevel.NATIONAL],
        regional=findings.by_level[AreaLevel.REGIONAL],
        local_authority=findings.by_level[AreaLevel.LOCAL_AUTHORITY],
        not_kept=[LinesNotKept(level=level, lines=n) for level, n in findings.not_kept.most_common()],
        wrong=findings.wrong_lines,
        figures=findings.by_state.total(),
        by_state=dict(findings.by_state),
        rounded=findings.rounded,
    )


def _in_order(findings: Findings) -> list[CellError]:
    return sorted(findings.errors, key=lambda error: error.line)


def _comparison(compared: tuple[int, Compared] | None) -> BenchmarkImportComparison | None:
    if compared is None:
        return None
    release, counts = compared
    return BenchmarkImportComparison(release=release, **counts._asdict())


def refused(found: Import) -> Problem:
    """INVALID with a pointer ``/line/column`` for each of the first errors, and the whole import inside."""
    whole = told(found)
    errors = [
        field_error("/".join(["", str(error.line), *filter(None, [error.column])]), error.message, error.code)
        for error in whole.errors[:MOST_POINTERS]
    ]
    n = whole.error_count
    return Problem(
        ProblemType.INVALID,
        f"{'One error' if n == 1 else f'{n} errors'}: nothing was stored. Line {whole.errors[0].line}:"
        f" {whole.errors[0].message}",
        errors=errors,
        **{"import": whole.model_dump(mode="json")},
    )
