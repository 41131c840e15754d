"""The live sample as one plan document, built for the day it is loaded on."""

from __future__ import annotations

from datetime import date, timedelta

from api import vocabulary as terms
from api.core.fuzzy import FuzzyDate
from api.plan_documents.document import FORMAT, PlanDocument
from api.plan_documents.parts.basics import About
from api.plan_documents.parts.plan import (
    Authority,
    Board,
    ColourMeaning,
    Finding,
    Inspection,
    Intervention,
    Judgement,
    Party,
    Plan,
    StatusWord,
    Theme,
)
from api.plan_documents.parts.work import Check, CheckResult, Control, Narrative, Risk, RiskScore, SourceNote
from api.samples.live import audits, benchmarks, figures, work

PLAN_REF = "northmoor"

PARTIES: tuple[tuple[str, terms.PartyKind, str, str | None], ...] = (
    ("director", terms.PartyKind.ROLE, "Director of children's services", None),
    ("ad-safeguarding", terms.PartyKind.ROLE, "Assistant director, safeguarding", None),
    ("hos-front-door", terms.PartyKind.ROLE, "Head of service, front door and early help", None),
    ("hos-help-protection", terms.PartyKind.ROLE, "Head of service, help and protection", None),
    ("hos-care", terms.PartyKind.ROLE, "Head of service, children in care", None),
    ("hos-quality", terms.PartyKind.ROLE, "Head of quality assurance", None),
    ("iro-manager", terms.PartyKind.ROLE, "Manager of independent reviewing officers", None),
    ("virtual-head", terms.PartyKind.ROLE, "Virtual school head", None),
    ("missing-lead", terms.PartyKind.ROLE, "Lead for missing and exploited children", None),
    ("participation", terms.PartyKind.TEAM, "Participation team", None),
    *((ref, terms.PartyKind.TEAM, name, None) for ref, name, _ in audits.TEAMS),
    ("hr-partner", terms.PartyKind.ROLE, "Human resources partner", None),
    ("legal-partner", terms.PartyKind.ROLE, "Principal lawyer, children", None),
    ("named-nurse", terms.PartyKind.ROLE, "Named nurse for children in care", "Northmoor health trust"),
    ("housing-partner", terms.PartyKind.ROLE, "Housing options manager", "Northmoor housing"),
    ("team-managers", terms.PartyKind.EVERYONE, "All team managers", None),
)

THEMES = (
    ("front-door", "Front door and early help"),
    ("protection", "Protection"),
    ("care", "Children in care"),
    ("leaving-care", "Leaving care"),
    ("workforce", "Workforce"),
    ("quality", "Quality and oversight"),
    ("voice", "Children's voice"),
)


def live_plan(today: date) -> PlanDocument:
    """Raises ValidationError only if this module is wrong: a test builds it for many days."""
    return PlanDocument(
        format=FORMAT,
        plan=_plan(today),
        inspections=[_inspection(today)],
        parties=[
            Party(ref=ref, kind=kind, name=name, organisation=home) for ref, kind, name, home in PARTIES
        ],
        themes=[Theme(ref=ref, kind=terms.ThemeKind.IMPROVEMENT_AREA, title=title) for ref, title in THEMES],
        recommendations=work.recommendations(),
        actions=work.actions(today),
        checks=_checks(today),
        kpis=figures.kpis(today),
        measurements=figures.measurements(today),
        narratives=_narratives(today),
        risks=_risks(today),
        source_notes=_notes(),
    )


def _ago(today: date, days: int) -> FuzzyDate:
    return FuzzyDate(date=(today - timedelta(days=days)).isoformat())


