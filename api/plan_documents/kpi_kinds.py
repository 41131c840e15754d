"""How KPIs, the feeds that owe their values and the locks on their periods lie in the database."""

from __future__ import annotations

from api.benchmarks import tables as benchmarks
from api.kpis import tables as kpis
from api.measurements import tables as measurements
from api.measurements.locks import FIRST_DAY
from api.plan_documents.layout import Child, Kind, Wave, lay_out
from api.plan_documents.led_kinds import leads, leads_of_link, themes
from api.plan_documents.parts import kpis as parts
from api.plan_documents.slots import Beginning, Named, One, OrElse, Plain, Superseded, Within
from api.verdicts import tables as verdicts

FEED = Kind("feed", "feeds", lay_out(parts.Feed, kpis.Feed, owner=One("party", "owner_id")))

KPI = Kind(
    "kpi",
    "kpis",
    lay_out(
        parts.Kpi,
        kpis.Kpi,
        parent=One("kpi", "parent_id"),
        superseded=Superseded(),
        feed=One("feed", "feed_id"),
        leads=None,
        themes=None,
        recommendations=None,
        segments=None,
        definitions=None,
        targets=None,
        rebases=None,
        benchmarks=None,
    ),
    (
        leads("kpi_id"),
        themes("kpi_id"),
        Child(
            "recommendations",
            lay_out(
                parts.KpiRecommendation,
                kpis.KpiRecommendation,
                recommendation=One("recommendation", "recommendation_id"),
                leads=None,
            ),
            "kpi_id",
            identity=("recommendation_id",),
            named_by="recommendation",
            children=(leads_of_link("kpi_recommendation_id", {"kpi_id": "kpi_id"}),),
        ),
        Child(
            "segments",
            lay_out(parts.Segment, kpis.Segment),
            "kpi_id",
            identity=("ref",),
            belongs=lambda row: row["ref"] != kpis.ALL,
            first=1,
            names="segment",
        ),
        Child("definitions", lay_out(parts.Definition, kpis.KpiDefinition), "kpi_id"),
        Child("targets", lay_out(parts.Target, kpis.Target), "kpi_id"),
        Child(
            "rebases",
            lay_out(
                parts.Rebase,
                verdicts.Rebase,
                from_period=Beginning("from_period", "from_on"),
                segment=Within("segment", "segment_id", lambda _, kpi: (kpi.ref,)),
                proposed_by=Named("proposed_by", "proposer"),
                proposed_at=Plain("created_at"),
                decided_by=Named("decided_by", "decider"),
            ),
            "kpi_id",
            identity=("number",),
            named_by="number",
            keeps=True,
            recorder="proposed_by",
        ),
        Child(
            "benchmarks",
            lay_out(
                parts.KpiBenchmark, benchmarks.KpiBenchmark, dataset=One("benchmark_dataset", "dataset_id")
            ),
            "kpi_id",
            identity=("dataset_id", "indicator", "filters"),
            named_by="",
            keeps=True,
        ),
    ),
)

PERIOD_LOCK = Kind(
    "period_lock",
    "period_locks",
    lay_out(
        parts.PeriodLock,
        measurements.PeriodLock,
        kpi=One("kpi", "kpi_id"),
        from_day=OrElse("from_on", FIRST_DAY),
        to_day=Plain("to_on"),
        by=Named("by", "said_by"),
        at=Plain("created_at"),
    ),
    wave=Wave.AFTER_VALUES,
    recorder="by",
    is_written_once=True,
)
