"""Small plan documents of every shape the format allows, whose refs all lead somewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from api import vocabulary as terms

Json = dict[str, Any]

_letters = st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc"))
words = st.text(_letters, max_size=8).map(lambda text: f"<{text}>")
numbers = st.decimals(-99_999, 99_999, places=2).map(float)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(lambda day: day.isoformat())
written = st.one_of(
    days,
    days.map(lambda day: day[:7]),
    days.map(lambda day: day[:4]),
    st.builds(lambda year, quarter: f"{year}-Q{quarter}", st.integers(1950, 2150), st.integers(1, 4)),
)
dates = st.one_of(
    written,
    st.builds(lambda date, text: {"date": date, "text": text}, written, words),
    st.builds(lambda date: {"date": date, "ongoing": True}, written),
    st.builds(lambda text: {"text": text}, words),
    st.just({"ongoing": True}),
)
PARTIES, THEMES, RECOMMENDATIONS = ("p1", "P2", "p3"), ("t1", "t2"), ("1", "2", "2a")
KPIS, ACTIONS, RISKS, CHECKS = ("k1", "K2"), ("a.1", "A.2", "a.3"), ("r1",), ("c1", "c2")
FEEDS, DATASETS = ("f1", "F2"), ("drawn-d1", "Drawn-D2")
_instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
moments = _instants.map(lambda moment: f"{moment.isoformat()}Z")
periods = st.sampled_from(["2026-07", "2026-08"])


def one_of(words: Any) -> SearchStrategy[str]:
    return st.sampled_from(sorted(word.value for word in words))


def some(refs: tuple[str, ...]) -> SearchStrategy[list[str]]:
    return st.permutations(refs).flatmap(lambda order: st.integers(1, len(refs)).map(lambda n: order[:n]))


def part(required: Json, **optional: SearchStrategy[Any]) -> SearchStrategy[Json]:
    """A part with its required fields and any of the others."""
    fixed = {
        name: value if isinstance(value, SearchStrategy) else st.just(value)
        for name, value in required.items()
    }
    return st.fixed_dictionaries(fixed, optional=optional)


def up_to(count: int, entries: SearchStrategy[Any]) -> SearchStrategy[list[Any]]:
    return st.lists(entries, min_size=1, max_size=count)


leads = st.tuples(some(PARTIES), st.booleans(), words).map(
    lambda drawn: [
        {"party": party, "as_printed": drawn[2], "doubtful": True} if drawn[1] and place else party
        for place, party in enumerate(drawn[0])
    ]
)
abouts = st.one_of(
    st.just({"kind": "plan"}),
    *(
        st.builds(lambda ref, kind=kind: {"kind": kind, "ref": ref}, st.sampled_from(refs))
        for kind, refs in (
            ("theme", THEMES),
            ("recommendation", RECOMMENDATIONS),
            ("action", ACTIONS),
            ("kpi", KPIS),
            ("risk", RISKS),
        )
    ),
)
scores = part(
    {"level": one_of(terms.RiskLevel)},
    likelihood=st.integers(1, 5),
    impact=st.integers(1, 5),
    as_printed=words,
)


def _recommendation(ref: str) -> SearchStrategy[Json]:
    return part(
        {
            "ref": ref,
            "text": words,
            "origin": one_of(terms.Origin),
            "status": one_of(terms.RecommendationStatus),
        },
        label=words,
        parts=up_to(2, part({"ref": words, "text": words})),
        inspection_references=up_to(2, part({"text": words}, inspection=st.just("i1"), page=words)),
        response=part({"decision": one_of(terms.ResponseDecision)}, reason=words),
        leads=leads,
        themes=some(THEMES),
        outcome=words,
        rating=one_of(terms.Rating),
        rating_reason=words,
        confidence=one_of(terms.Confidence),
    )


def _action(ref: str) -> SearchStrategy[Json]:
    # Only the first may be a parent: whatever is drawn, nothing leads back to itself.
    parents = {"parent": st.just(ACTIONS[0])} if ref != ACTIONS[0] else {}
    return part(
        {"ref": ref, "title": words, "status": one_of(terms.ActionStatus)},
        **parents,
        recommendations=some(RECOMMENDATIONS),
        kpis=some(KPIS),
        themes=some(THEMES),
        leads=leads,
        points=up_to(2, words),
        start=dates,
        due=dates,
        due_means=st.just("review"),
        milestones=up_to(2, part({"title": words}, due=dates, done_on=days)),
        slips=up_to(2, part({"to_due": dates, "reason": words}, from_due=dates, agreed_on=days)),
        completed_on=days,
        dimension=one_of(terms.Dimension),
        dimensions=up_to(
            2,
            part({"dimension": one_of(terms.Dimension), "answer": one_of(terms.DimensionAnswer)}, text=words),
        ),
        cross_references=up_to(2, part({"text": words}, to=abouts)),
        assurance_required=st.just(True),
    )


_rebase = {
    "from_period": periods,
    "reason": words,
    "proposed_by": words,
    "proposed_at": moments,
}
rebases = st.tuples(
    part({"number": 1, "state": "agreed", "decided_by": words, "decided_at": moments} | _rebase),
    part({"number": 2, "state": "rejected", "decided_by": words, "decided_at": moments} | _rebase),
    part({"number": 3} | _rebase, segment=st.just("_all"), basis=one_of(terms.Basis)),
).map(list)


def _pairing(dataset: str) -> SearchStrategy[Json]:
    alike = {"period_alike": True, "definition_alike": True}
    return st.one_of(
        part({"dataset": dataset, "indicator": "rate", "filters": {"sex": "Total"}} | alike, reason=words),
        part({"dataset": dataset, "indicator": "number", "reason": words}),
    )


def _kpi(ref: str) -> SearchStrategy[Json]:
    return part(
        {
            "ref": ref,
            "title": words,
            "unit": st.just("percent"),
            "polarity": one_of(terms.Polarity),
            "period_type": st.just("month"),
        },
        other_titles=up_to(2, words),
        category=st.just("how_well"),
        leads=leads,
        recommendations=st.tuples(some(RECOMMENDATIONS), leads, words).map(
            lambda drawn: [
                {"recommendation": ref, "leads": drawn[1], "wording": drawn[2]} for ref in drawn[0]
            ]
        ),
        segments=st.just([{"ref": "north", "title": "North"}, {"ref": "south", "title": "South"}]),
        definitions=up_to(
            2,
            part(
                {"decimals": st.sampled_from([0, 2, 6])},
                good_value=numbers,
                caveats=up_to(2, words),
            ),
        ),
        targets=up_to(
            2,
            st.one_of(
                part({"kind": st.just("standing"), "value": numbers}, text=words),
                part({"kind": st.just("by_date"), "to_be_confirmed": st.just(True)}, due=dates),
            ),
        ),
        tolerance=numbers.map(abs),
        feed=st.sampled_from(FEEDS),
        locks_after_days=st.just(0),
        rebases=rebases,
        benchmarks=st.permutations(DATASETS).flatmap(lambda refs: st.tuples(*map(_pairing, refs))).map(list),
    )


def _measurement(kpi: str) -> SearchStrategy[Json]:
    """What nobody doubts of a percentage: one beyond it would come back as under query."""
    value = st.decimals(0, 100, places=2).map(float)
    said: Json = {"kpi": kpi, "period": periods, "value": value}
    queried = {"workflow": "under_query", "question": words}
    return st.one_of(
        part(said, note=words, basis=one_of(terms.Basis)),
        part(said | {"workflow": "signed_off"}, source=words),
        part(said | queried, answer=words, note=words),
    )


EDITIONS: list[Json] = [
    {
        "number": 1,
        "moderation_expected": True,
        "scale": {"lowest": 1, "highest": 10},
        "bands": [
            {"title": "Weak", "lowest": 1, "grade": "inadequate"},
            {"title": "Sound", "lowest": 6, "grade": "good"},
        ],
        "domains": [
            {"ref": "plan", "title": "Planning", "scale": "score"},
            {"ref": "All", "title": "Overall"},
        ],
    },
    {"number": 2, "domains": [{"ref": "all", "title": "Overall"}, {"ref": "voice", "title": "Voice"}]},
]
grades, marks_out_of_ten = one_of(terms.Grade), st.integers(1, 10)


def _audit(ref: str) -> SearchStrategy[Json]:
    months = st.sampled_from(["2026-07", "2026-08"])
    people = {"team": st.just("North"), "auditor": st.sampled_from(PARTIES)}
    withdrawn = part({"because": one_of(terms.AuditWithdrawal), "at": moments})
    first = st.tuples(
        part({"domain": "plan", "before": marks_out_of_ten}, after=marks_out_of_ten),
        part({"domain": "All", "before": grades}, after=grades),
    )
    second = st.tuples(part({"domain": "all", "before": grades, "after": grades}))
    said = {"ref": ref, "template": "practice", "month": months}
    return st.one_of(
        part(said | {"edition": 1, "marks": first.map(list)}, **people, withdrawn=withdrawn),
        part(said | {"edition": 2, "marks": second.map(list)}, **people, moderator=st.sampled_from(PARTIES)),
    )


_judged: Json = {"grade": grades, "reason": words, "recorded_at": moments}
positions = st.one_of(
    part(_judged | {"judged_on": "2026-08-31", "party": st.sampled_from(PARTIES)}, place=st.just("upper")),
    part(_judged | {"judged_on": "2026-07-31", "judged_by": words}),
)
locks = part(
    {"to_day": "2026-07-31", "reason": words, "by": words, "at": moments},
    kpi=st.sampled_from(KPIS),
    from_day=st.just("2026-07-01"),
    is_locked=st.just(False),
)


DERIVED = {
    "ref": "K3",
    "title": "Audits good in the child's voice",
    "unit": "percent",
    "polarity": "higher",
    "period_type": "month",
    "benchmarks": [
        {"dataset": ref, "indicator": "rate", "period_alike": True, "definition_alike": True}
        for ref in DATASETS
    ],
}


def listed(refs: tuple[str, ...], made: Any) -> SearchStrategy[list[Json]]:
    return st.tuples(*(made(ref) for ref in refs)).map(list)


_BODY: Json = {
    "inspections": st.just([{"ref": "i1", "framework": "ilacs"}]),
    "parties": listed(
        PARTIES, lambda ref: part({"ref": ref, "kind": "role", "name": words}, aliases=up_to(2, words))
    ).map(lambda parties: [*parties, {"ref": "North", "kind": "team", "name": "North team"}]),
    "themes": listed(
        THEMES, lambda ref: part({"ref": ref, "kind": "theme", "title": words}, description=words)
    ),
    "recommendations": listed(RECOMMENDATIONS, _recommendation),
    "actions": listed(ACTIONS, _action),
    "checks": listed(
        CHECKS,
        lambda ref: part(
            {"ref": ref, "about": abouts, "title": words, "kind": one_of(terms.CheckKind)},
            owners=leads,
            due=dates,
            results=up_to(2, part({"on": days, "result": one_of(terms.CheckResultKind)}, evidence=words)),
        ),
    ),
    "feeds": listed(
        FEEDS,
        lambda ref: part(
            {"ref": ref, "title": words},
            system=words,
            owner=st.sampled_from(PARTIES),
            frequency=words,
            due_after_days=st.integers(0, 90),
            locks_after_days=st.integers(0, 90),
        ),
    ),
    "benchmark_datasets": st.just([{"ref": ref, "title": ref, "source": "Drawn"} for ref in DATASETS]),
    "kpis": listed(KPIS, _kpi).map(lambda kpis: [*kpis, DERIVED]),
    "period_locks": up_to(2, locks),
    "audit_templates": words.map(lambda title: [{"ref": "practice", "title": title, "editions": EDITIONS}]),
    "audits": listed(("AU-1", "AU-2", "AU-30"), _audit),
    "audit_measures": st.sampled_from([terms.AuditStage.BEFORE, terms.AuditStage.AFTER]).map(
        lambda stage: [
            {
                "kpi": DERIVED["ref"],
                "template": "practice",
                # Nobody marks it here, so no value is derived that the document would not have.
                "domain": "voice",
                "stage": stage.value,
                "statistic": "share",
                "grades": ["good"],
            }
        ]
    ),
    "windscreen_positions": up_to(2, positions),
    "measurements": st.tuples(*(_measurement(ref) for ref in KPIS)).map(list),
    "narratives": up_to(
        3,
        part(
            {"about": up_to(2, abouts), "kind": one_of(terms.NarrativeKind), "text": words},
            on=dates,
            rating=one_of(terms.Rating),
            recovery_due=dates,
        ),
    ),
    "risks": listed(
        RISKS,
        lambda ref: part(
            {"ref": ref, "title": words},
            current=scores,
            target=scores,
            controls=up_to(
                2, part({"text": words}, state=st.just("planned"), owner=st.sampled_from(PARTIES))
            ),
            actions=some(ACTIONS),
        ),
    ),
    "source_notes": up_to(
        3,
        part({"about": abouts, "kind": one_of(terms.SourceNoteKind), "text": words}, settled=st.just(True)),
    ),
}


@st.composite
def bodies(draw: st.DrawFn) -> Json:
    """Everything of a document but its plan. Drawn list by list, or its description grows beyond reading."""
    return {name: draw(entries) for name, entries in _BODY.items()}
