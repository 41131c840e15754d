"""Small plan documents of every shape the format allows, whose refs all lead somewhere."""

from __future__ import annotations

from datetime import date
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
    )


def _measurement(kpi: str) -> SearchStrategy[Json]:
    """What nobody doubts of a percentage: one beyond it would come back as under query."""
    value = st.decimals(0, 100, places=2).map(float)
    return part({"kpi": kpi, "period": st.sampled_from(["2026-07", "2026-08"]), "value": value}, note=words)


def listed(refs: tuple[str, ...], made: Any) -> SearchStrategy[list[Json]]:
    return st.tuples(*(made(ref) for ref in refs)).map(list)


_BODY: Json = {
    "inspections": st.just([{"ref": "i1", "framework": "ilacs"}]),
    "parties": listed(
        PARTIES, lambda ref: part({"ref": ref, "kind": "role", "name": words}, aliases=up_to(2, words))
    ),
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
    "kpis": listed(KPIS, _kpi),
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