def _plan(today: date) -> Plan:
    return Plan(
        ref=PLAN_REF,
        title="Children's services improvement plan",
        authority=Authority(ref="northmoor", name="Northmoor Council", la_code=benchmarks.LA_CODE),
        version="Agreed by the improvement board",
        status=terms.PlanStatus.ACTIVE,
        starts=work.month(today, -14),
        ends=work.month(today, 10),
        statement_received_on=today - timedelta(days=430),
        signatories=["Director of children's services", "Lead member for children"],
        status_words=[
            StatusWord(word="Not started", status=terms.ActionStatus.NOT_STARTED, counts_as_done=False),
            StatusWord(word="Under way", status=terms.ActionStatus.IN_PROGRESS, counts_as_done=False),
            StatusWord(word="Done", status=terms.ActionStatus.COMPLETED, counts_as_done=True),
            StatusWord(word="Done and checked", status=terms.ActionStatus.CLOSED, counts_as_done=True),
        ],
        colour_key=[
            ColourMeaning(colour=terms.Rating.BLUE, word="Blue", progress="Finished"),
            ColourMeaning(
                colour=terms.Rating.GREEN,
                word="Green",
                progress="Will be done on time",
                counts_as=terms.Confidence.CONFIDENT,
            ),
            ColourMeaning(
                colour=terms.Rating.AMBER,
                word="Amber",
                progress="Late, and being put right",
                counts_as=terms.Confidence.REASONABLE,
            ),
            ColourMeaning(
                colour=terms.Rating.RED,
                word="Red",
                progress="Late, and help is needed",
                counts_as=terms.Confidence.LIMITED,
            ),
        ],
        boards=[
            Board(
                name="Improvement board",
                chair="Independent chair",
                frequency="Every two months",
                is_independent=True,
                is_multi_agency=True,
            ),
            Board(
                name="Delivery group",
                chair="Assistant director, safeguarding",
                frequency="Monthly",
                reports_to="Improvement board",
            ),
            Board(name="Scrutiny committee", chair="Elected member", frequency="Quarterly"),
        ],
        intervention=Intervention(
            type="Improvement notice", issued_on=today - timedelta(days=400), adviser="Improvement adviser"
        ),
    )


def _inspection(today: date) -> Inspection:
    ri, inadequate = terms.Grade.REQUIRES_IMPROVEMENT, terms.Grade.INADEQUATE
    return Inspection(
        ref="ilacs",
        framework=terms.Framework.ILACS,
        title="Inspection of children's services",
        starts=_ago(today, 470),
        ends=_ago(today, 459),
        received_on=today - timedelta(days=430),
        published_on=_ago(today, 424),
        judgements=[
            Judgement(area="Leaders' impact on social work practice", grade=ri),
            Judgement(area="Children who need help and protection", grade=inadequate),
            Judgement(area="Children in care", grade=ri),
            Judgement(area="Care leavers", grade=ri),
            Judgement(area="Overall effectiveness", grade=inadequate),
        ],
        findings=[
            Finding(
                ref=f"F{ref}",
                text=f"On {label.lower()}: what inspectors found must improve.",
                paragraphs=str(10 + int(ref) * 2),
            )
            for ref, label, *_ in work.RECOMMENDATIONS
            if ref != "12"
        ],
    )


def _about(kind: str, ref: str | None = None) -> About:
    return About(kind=terms.ItemKind(kind), ref=ref)


