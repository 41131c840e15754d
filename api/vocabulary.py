"""The field's standard terms: every closed list of words the service stores, with its groupings.

Each is stored as text under a CHECK constraint of the same words (``api.core.tables.one_of``).
"""

from __future__ import annotations

from enum import StrEnum


class PlanStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SUBMITTED = "submitted"
    ACTIVE = "active"
    CLOSED = "closed"


class Framework(StrEnum):
    SIF = "sif"
    ILACS = "ilacs"
    ILACS_SHORT = "ilacs_short"
    FOCUSED_VISIT = "focused_visit"
    MONITORING_VISIT = "monitoring_visit"
    JTAI = "jtai"
    OTHER = "other"


class Grade(StrEnum):
    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"

    @property
    def rank(self) -> int:
        """1 is best, 4 worst: grades compare by this, never by spelling."""
        return list(Grade).index(self) + 1


class ThemeKind(StrEnum):
    IMPROVEMENT_AREA = "improvement_area"
    TOPIC_AREA = "topic_area"
    WORKSTREAM = "workstream"
    THEME = "theme"
    EXISTING_PRIORITY = "existing_priority"


class PartyKind(StrEnum):
    PERSON = "person"
    ROLE = "role"
    TEAM = "team"
    EVERYONE = "everyone"
    """Printed as "All" or "All managers": nobody in particular is accountable."""


class Origin(StrEnum):
    INSPECTION = "inspection"
    AUDIT = "audit"
    PEER_REVIEW = "peer_review"
    OWN_PRIORITY = "own_priority"
    COMPLAINT = "complaint"
    LEARNING_REVIEW = "learning_review"


class ResponseDecision(StrEnum):
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"


class RecommendationStatus(StrEnum):
    ACTIVE = "active"
    BUSINESS_AS_USUAL = "business_as_usual"
    CLOSED = "closed"


class ActionStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    UNREADABLE = "unreadable"
    """The source had a status that could not be read; never guessed."""

    @property
    def is_open(self) -> bool:
        """Still to be done, so that a due date can pass it by. Unreadable is not known to be done."""
        return self in OPEN_ACTION_STATUSES

    @property
    def is_done(self) -> bool:
        return self in DONE_ACTION_STATUSES


OPEN_ACTION_STATUSES = (ActionStatus.NOT_STARTED, ActionStatus.IN_PROGRESS, ActionStatus.UNREADABLE)
DONE_ACTION_STATUSES = (ActionStatus.COMPLETED, ActionStatus.CLOSED)


class Rating(StrEnum):
    """BRAG: how progress stands, apart from status."""

    BLUE = "blue"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"


class Confidence(StrEnum):
    CONFIDENT = "confident"
    REASONABLE = "reasonable"
    LIMITED = "limited"


class DueMeans(StrEnum):
    FINISH = "finish"
    START = "start"
    REVIEW = "review"
    FIRST_CHECK = "first_check"


class Dimension(StrEnum):
    FINANCIAL = "financial"
    STAFF = "staff"
    PARTNERS = "partners"
    SYSTEMS = "systems"
    LEADERSHIP = "leadership"


class DimensionAnswer(StrEnum):
    """What a source says under one dimension of an action: five different answers, kept apart."""

    ACTIONS = "actions"
    NOT_APPLICABLE = "not_applicable"
    NONE = "none"
    BLANK = "blank"
    IMPLICATION = "implication"
    """Text that states a consequence (four extra posts), not something to do."""


class CheckKind(StrEnum):
    AUDIT = "audit"
    DIP_SAMPLE = "dip_sample"
    SURVEY = "survey"
    FOCUS_GROUP = "focus_group"
    OBSERVATION = "observation"
    DATA_REVIEW = "data_review"
    KPI_MONITORING = "kpi_monitoring"
    REPORT = "report"
    OTHER = "other"


class CheckResultKind(StrEnum):
    IMPACT_CLEAR = "impact_clear"
    SOME_IMPACT = "some_impact"
    NO_IMPACT = "no_impact"
    CANNOT_TELL = "cannot_tell"


class KpiCategory(StrEnum):
    """The three questions of Outcomes Based Accountability."""

    HOW_MUCH = "how_much"
    HOW_WELL = "how_well"
    BETTER_OFF = "better_off"
    NONE = "none"


