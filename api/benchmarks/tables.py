"""Published figures of the whole service, release by release, and which KPI each plan sets against them.

Releases are added and never changed: what was read from one can be read again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text
from sqlmodel import Field, SQLModel

from api.benchmarks.terms import AreaLevel, DatasetKind, FigureState, ImportStatus, YearKind
from api.core import tables as t
from api.vocabulary import Unit


class BenchmarkDataset(t.Versioned, table=True):
    """A publication that comes again: its columns, and where it comes from."""

    __tablename__ = "benchmark_dataset"
    __table_args__ = (Index("uq_benchmark_dataset_ref", text("lower(ref)"), unique=True),)

    id: int | None = t.key()
    ref: str = t.line(null=False)
    title: str = t.line(null=False)
    kind: DatasetKind = t.word(DatasetKind, default=DatasetKind.FIGURES)
    source: str = t.line(null=False)
    filters: list[str] = t.texts()
    """Columns that tell lines of one area and year apart."""
    ignored: list[str] = t.texts()


class BenchmarkIndicator(SQLModel, table=True):
    """A column of figures, and how they are shown."""

    __tablename__ = "benchmark_indicator"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)

    id: int | None = t.key()
    dataset_id: int = t.points_to("benchmark_dataset.id", index=False)
    position: int = t.whole(default=0)
    name: str = t.line(null=False)
    title: str | None = t.line()
    decimals: int | None = t.whole()
    unit: Unit | None = t.word(Unit, null=True)
    no_quartile: bool = t.flag()
    """Quarters of all authorities say nothing here: a count follows the size of the place."""


class BenchmarkRelease(t.Versioned, table=True):
    """One file of a dataset, whole. The newest by the day of release that is not withdrawn is in force.

    The same file may be there twice: figures that were superseded or withdrawn are published again.
    """

    __tablename__ = "benchmark_release"
    __table_args__ = (Index("ix_benchmark_release_file", "dataset_id", "sha256"),)

    id: int | None = t.key()
    dataset_id: int = t.points_to("benchmark_dataset.id", on_delete="RESTRICT", index=False)
    released_on: date = t.day(null=False)
    title: str | None = t.line()
    sha256: str = t.line(null=False)
    filters: list[str] = t.texts()
    indicators: list[str] = t.texts()
    lines: int = t.whole(null=False)
    """In the file, without its header."""
    figures: int = t.whole(null=False)
    """Cells of indicators that are held, symbols among them."""
    imported_at: datetime | None = Field(
        default=None,
        sa_type=t.datetime_tz(),
        nullable=False,
        sa_column_kwargs={"server_default": text("turnstone.stamp()")},
    )
    imported_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL", index=False)


class BenchmarkArea(SQLModel, table=True):
    """England, a region or an authority, as a release calls it in its latest year."""

    __tablename__ = "benchmark_area"
    __table_args__ = (UniqueConstraint("release_id", "code"),)

    id: int | None = t.key()
    release_id: int = t.points_to("benchmark_release.id", index=False)
    code: str = t.line(null=False)
    level: AreaLevel = t.word(AreaLevel)
    name: str = t.line(null=False)
    new_codes: list[str] = Field(
        default_factory=list,
        sa_type=ARRAY(Text),
        nullable=False,
        sa_column_kwargs={"server_default": text("'{}'")},
    )
    """ONS codes of an authority in any year: a changed boundary brings a new one."""
    region_code: str | None = t.line()
    region_name: str | None = t.line()


class BenchmarkSeries(SQLModel, table=True):
    """One indicator under one value of each filter, in one release."""

    __tablename__ = "benchmark_series"
    __table_args__ = (
        # By digest: the values of many filters together may be too long for an index.
        Index(
            "uq_benchmark_series_filters",
            "release_id",
            "indicator",
            text("md5(filters::text)"),
            unique=True,
        ),
    )

    id: int | None = t.key()
    release_id: int = t.points_to("benchmark_release.id", index=False)
    indicator: str = t.line(null=False)
    filters: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    """The value of each filter column, by its name."""


class BenchmarkFigure(SQLModel, table=True):
    """What a release says of one area in one year."""

    __tablename__ = "benchmark_figure"
    __table_args__ = (
        CheckConstraint("(state = 'reported') = (value is not null)", name="value_if_reported"),
    )

    # No foreign key: each would be looked up for every one of millions of rows, which are written
    # together with their series and never taken away.
    series_id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The calendar year it ends in."""
    year_kind: YearKind = Field(sa_type=t.OneOf(YearKind), primary_key=True)
    area: str = Field(sa_type=Text, primary_key=True)
    level: AreaLevel = t.word(AreaLevel)
    state: FigureState = t.word(FigureState)
    value: Decimal | None = Field(default=None, sa_type=Numeric(18, 6), nullable=True)