def _checks(today: date) -> list[Check]:
    def check(
        ref: str,
        about: str,
        title: str,
        kind: terms.CheckKind,
        due: int,
        *results: tuple[int, terms.CheckResultKind, str],
    ) -> Check:
        return Check(
            ref=ref,
            about=_about("action", about),
            title=title,
            kind=kind,
            owners=[{"party": "hos-quality"}],
            due=work.day(today, due),
            results=[
                CheckResult(
                    on=today - timedelta(days=ago),
                    result=found,
                    evidence=words,
                    by="Head of quality assurance",
                )
                for ago, found, words in results
            ],
        )

    found = terms.CheckResultKind
    kind = terms.CheckKind
    return [
        check(
            "C1",
            "3.1",
            "Compare the daily list with visits recorded",
            kind.DATA_REVIEW,
            -120,
            (118, found.IMPACT_CLEAR, "Visits on time rose in every team once managers had the list."),
        ),
        check(
            "C2",
            "9.6",
            "Read a year of leaving interviews",
            kind.REPORT,
            -140,
            (138, found.SOME_IMPACT, "Reasons are known now; pay matters less than caseload."),
        ),
        check(
            "C3",
            "12.1",
            "Sit in on two briefings",
            kind.OBSERVATION,
            -280,
            (279, found.IMPACT_CLEAR, "Members asked about the figures that had worsened."),
        ),
        check(
            "C4",
            "1.2",
            "Ask ten schools about thresholds",
            kind.SURVEY,
            -30,
            (28, found.NO_IMPACT, "Seven of ten had not seen the two pages."),
        ),
        check("C5", "6.2", "Dip sample of stability meetings", kind.DIP_SAMPLE, 21),
        check("C6", "10.1", "Moderate twenty audits with a neighbour", kind.AUDIT, -9),
    ]


_WORDS: tuple[tuple[str, str, terms.Rating, str], ...] = (
    (
        "1",
        "Decisions are made in a day for nine contacts in ten."
        " Schools still send what early help could take.",
        work.GREEN,
        "hos-front-door",
    ),
    (
        "2",
        "Assessments finish on time more often each month."
        " Partners' early help is still not counted in full.",
        work.GREEN,
        "hos-help-protection",
    ),
    (
        "3",
        "Visits are on time. Conferences slipped while a chair's post was empty.",
        work.GREEN,
        "hos-help-protection",
    ),
    ("4", "All cases are in one list. Expert reports remain the longest wait.", work.AMBER, "legal-partner"),
    ("5", "Interviews within 72 hours are recovering after a hard spring.", work.AMBER, "missing-lead"),
    (
        "6",
        "Fewer children moved three times. Enquiries from foster households are below what we need.",
        work.GREEN,
        "hos-care",
    ),
    (
        "7",
        "First health assessments are later than a year ago. The trust has been asked for a recovery date.",
        work.RED,
        "named-nurse",
    ),
    ("8", "Homes are better; work and training have hardly moved.", work.AMBER, "virtual-head"),
    (
        "9",
        "Caseloads are close to what we promised. Agency use went up again.",
        work.AMBER,
        "ad-safeguarding",
    ),
    (
        "10",
        "Half of audits are good or better. Closing the loop is nobody's job yet.",
        work.GREEN,
        "hos-quality",
    ),
    ("11", "Four in five children say their worker listens.", work.GREEN, "participation"),
)


def _narratives(today: date) -> list[Narrative]:
    names = {ref: name for ref, _, name, _ in PARTIES}
    progress = [
        Narrative(
            about=[_about("recommendation", ref)],
            kind=terms.NarrativeKind.PROGRESS,
            text=words,
            on=_ago(today, 34 * back + 9),
            by=names[lead],
            rating=rating if back == 0 else None,
        )
        for ref, words, rating, lead in _WORDS
        for back in (0,)
    ]
    earlier = [
        Narrative(
            about=[_about("recommendation", ref)],
            kind=terms.NarrativeKind.PROGRESS,
            text="Work began as planned; the first figures are due next month.",
            on=_ago(today, 200),
            by=names[lead],
        )
        for ref, _, _, lead in _WORDS
    ]
    return [
        Narrative(
            about=[_about("plan")],
            kind=terms.NarrativeKind.INTRODUCTION,
            on=_ago(today, 400),
            text="This plan answers the inspection. It says who does what by when,"
            " and how we shall know that children are better off.",
        ),
        Narrative(
            about=[_about("plan")],
            kind=terms.NarrativeKind.SUCCESS,
            on=_ago(today, 12),
            text="Re-referrals are the lowest in three years,"
            " and visits to children with a protection plan are on time.",
        ),
        Narrative(
            about=[_about("plan")],
            kind=terms.NarrativeKind.CHALLENGE,
            on=_ago(today, 12),
            text="First health assessments and agency use are getting worse,"
            " and both need partners outside the service.",
        ),
        *progress,
        *earlier,
        Narrative(
            about=[_about("kpi", "K19")],
            kind=terms.NarrativeKind.EXCEPTION,
            on=_ago(today, 20),
            period=figures.latest_month(today).key,
            by="Named nurse for children in care",
            text="Fewer than half were seen in time.",
            cause="Clinic slots were lost when the trust changed its booking system.",
            recovery="Twelve slots a month are held from next month.",
            recovery_due=work.month(today, 2),
        ),
        Narrative(
            about=[_about("action", "7.1")],
            kind=terms.NarrativeKind.EXCEPTION,
            on=_ago(today, 20),
            text="The notice reaches the trust in four days, not one.",
            cause="Consent is gathered on paper.",
            recovery="An electronic form is in test.",
            recovery_due=work.month(today, 1),
        ),
    ]