class Unit(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    RATE_PER_10000 = "rate_per_10000"
    DAYS = "days"
    MONTHS = "months"
    RATIO = "ratio"
    SCORE = "score"
    CURRENCY = "currency"
    GRADE = "grade"
    NONE = "none"


class Polarity(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class KpiKind(StrEnum):
    QUANTITATIVE = "quantitative"
    MILESTONE = "milestone"
    QUALITATIVE = "qualitative"
    GRADE = "grade"
    HEADING = "heading"
    """A numbered line that only introduces the measures beneath it."""


class Nature(StrEnum):
    SNAPSHOT = "snapshot"
    IN_PERIOD = "in_period"
    CUMULATIVE = "cumulative"
    ROLLING = "rolling"
    LAGGED_COHORT = "lagged_cohort"


class Rollup(StrEnum):
    """How a quarter and the year to date follow from a KPI's shorter periods."""

    NONE = "none"
    SUM = "sum"
    LAST = "last"
    NUMERATOR_OVER_DENOMINATOR = "numerator_over_denominator"


class PeriodType(StrEnum):
    """One per KPI; the canonical keys are distinct by type (see api.kpis.periods)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    FINANCIAL_QUARTER = "financial_quarter"
    FINANCIAL_YEAR = "financial_year"
    ACADEMIC_YEAR = "academic_year"
    YEAR = "year"


class TargetKind(StrEnum):
    STANDING = "standing"
    BY_DATE = "by_date"
    YEAR_END = "year_end"


class TargetStage(StrEnum):
    INTERIM = "interim"
    FINAL = "final"


class Basis(StrEnum):
    OPERATIONAL_PROVISIONAL = "operational_provisional"
    OPERATIONAL_FINAL = "operational_final"
    VALIDATED_RETURN = "validated_return"


class MeasurementState(StrEnum):
    REPORTED = "reported"
    NIL_RETURN = "nil_return"
    NOT_AVAILABLE = "not_available"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def carries_value(self) -> bool:
        return self is MeasurementState.REPORTED


class RevisionState(StrEnum):
    """What a revision says: a state of a measurement, or that none is known any more."""

    REPORTED = "reported"
    NIL_RETURN = "nil_return"
    NOT_AVAILABLE = "not_available"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    WITHDRAWN = "withdrawn"
    """The delivery that first brought a value was withdrawn. Never sent and never a point: nobody said
    that the value is not available, so nothing is said of it at all."""


class MeasurementWorkflow(StrEnum):
    """How far a value was checked. Rules act on signed-off values only; everything shows them all."""

    LOADED = "loaded"
    SIGNED_OFF = "signed_off"
    UNDER_QUERY = "under_query"


class AuditScale(StrEnum):
    """How a domain of a case-file audit is marked."""

    GRADE = "grade"
    """One of the four grades."""
    SCORE = "score"
    """A whole number on the template's scale; higher is better."""


class AuditStage(StrEnum):
    BEFORE = "before"
    """What the auditor gave, of every audit."""
    AFTER = "after"
    """What the moderator gave, of moderated audits alone."""
    FINAL = "final"
    """The moderator's mark where there is one, else the auditor's."""


class AuditStatistic(StrEnum):
    AVERAGE = "average"
    """Of scores only: grades have an order and no distance between them."""
    SHARE = "share"
    """Of audits whose mark is one of chosen grades."""
    COUNT = "count"
    """How many audits were marked."""


class AuditWithdrawal(StrEnum):
    """Why an audit no longer counts: words to choose from, so that nobody writes about a child."""

    RECORDED_TWICE = "recorded_twice"
    RECORDED_IN_ERROR = "recorded_in_error"
    WRONG_TEMPLATE = "wrong_template"
    NOT_COMPLETED = "not_completed"


class DialPlace(StrEnum):
    """Where within its grade the windscreen's needle points: towards the worse, amid, or the better."""

    LOWER = "lower"
    MIDDLE = "middle"
    UPPER = "upper"


class SpcProfile(StrEnum):
    """Which reading of the control chart a plan follows (``api.verdicts.rules.PROFILES``)."""

    MDC = "mdc"
    """NHS England's Making Data Count."""
    NHSR = "nhsr"
    """The NHS-R community's reading of it."""


class Variation(StrEnum):
    """What a series is doing, by its latest point."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    CHANGE = "change"
    """It moved, and neither higher nor lower is better."""
    COMMON_CAUSE = "common_cause"
    TOO_EARLY = "too_early"
    NOT_APPLICABLE = "not_applicable"


class WhyNotJudged(StrEnum):
    """Why variation does not apply to a series."""

    NO_VALUES = "no_values"
    NO_FIGURES = "no_figures"
    """Its values are grades or words."""
    CUMULATIVE = "cumulative"
    ROLLING = "rolling"
    LAGGED_COHORT = "lagged_cohort"
    SMALL_DENOMINATOR = "small_denominator"


class SpecialCause(StrEnum):
    """A rule that tells a signal from noise on a control chart."""

    OUTSIDE_LIMIT = "outside_limit"
    TREND = "trend"
    TWO_OF_THREE = "two_of_three"
    SHIFT = "shift"


class VariationIcon(StrEnum):
    """The icons of Making Data Count: what it means, and whether by higher or lower values."""

    IMPROVEMENT_HIGH = "improvement_high"
    IMPROVEMENT_LOW = "improvement_low"
    CONCERN_HIGH = "concern_high"
    CONCERN_LOW = "concern_low"
    CHANGE_HIGH = "change_high"
    CHANGE_LOW = "change_low"
    COMMON_CAUSE = "common_cause"


class TargetAssurance(StrEnum):
    """Whether a process, as it runs, can be relied on to meet its target."""

    CONSISTENTLY_PASSES = "consistently_passes"
    CONSISTENTLY_FAILS = "consistently_fails"
    HIT_OR_MISS = "hit_or_miss"


class Outlook(StrEnum):
    """Where a trend leads by the day of the next dated target."""

    WILL_REACH = "will_reach"
    MAY_REACH = "may_reach"
    WILL_NOT_REACH = "will_not_reach"


class LineBreak(StrEnum):
    """Why a series is judged anew from a period on."""

    DEFINITION = "definition"
    REBASE = "rebase"


class VerdictInput(StrEnum):
    """What a verdict rests on beside the values: a change of one makes a new verdict of the old values."""

    PROFILE = "profile"
    TARGET = "target"
    POLARITY = "polarity"
    NATURE = "nature"
    UNIT = "unit"
    DEFINITION = "definition"
    REBASE = "rebase"


class RebaseState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REJECTED = "rejected"


class NarrativeKind(StrEnum):
    INTRODUCTION = "introduction"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    SUCCESS = "success"
    CHALLENGE = "challenge"
    EXCEPTION = "exception"
    COMMENTARY = "commentary"
    CLOSING = "closing"


class RiskLevel(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ControlState(StrEnum):
    IN_PLACE = "in_place"
    PLANNED = "planned"
    NONE_YET = "none_yet"
    TO_BE_CONFIRMED = "to_be_confirmed"


class SourceNoteKind(StrEnum):
    """What a source gives but cannot be placed: a doubt to settle."""

    UNPLACED = "unplaced"
    UNREADABLE = "unreadable"
    CUT_OFF = "cut_off"
    CONTRADICTION = "contradiction"
    DUPLICATE_REF = "duplicate_ref"
    MISSING = "missing"
    FOOTNOTE = "footnote"
    OTHER = "other"


class ItemKind(StrEnum):
    """What a narrative, a check, a source note or a cross-reference can be about."""

    PLAN = "plan"
    THEME = "theme"
    RECOMMENDATION = "recommendation"
    ACTION = "action"
    KPI = "kpi"
    RISK = "risk"
    CHECK = "check"


class EscalationState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"

    @property
    def is_live(self) -> bool:
        return self in LIVE_ESCALATION_STATES


LIVE_ESCALATION_STATES = (EscalationState.OPEN, EscalationState.ANSWERED)


class EscalationEventKind(StrEnum):
    RAISED = "raised"
    ANSWERED = "answered"
    CLIMBED = "climbed"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    REFERRED = "referred"
    REOPENED = "reopened"


class EscalationCause(StrEnum):
    LEAD_STUCK = "lead_stuck"
    PARTNER_DISPUTE = "partner_dispute"
    BOARD_CONCERN = "board_concern"
    ACTION_OVERDUE = "action_overdue"
    KPI_OFF_TARGET = "kpi_off_target"
    FEED_LATE = "feed_late"
    RISK_PAST_REVIEW = "risk_past_review"
    OTHER = "other"


class Role(StrEnum):
    """Roles held in one plan, by membership. ``admin`` alone is held over the whole service."""

    ADMIN = "admin"
    PROGRAMME_MANAGER = "programme_manager"
    PERFORMANCE_OFFICER = "performance_officer"
    ACTION_LEAD = "action_lead"
    SENIOR_LEADER = "senior_leader"
    BOARD_MEMBER = "board_member"
    INTERNAL_AUDITOR = "internal_auditor"
    INSPECTOR = "inspector"
    PARTNER = "partner"
    INTEGRATION = "integration"
