"""Every table of the service in one place, for Alembic and for the tests over the catalogue."""

from sqlmodel import SQLModel

import api.actions.tables
import api.assurance.tables
import api.audits.tables
import api.auth.tables
import api.benchmarks.tables
import api.changes.tables
import api.escalations.tables
import api.kpis.tables
import api.measurements.tables
import api.narratives.tables
import api.people.tables
import api.plans.tables
import api.recommendations.tables
import api.risks.tables
import api.source_notes.tables
import api.verdicts.tables
from api.core.tables import constrain_enumerations

metadata = SQLModel.metadata
constrain_enumerations(metadata)

__all__ = ["api", "metadata"]
