"""Recommendations and actions of the live sample, dated in months from the day it is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from api import vocabulary as terms
from api.core.fuzzy import FuzzyDate
from api.plan_documents.parts.work import Action, InspectionReference, Milestone, Recommendation, Slip

NOT, GO, DONE, CLOSED = (
    terms.ActionStatus.NOT_STARTED,
    terms.ActionStatus.IN_PROGRESS,
    terms.ActionStatus.COMPLETED,
    terms.ActionStatus.CLOSED,
)
GREEN, AMBER, RED, BLUE = terms.Rating.GREEN, terms.Rating.AMBER, terms.Rating.RED, terms.Rating.BLUE


def day(today: date, days: int) -> FuzzyDate:
    return FuzzyDate(date=(today + timedelta(days=days)).isoformat())


def month(today: date, months: int) -> FuzzyDate:
    place = today.year * 12 + today.month - 1 + months
    return FuzzyDate(date=f"{place // 12}-{place % 12 + 1:02}")


# fmt: off
RECOMMENDATIONS: tuple[tuple[str, str, str, str, str, terms.Rating, str], ...] = (
    ('1', 'Front door decisions',
      "Make prompt, well-reasoned decisions on every contact, with partners' information in hand.",
      'front-door', 'hos-front-door', GREEN,
      'Children get the right help the first time somebody asks for it.'),
    ("2", "Assessments and early help",
      "Finish assessments in time and let them lead to help that fits, earlier.", "front-door",
      "hos-help-protection", GREEN, "Families know what will change, and help starts before a crisis."),
    ("3", "Child protection plans",
      "See children at risk on time and write plans that say what must change by when.", "protection",
      "hos-help-protection", GREEN, "Children at risk are seen, heard and safer sooner."),
    ("4", "Work before court",
      "Stop drift before proceedings: track every case and bring it to a decision.", "protection",
      "legal-partner", AMBER, "Children do not wait for adults to decide."),
    ("5", "Missing children", "Talk with every child who went missing and use what they say.", "protection",
      "missing-lead", AMBER, "Fewer children go missing, and those who do are understood."),
    ("6", "Stability in care", "Find children homes that last, near to what they know.", "care", "hos-care",
      GREEN, "Children in care stay with people they trust."),
    ("7", "Health and learning in care",
      "Make sure children in care get health assessments and good education plans on time.", "care",
      "named-nurse", RED, "Children in care are as healthy and as well taught as their friends."),
    ("8", "Care leavers", "Give care leavers a home, a purpose and somebody to ring.", "leaving-care",
      "virtual-head", AMBER, "Care leavers start adult life on firm ground."),
    ("9", "A steady workforce", "Bring caseloads down and keep the people we have.", "workforce",
      "ad-safeguarding", AMBER, "Children keep the same worker, who has time for them."),
    ("10", "Quality of practice", "Know from audit how good practice is, and act on what audits find.",
      "quality", "hos-quality", GREEN, "Mistakes are found by us first, and not made twice."),
    ('11', "Children's voice", 'Show in every plan what the child thinks and what came of it.', 'voice',
      'participation', GREEN, 'Children say that we listen, and see what changed.'),
    ("12", "Oversight by members", "Give elected members the figures and the challenge they need.",
      "quality", "ad-safeguarding", BLUE, "Members ask the right questions early."),
)
# fmt: on


def recommendations() -> list[Recommendation]:
    return [
        Recommendation(
            ref=ref,
            label=label,
            text=text,
            origin=terms.Origin.INSPECTION,
            inspection_references=[InspectionReference(inspection="ilacs", finding=f"F{ref}")]
            if ref != "12"
            else [],
            response={"decision": terms.ResponseDecision.ACCEPTED},
            leads=[{"party": lead}],
            themes=[theme],
            outcome=outcome,
            status=terms.RecommendationStatus.BUSINESS_AS_USUAL
            if ref == "12"
            else terms.RecommendationStatus.ACTIVE,
            status_note="Lives in the scrutiny committee's yearly work plan." if ref == "12" else None,
            rating=rating,
            assured_rating=AMBER if ref == "1" else None,
            confidence=terms.Confidence.LIMITED if rating is RED else terms.Confidence.REASONABLE,
            no_kpis_reason="Judged by the committee's own yearly review." if ref == "12" else None,
        )
        for ref, label, text, theme, lead, rating, outcome in RECOMMENDATIONS
    ]


@dataclass(frozen=True)
class Task:
    ref: str
    title: str
    lead: str | None
    due: int | None
    """Days from today; negative is past. None: no date."""
    status: terms.ActionStatus = GO
    rating: terms.Rating | None = GREEN
    kpis: tuple[str, ...] = ()
    test: str | None = None
    slipped: tuple[tuple[int, str], ...] = ()
    """Earlier due dates in days from today, each with the reason it moved."""
    done: int | None = None
    milestones: tuple[tuple[str, int, bool], ...] = ()
    by_month: bool = False
    assured: bool = False


T = Task
# fmt: off
TASKS: tuple[Task, ...] = (
    T("1.1", "Run one daily meeting of police, health and the council at the front door", "hos-front-door",
      -200, DONE, BLUE, ("K10",), done=-214),
    T("1.2", "Write down thresholds on two pages and brief every school", "hos-front-door", -95, DONE, BLUE,
      done=-90),
    T("1.3", "Review a sample of closed contacts every week", "hos-front-door", 40, GO, GREEN, ("K10",),
      "Nine in ten decisions upheld on review", milestones=(("First month reviewed", -30, True),
      ("Findings to the delivery group", 12, False))),
    T("1.3.1", "Agree the sample with the audit team", "hos-quality", -60, DONE, BLUE, done=-58),
    T("1.3.2", "Record why a decision was overturned", "hos-front-door", 20),
    T("1.4", "Send referrers an answer within one working day", "hos-front-door", -12, GO, AMBER,
      slipped=((-75, "The letter had to be rewritten with partners."),)),
    T("2.1", "Start every assessment with a midpoint review date", "hos-help-protection", -150, DONE, BLUE,
      ("K11",), done=-140),
    T("2.2", "Coach team managers in analysis, in pairs", "hos-quality", 60, GO, GREEN, ("K24",),
      by_month=True),
    T("2.3", "Report early help started by partners, monthly", "hos-front-door", -38, GO, RED, ("K06",),
      slipped=((-130, "Two schools could not export their records."), (-66,
      "The export was wrong and is being mended."))),
    T("2.4", "Open a second family hub", "hos-front-door", 160, NOT, GREEN, by_month=True),
    T("2.5", "Agree one early help assessment form", "hos-front-door", 5, GO, GREEN),
    T("3.1", "Give managers a daily list of visits due", "hos-help-protection", -180, CLOSED, BLUE, ("K12",
      ), done=-185, assured=True),
    T("3.2", "Rewrite the plan template around what must change", "iro-manager", -55, DONE, BLUE, done=-50),
    T('3.3', 'Hold conferences within 15 working days', 'iro-manager', 25, GO, AMBER, ('K14',),
      slipped=((-20, "One chair's post was empty for two months."),)),
    T("3.3.1", "Appoint a fourth conference chair", "iro-manager", -8, GO, AMBER),
    T("3.3.2", "Book rooms for a quarter ahead", "iro-manager", 14),
    T("3.4", "Review every plan older than fifteen months", "hos-help-protection", 75, NOT, GREEN, ("K29",
      )),
    T("3.5", "Record core groups on the new form", "team-managers", 33),
    T("4.1", "Track all cases before proceedings in one list", "legal-partner", -120, DONE, BLUE, ("K22",),
      done=-101),
    T("4.2", "Hold a fortnightly legal gateway meeting", "legal-partner", -30, GO, AMBER, ("K22",)),
    T("4.3", "Cut the wait for expert reports", "legal-partner", 90, GO, AMBER, by_month=True),
    T("4.4", "Tell children when a decision about them is due", None, 50, NOT, None),
    T("5.1", "Offer an interview within a day of return", "missing-lead", -20, GO, AMBER, ("K21",),
      slipped=((-110, "The service was short of two interviewers."),)),
    T("5.2", "Map where children go and share it with police", "missing-lead", 45, GO, GREEN),
    T("5.3", "Bring interviews into the care plan within a week", "hos-care", 28, NOT, GREEN),
    T("5.4", "Buy out-of-hours interviews from a charity", "missing-lead", 110, NOT, GREEN, by_month=True),
    T("6.1", "Recruit twenty foster households", "hos-care", 130, GO, AMBER, ("K26",),
      "Twenty approved households by year end", milestones=(("Ten enquiries a month", -40, True),
      ("Ten approved", -5, False), ("Twenty approved", 130, False)), by_month=True),
    T("6.2", "Hold a stability meeting at the first sign of strain", "hos-care", -70, DONE, BLUE, ("K26",),
      done=-71),
    T("6.3", "Match children to homes within the county first", "hos-care", 65, GO, GREEN),
    T("6.4", "Visit every child placed far away within two months", "hos-care", -3, GO, GREEN, ("K13",)),
    T("6.5", "Train foster carers in letting children help decide", "participation", 85, NOT, GREEN),
    T("7.1", "Tell the health trust the day a child comes into care", "named-nurse", -100, GO, RED, ("K19",
      ), slipped=((-190, "Consent forms were late."), (-150, "The trust changed its booking system."))),
    T("7.2", "Hold clinic slots for children new in care", "named-nurse", -45, GO, RED, ("K19",)),
    T("7.3", "Check dental records with the trust each quarter", "named-nurse", 22, GO, AMBER, ("K23",)),
    T("7.4", "Coach schools in writing education plans", "virtual-head", 55, GO, GREEN, ("K20",)),
    T("7.5", "Agree one escalation route for missed assessments", "named-nurse", 8, GO, AMBER),
    T("8.1", "Give every care leaver a named adviser before they turn 16", "virtual-head", -85, DONE, BLUE,
      ("K27",), done=-60),
    T("8.2", "Agree twelve training flats with housing", "housing-partner", -15, GO, AMBER, ("K27",),
      slipped=((-100, "The lease took longer than planned."),)),
    T("8.3", "Offer work experience in every council department", "virtual-head", 70, GO, GREEN, ("K28",)),
    T("8.4", "Write a plain guide to money and rights", "participation", 18, GO, GREEN),
    T("8.5", "Hold a yearly health summary for each leaver", "named-nurse", 95, NOT, GREEN),
    T("9.1", "Fund eighteen more social work posts", "ad-safeguarding", -240, DONE, BLUE, ("K15",),
      done=-236),
    T("9.2", "Pay a retention bonus after two years", "hr-partner", -110, DONE, BLUE, ("K17",), done=-105),
    T("9.3", "Replace agency workers in the two longest-waiting teams", "hr-partner", 30, GO, AMBER, ("K18",
      ), slipped=((-60, "Four offers were declined."),)),
    T("9.4", "Hold supervision every four weeks, without fail", "team-managers", -25, GO, AMBER, ("K16",)),
    T("9.5", "Open an academy for newly qualified workers", "hr-partner", 140, NOT, GREEN, by_month=True),
    T("9.6", "Ask every leaver why", "hr-partner", -160, CLOSED, BLUE, done=-158, assured=True),
    T("10.1", "Audit thirty files a month, moderated", "hos-quality", -130, DONE, BLUE, ("K08", "K24"),
      done=-96),
    T('10.2', "Feed each month's findings into training", 'hos-quality', 15, GO, GREEN, ('K25',)),
    T("10.3", "Invite a neighbouring council to moderate", "hos-quality", 80, NOT, GREEN),
    T("10.4", "Show team managers their own audit trend", "hos-quality", -6, GO, GREEN),
    T("10.5", "Close the loop: check that actions from audits happened", None, -18, GO, None),
    T("11.1", "Start a quarterly survey of children", "participation", -220, DONE, BLUE, ("K31",),
      done=-219),
    T("11.2", "Have young people interview senior staff", "participation", 38, GO, GREEN),
    T("11.3", "Show in each review what the child asked for", "iro-manager", 58, GO, GREEN, ("K31",)),
    T("11.4", "Publish what children said and what we did", "participation", None, NOT, GREEN),
    T('12.1', "Brief members on children's figures every quarter", 'ad-safeguarding', -300, CLOSED, BLUE,
      done=-301, assured=True),
    T("12.2", "Pair each member with a service to visit", "ad-safeguarding", -260, DONE, BLUE, done=-262),
)
# fmt: on


def actions(today: date) -> list[Action]:
    theme_of = {ref: theme for ref, _, _, theme, *_ in RECOMMENDATIONS}
    return [_action(task, theme_of[task.ref.split(".")[0]], today) for task in TASKS]


def _action(task: Task, theme: str, today: date) -> Action:
    parts = task.ref.split(".")
    due = None
    if task.due is not None:
        due = month(today, round(task.due / 30)) if task.by_month else day(today, task.due)
    steps = [*(before for before, _ in task.slipped), task.due]
    slips = [
        Slip(
            from_due=day(today, before),
            to_due=day(today, after or 0),
            reason=reason,
            agreed_on=today + timedelta(days=before - 3),
            approved_by="Programme manager",
        )
        for (before, reason), after in zip(task.slipped, steps[1:], strict=True)
    ]
    return Action(
        ref=task.ref,
        title=task.title,
        parent=".".join(parts[:2]) if len(parts) == 3 else None,
        recommendations=[parts[0]],
        themes=[theme],
        kpis=list(task.kpis),
        leads=[{"party": task.lead}] if task.lead else [],
        success_test=task.test,
        start=day(today, (task.due if task.due is not None else 0) - 180),
        due=due,
        original_due=day(today, task.slipped[0][0]) if task.slipped else None,
        milestones=[
            Milestone(title=title, due=day(today, at), done_on=today + timedelta(days=at) if met else None)
            for title, at, met in task.milestones
        ],
        slips=slips,
        status=task.status,
        rating=task.rating,
        completed_on=today + timedelta(days=task.done) if task.done is not None else None,
        assurance_required=task.assured,
    )