def _risks(today: date) -> list[Risk]:
    high, medium, low = terms.RiskLevel.HIGH, terms.RiskLevel.MEDIUM, terms.RiskLevel.LOW
    return [
        Risk(
            ref="R1",
            title="Agency costs crowd out permanent posts",
            cause="Offers are declined for pay",
            effect="Caseloads rise again",
            current=RiskScore(level=high, likelihood=4, impact=4),
            residual=RiskScore(level=medium, likelihood=3, impact=4),
            target=RiskScore(level=low, likelihood=2, impact=3),
            controls=[
                Control(text="Retention bonus"),
                Control(text="Academy", state=terms.ControlState.PLANNED, owner="hr-partner"),
            ],
            owners=[{"party": "hr-partner"}],
            actions=["9.3", "9.5"],
            review_on=today + timedelta(days=25),
        ),
        Risk(
            ref="R2",
            title="Health partners cannot meet the assessment timescale",
            cause="Clinic capacity",
            effect="Children's needs go unseen",
            current=RiskScore(level=high, likelihood=5, impact=4),
            residual=RiskScore(level=high, likelihood=4, impact=4),
            controls=[Control(text="None yet", state=terms.ControlState.NONE_YET)],
            owners=[{"party": "named-nurse"}],
            actions=["7.1", "7.2"],
            review_on=today - timedelta(days=11),
        ),
        Risk(
            ref="R3",
            title="The case system changes while figures matter most",
            cause="The contract ends",
            effect="Months without values",
            current=RiskScore(level=medium, likelihood=3, impact=4),
            controls=[Control(text="To be confirmed", state=terms.ControlState.TO_BE_CONFIRMED)],
            owners=[{"party": "ad-safeguarding"}],
            review_on=today + timedelta(days=60),
        ),
        Risk(
            ref="R4",
            title="Foster households are approved too slowly",
            current=RiskScore(level=medium),
            residual=RiskScore(level=low),
            controls=[Control(text="Weekly panel")],
            owners=[{"party": "hos-care"}],
            actions=["6.1"],
            review_on=today + timedelta(days=40),
        ),
    ]


def _notes() -> list[SourceNote]:
    kind = terms.SourceNoteKind
    return [
        SourceNote(about=_about("action", "4.4"), kind=kind.MISSING, text="The board's paper names no lead."),
        SourceNote(
            about=_about("action", "11.4"),
            kind=kind.MISSING,
            text="No date was given; the minutes say only 'soon'.",
        ),
        SourceNote(
            about=_about("kpi", "K21"),
            kind=kind.CONTRADICTION,
            text="Three months were reported to the board as 61 % and are not in the system.",
        ),
        SourceNote(
            about=_about("kpi", "K28"),
            kind=kind.UNPLACED,
            text="A target of 60 % is mentioned once in a cabinet paper, without a date.",
        ),
        SourceNote(
            about=_about("plan"),
            kind=kind.OTHER,
            text="The plan's cover says 58 actions; count again at the next version.",
            settled=True,
        ),
    ]
