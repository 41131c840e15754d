"""Published figures, their releases, and the KPIs set against them, as the API takes and gives them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from api import vocabulary as terms
from api.benchmarks.comparators import FigureRead, NeighbourFigureRead
from api.benchmarks.figures_file import LONGEST_FILTER, WHEN_AND_WHERE
from api.benchmarks.terms import (
    AreaLevel,
    Band,
    DatasetKind,
    FigureState,
    ImportStatus,
    Likeness,
    YearKind,
)
from api.core.openapi import PageOf, ProblemDocument
from api.core.shapes import Line, Prose, RefName, Write
from api.kpis.rules import Direction


def _is_no_place(name: str) -> str:
    if name.casefold() in WHEN_AND_WHERE:
        raise ValueError(f"{name} says when or where, in every file")
    return name


ColumnName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_is_no_place),
    Field(examples=["rereferral_percent"]),
]
FilterValue = Annotated[str, StringConstraints(max_length=LONGEST_FILTER, strip_whitespace=True)]
DatasetRef = Annotated[str, Field(max_length=64, examples=["cin-referrals"])]
ReleaseId = Annotated[int, Field(ge=1, le=2**53, examples=[12])]
ImportId = Annotated[int, Field(ge=1, le=2**53, examples=[3])]
SeriesId = Annotated[int, Field(ge=1, le=2**53, examples=[340])]
PairingId = Annotated[int, Field(ge=1, le=2**53, examples=[7])]


class IndicatorWrite(Write):
    """A column of figures, and how they are shown."""

    name: ColumnName
    title: Line | None = Field(default=None, examples=["Re-referrals within twelve months"])
    decimals: Annotated[int, Field(ge=0, le=6)] | None = None
    unit: terms.Unit | None = Field(
        default=None, description="Where it is said, a KPI of another unit is compared with nothing of it."
    )
    no_quartile: bool = Field(
        default=False, description="Quarters of all authorities say nothing: counts follow the place's size."
    )


def _each_once(columns: list[list[str]]) -> None:
    named = [name for names in columns for name in names]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise ValueError(f"the column {twice} is named twice")


class DatasetCreate(Write):
    """A publication that comes again. Columns may be left to the first file, which tells them."""

    ref: RefName = Field(examples=["cin-referrals"])
    title: Line = Field(examples=["Children in need: referrals and re-referrals"])
    kind: DatasetKind = DatasetKind.FIGURES
    source: Line = Field(examples=["Department for Education, explore education statistics"])
    filters: list[ColumnName] = []
    indicators: list[IndicatorWrite] = []
    ignored: list[ColumnName] = Field(default=[], description="Columns that are not kept.")

    @model_validator(mode="after")
    def _columns_are_told_apart(self) -> Self:
        _each_once([self.filters, self.ignored, [one.name for one in self.indicators]])
        return self


class DatasetUpdate(Write):
    """A merge patch; each list of columns replaces the whole. Releases that are held stay as they are."""

    ref: RefName | None = None
    title: Line | None = None
    source: Line | None = None
    filters: list[ColumnName] | None = None
    indicators: list[IndicatorWrite] | None = None
    ignored: list[ColumnName] | None = None


class IndicatorRead(BaseModel):
    name: str = Field(examples=["rereferral_percent"])
    title: str | None
    decimals: int | None
    unit: terms.Unit | None
    no_quartile: bool


class ReleaseWithdrawal(Write):
    reason: Line = Field(examples=["The Department withdrew the file: two authorities were swapped."])


class ReleaseWithdrawalRead(BaseModel):
    """That a release counts no longer; the one before it does again."""

    at: str
    by: str | None
    reason: str


class ReleaseRead(BaseModel):
    """One file of a dataset, whole."""

    release: int = Field(description="What addresses it.", examples=[12])
    dataset: str
    released_on: date
    title: str | None
    sha256: str
    filters: list[str]
    indicators: list[str]
    lines: int = Field(description="In the file, without its header.")
    figures: int
    imported_at: str
    imported_by: str | None
    is_in_force: bool = Field(description="The newest by its day of release that is not withdrawn.")
    withdrawal: ReleaseWithdrawalRead | None


class ReleasePage(PageOf):
    items: list[ReleaseRead]


class DatasetRead(BaseModel):
    ref: str
    title: str
    version: int
    kind: DatasetKind
    source: str
    filters: list[str]
    indicators: list[IndicatorRead]
    ignored: list[str]
    releases: int
    in_force: ReleaseRead | None
    may_import: bool


class DatasetPage(PageOf):
    items: list[DatasetRead]


class BenchmarkSeriesSummary(BaseModel):
    """One indicator under one value of each filter."""

    series: int
    indicator: str
    filters: dict[str, str]
    figures: int


class BenchmarkSeriesPage(PageOf):
    items: list[BenchmarkSeriesSummary]


class AreaFigureRead(FigureRead):
    area: str = Field(description="Three-digit number of an authority, else the ONS code.")
    name: str
    level: AreaLevel
    year: int
    year_kind: YearKind


class BenchmarkSeriesRead(BenchmarkSeriesSummary):
    points: list[AreaFigureRead] = Field(description="By year, England first, then regions, authorities.")


class NeighbourRead(BaseModel):
    area: str = Field(examples=["838"])
    name: str | None = Field(examples=["Dorset"])
    closeness: str | None = Field(examples=["Very close"])


class NeighboursRead(BaseModel):
    area: str
    name: str
    neighbours: list[NeighbourRead] = Field(description="The nearest first.")


class NeighboursPage(PageOf):
    items: list[NeighboursRead]


class BenchmarkImportError(BaseModel):
    """A cell or line that cannot be kept."""

    line: int = Field(description="The header is line 1.")
    column: str | None = Field(description="Null where the whole line is meant.")
    code: str = Field(examples=["not_a_figure"])
    message: str


class BenchmarkImportDoubt(BaseModel):
    """No error, and yet worth a look."""

    code: str = Field(examples=["columns_told_from_content"])
    message: str


class LinesNotKept(BaseModel):
    level: str = Field(examples=["Ward"])
    lines: int


class BenchmarkImportCounts(BaseModel):
    """``lines = national + regional + local_authority + not_kept + wrong``."""

    lines: int
    national: int
    regional: int
    local_authority: int
    not_kept: list[LinesNotKept] = Field(description="Lines of other geographic levels.")
    wrong: int
    figures: int = Field(description="Cells of indicators in the lines that are kept.")
    by_state: dict[FigureState, int]
    rounded: int = Field(description="Figures of more than six decimals, kept to six.")


class BenchmarkImportComparison(BaseModel):
    """Against the release in force before: figures of the same indicator, filters, year and area."""

    release: int
    added: int
    changed: int
    unchanged: int
    removed: int


class BenchmarkImportRead(BaseModel):
    """What a file holds, and what became of it."""

    dataset: str
    kind: DatasetKind
    dry_run: bool
    is_known: bool = Field(
        description="This very file is held as `release`, and nothing was done. If that is not in force, a"
        " doubt `superseded` says how to bring it back."
    )
    release: int | None = Field(description="What it is held as; null while it is not.")
    sha256: str
    filters: list[str]
    indicators: list[str]
    ignored: list[str]
    years: list[str] = Field(examples=[["2024", "2025"]])
    counts: BenchmarkImportCounts
    error_count: int
    errors: list[BenchmarkImportError] = Field(description="The first thousand, in the file's order.")
    doubts: list[BenchmarkImportDoubt]
    compared: BenchmarkImportComparison | None


class BenchmarkImportProgress(BaseModel):
    lines_read: int
    share_read: float = Field(description="Of the file's bytes, from 0 to 1.")


class BenchmarkImportStatusRead(BaseModel):
    """A file that the worker reads; what it is told, once it is read, is `told`."""

    import_: int = Field(alias="import", description="What addresses it.", examples=[3])
    dataset: str
    status: ImportStatus
    released_on: date
    title: str | None
    dry_run: bool
    size: int = Field(description="In bytes.")
    sha256: str
    by: str | None
    received_at: str
    finished_at: str | None
    progress: BenchmarkImportProgress | None = Field(description="While it is pending.")
    problem: str | None = Field(description="Of one that is refused or failed: why, in a sentence.")
    told: BenchmarkImportRead | None


class RefusedBenchmarkImport(ProblemDocument):
    """Nothing was stored; the import says which lines are wrong."""

    import_: BenchmarkImportRead | None = Field(default=None, alias="import")


class PairingCreate(Write):
    """A published series to set a KPI against, and whether the two are alike.

    Unless period and definition are both alike it is context only, and needs a reason.
    """

    dataset: RefName = Field(examples=["cin-referrals"])
    indicator: ColumnName
    filters: dict[ColumnName, FilterValue] = Field(
        default={}, examples=[{"category": "Referrals and Re-referrals"}]
    )
    period_alike: bool = Field(description="A value of the KPI covers what a year of the figures covers.")
    definition_alike: bool = Field(description="Both count the same in the same way.")
    reason: Prose | None = Field(default=None, examples=["The KPI counts a month, the figures a year."])

    @model_validator(mode="after")
    def _is_unlike_for_a_reason(self) -> Self:
        if not (self.period_alike and self.definition_alike) and self.reason is None:
            raise ValueError("say the reason where period or definition differ: it is context then")
        return self


class PairingUpdate(Write):
    """A merge patch."""

    indicator: ColumnName | None = None
    filters: dict[ColumnName, FilterValue] | None = None
    period_alike: bool | None = None
    definition_alike: bool | None = None
    reason: Prose | None = None
    position: Annotated[int, Field(ge=0, le=1000)] | None = None


class UnlikeRead(BaseModel):
    """Why a pairing that somebody called like with like is context all the same."""

    code: str = Field(examples=["definition_changed"])
    message: str


class PairingRead(BaseModel):
    pairing: int
    version: int
    kpi: str
    position: int
    dataset: str
    dataset_title: str
    source: str
    indicator: IndicatorRead
    filters: dict[str, str]
    label: Likeness
    period_alike: bool
    definition_alike: bool
    reason: str | None
    unlike: UnlikeRead | None = Field(
        description="What is known to differ, whatever was said: the unit, the period, or the KPI's"
        " definition since. Then the label is context, and nothing is compared."
    )
    may_edit: bool


class PairingPage(PageOf):
    items: list[PairingRead]


class BenchmarkAreaRead(BaseModel):
    area: str = Field(examples=["838"])
    name: str = Field(examples=["Dorset"])


class RankRead(BaseModel):
    """1 is best by the KPI's polarity; equals share the smallest place."""

    place: int
    of: int