class BenchmarkNeighbour(SQLModel, table=True):
    """A statistical neighbour of an authority; position 1 is the nearest."""

    __tablename__ = "benchmark_neighbour"
    __table_args__ = (UniqueConstraint("release_id", "area", "position"),)

    id: int | None = t.key()
    release_id: int = t.points_to("benchmark_release.id", index=False)
    area: str = t.line(null=False)
    position: int = t.whole(null=False)
    neighbour: str = t.line(null=False)
    closeness: str | None = t.line()


class BenchmarkWithdrawal(SQLModel, table=True):
    """A release that counts no longer, from a moment on and for good; its figures can still be read."""

    __tablename__ = "benchmark_withdrawal"
    __table_args__ = (UniqueConstraint("release_id"),)

    id: int | None = t.key()
    release_id: int = t.points_to("benchmark_release.id", index=False)
    reason: str = t.line(null=False)
    withdrawn_at: datetime | None = Field(
        default=None,
        sa_type=t.datetime_tz(),
        nullable=False,
        sa_column_kwargs={"server_default": text("turnstone.stamp()")},
    )
    withdrawn_by: int | None = t.points_to("principal.id", null=True, on_delete="SET NULL", index=False)


class BenchmarkImport(SQLModel, table=True):
    """A file that is too large to be read while its sender waits: pending, then ended for good.

    Its parts go when it ends; what the file held, and what became of it, stays.
    """

    __tablename__ = "benchmark_import"

    id: int | None = t.key()
    dataset_id: int = t.points_to("benchmark_dataset.id")
    released_on: date = t.day(null=False)
    title: str | None = t.line()
    dry_run: bool = t.flag()
    size: int = Field(sa_type=BigInteger)
    """In bytes."""
    sha256: str = t.line(null=False)
    sent_by: int = t.points_to("principal.id")
    reason: str | None = t.line()
    status: ImportStatus = t.word(ImportStatus)
    problem: str | None = t.line()
    """Why nothing of the file could be looked at, in words."""
    told: dict[str, Any] | None = Field(default=None, sa_type=JSONB, nullable=True)
    """What the file holds and what became of it, once it is read."""
    attempts: int = t.whole(default=0)
    lines_read: int = t.whole(default=0)
    bytes_read: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    received_at: datetime | None = Field(
        default=None,
        sa_type=t.datetime_tz(),
        nullable=False,
        sa_column_kwargs={"server_default": text("now()")},
    )
    finished_at: datetime | None = Field(default=None, sa_type=t.datetime_tz(), nullable=True)


class BenchmarkImportPart(SQLModel, table=True):
    """A piece of a waiting file."""

    __tablename__ = "benchmark_import_part"
    __table_args__ = (UniqueConstraint("import_id", "position"),)

    id: int | None = t.key()
    import_id: int = t.points_to("benchmark_import.id", index=False)
    position: int = t.whole(null=False)
    content: bytes = Field(sa_type=LargeBinary)


class KpiBenchmark(t.InPlan, table=True):
    """A KPI set against a published series by a person, who says whether the two are alike."""

    __tablename__ = "kpi_benchmark"
    __table_args__ = (
        CheckConstraint(
            "(period_alike and definition_alike) or reason is not null", name="unlike_for_a_reason"
        ),
        Index(
            "uq_kpi_benchmark_series",
            "kpi_id",
            "dataset_id",
            "indicator",
            text("md5(filters::text)"),
            unique=True,
        ),
    )

    kpi_id: int = t.points_to("kpi.id")
    position: int = t.whole(default=0)
    dataset_id: int = t.points_to("benchmark_dataset.id", on_delete="RESTRICT")
    indicator: str = t.line(null=False)
    filters: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    period_alike: bool = t.flag()
    definition_alike: bool = t.flag()
    definition_from: date | None = t.day()
    """From when the definition of the KPI holds that was looked at; null for one that was always so."""
    reason: str | None = t.line()
    """Why it is only context; or what to bear in mind where it is like with like."""
