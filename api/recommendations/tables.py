"""Recommendations, their parts and where an inspection report says so."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint

from api import vocabulary as terms
from api.core import tables as t


class Recommendation(t.InPlan, table=True):
    """What must improve: active → business as usual (with where it now lives) or closed."""

    __tablename__ = "recommendation"
    __table_args__ = (t.unique_ref("recommendation"),)

    ref: str = t.line(null=False)
    source_ref: str | None = t.line()
    position: int = t.whole(default=0)
    text: str = t.line(null=False)
    label: str | None = t.line()
    origin: terms.Origin = t.word(terms.Origin)
    response: terms.ResponseDecision | None = t.word(terms.ResponseDecision, null=True)
    response_reason: str | None = t.line()
    outcome: str | None = t.line()
    status: terms.RecommendationStatus = t.word(terms.RecommendationStatus)
    status_note: str | None = t.line()
    rating: terms.Rating | None = t.word(terms.Rating, null=True)
    rating_reason: str | None = t.line()
    confidence: terms.Confidence | None = t.word(terms.Confidence, null=True)
    assured_rating: terms.Rating | None = t.word(terms.Rating, null=True)
    no_kpis_reason: str | None = t.line()


class RecommendationPart(t.InPlan, table=True):
    __tablename__ = "recommendation_part"
    __table_args__ = (UniqueConstraint("recommendation_id", "position"),)

    recommendation_id: int = t.points_to("recommendation.id")
    position: int = t.whole(null=False)
    ref: str = t.line(null=False)
    text: str = t.line(null=False)


class InspectionReference(t.InPlan, table=True):
    """Page and paragraphs of an inspection report that a recommendation answers."""

    __tablename__ = "inspection_reference"
    __table_args__ = (UniqueConstraint("recommendation_id", "position"),)

    recommendation_id: int = t.points_to("recommendation.id")
    position: int = t.whole(null=False)
    inspection_id: int | None = t.points_to("inspection.id", null=True, on_delete="SET NULL")
    finding_id: int | None = t.points_to("finding.id", null=True, on_delete="SET NULL")
    page: str | None = t.line()
    paragraphs: str | None = t.line()
    text: str | None = t.line()