class QuartilesRead(BaseModel):
    lower: float
    median: float
    upper: float


class GoodPercentileRead(BaseModel):
    """Where the best quarter of all authorities begins."""

    percentile: int = Field(description="75 where more is better, 25 where less is.")
    value: float
    is_reached: bool | None


class BenchmarkYearRead(BaseModel):
    """One year of a published series, for the plan's own authority among the others."""

    period: str = Field(examples=["2025", "FY2024-25"])
    year: int = Field(description="The calendar year it ends in.")
    year_kind: YearKind
    own: FigureRead | None = Field(description="Null where nothing was published of it.")
    england: FigureRead | None
    region: FigureRead | None
    neighbours: NeighbourFigureRead | None = Field(description="Null where no neighbours are known.")
    rank: RankRead | None = Field(description="Null without a figure, and for a neutral KPI.")
    authorities: int = Field(description="How many have a figure.")
    quartiles: QuartilesRead | None
    band: Band | None
    change: float | None = Field(description="On the year before; null unless that is there.")
    direction: Direction | None
    good_percentile: GoodPercentileRead | None


class BenchmarkProblem(BaseModel):
    code: str = Field(examples=["authority_without_code"])
    message: str


class BenchmarkRead(PairingRead):
    """A pairing with what its published series says, year by year."""

    release: ReleaseRead | None = Field(description="The one in force at the moment read, or asked for.")
    area: BenchmarkAreaRead | None = Field(description="The plan's authority, as the release calls it.")
    region: BenchmarkAreaRead | None
    neighbours: list[NeighbourRead]
    neighbours_release: ReleaseRead | None
    problem: BenchmarkProblem | None = Field(description="Why something is missing.")
    years: list[BenchmarkYearRead] = Field(description="The latest first.")


class KpiBenchmarksRead(BaseModel):
    kpi: str
    polarity: terms.Polarity
    benchmarks: list[BenchmarkRead]
