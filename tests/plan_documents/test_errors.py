"""Broken documents: every error has its pointer, and nothing is changed by any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from api.vocabulary import Role
from tests.factories.world import Service
from tests.plan_documents.conftest import Imported
from tests.plan_documents.documents import Json, a_document, bring_in, errors, exported, send, three_actions

Break = Callable[[Json], Any]


def in_list(name: str, place: int, **fields: Any) -> Break:
    return lambda document: document[name][place].update(fields)


def added(name: str, entry: Json) -> Break:
    return lambda document: document.setdefault(name, []).append(entry)


def action(**fields: Any) -> Break:
    return added("actions", {"ref": "X", "title": "Broken", "status": "not_started"} | fields)


def value(**fields: Any) -> Break:
    return added("measurements", {"kpi": "assessments-45", "period": "2026-08", "value": 80} | fields)


def kpi(**fields: Any) -> Break:
    return in_list("kpis", 0, **fields)


REBASE = {
    "number": 1,
    "from_period": "2026-09",
    "reason": "Another process",
    "proposed_by": "Head of quality",
    "proposed_at": "2026-10-01T09:30:00Z",
}
PAIRING = {"dataset": "cin", "indicator": "rate", "period_alike": True, "definition_alike": True}


def paired(*pairings: Json) -> Break:
    def pair(document: Json) -> None:
        document["benchmark_datasets"] = [
            {"ref": "cin", "title": "Children in need", "source": "A department"}
        ]
        document["kpis"][0]["benchmarks"] = list(pairings)

    return pair


EDITION: Json = {
    "number": 1,
    "scale": {"lowest": 1, "highest": 10},
    "bands": [{"title": "Weak", "lowest": 1}, {"title": "Sound", "lowest": 6}],
    "domains": [{"ref": "plan", "title": "Planning", "scale": "score"}, {"ref": "all", "title": "Overall"}],
}
AUDIT: Json = {
    "ref": "AU-1",
    "template": "practice",
    "edition": 1,
    "month": "2026-08",
    "marks": [{"domain": "plan", "before": 6}],
}


def audited(edition: Json | None = None, **audit: Any) -> Break:
    """A template with one audit made on it."""

    def audit_it(document: Json) -> None:
        editions = [EDITION | (edition or {})]
        document["audit_templates"] = [{"ref": "practice", "title": "Practice", "editions": editions}]
        document["audits"] = [AUDIT | audit] if edition is None else []

    return audit_it


def derived(**fields: Any) -> Break:
    """The percentage derived from the template's audits, as ``fields`` say."""

    def derive(document: Json) -> None:
        audited()(document)
        measure = {"kpi": "assessments-45", "template": "practice", "statistic": "share", "domain": "all"}
        document["audit_measures"] = [measure | {"grades": ["good"]} | fields]

    return derive


def judged(**fields: Any) -> Break:
    position = {"grade": "good", "judged_on": "2026-08-31", "reason": "Steady."}
    return added("windscreen_positions", position | {"recorded_at": "2026-09-01T10:00:00Z"} | fields)


def locked(**fields: Any) -> Break:
    said = {"to_day": "2026-08-31", "reason": "Reported", "by": "Head of quality"}
    return added("period_locks", said | {"at": "2026-09-01T10:00:00Z"} | fields)


NOTHING = {"kind": "action", "ref": "nothing"}

DANGLING: dict[str, tuple[Break, str]] = {
    "parent": (action(parent="nothing"), "/actions/1/parent"),
    "recommendation of an action": (action(recommendations=["nothing"]), "/actions/1/recommendations/0"),
    "theme": (action(themes=["practice", "nothing"]), "/actions/1/themes/1"),
    "KPI of an action": (action(kpis=["nothing"]), "/actions/1/kpis/0"),
    "lead": (action(leads=["nobody"]), "/actions/1/leads/0/party"),
    "lead with words": (action(leads=[{"party": "nobody", "doubtful": True}]), "/actions/1/leads/0/party"),
    "cross-reference": (
        action(cross_references=[{"text": "see it", "to": NOTHING}]),
        "/actions/1/cross_references/0/to/ref",
    ),
    "subject of a check": (
        added("checks", {"ref": "C1", "about": NOTHING, "title": "Check", "kind": "audit"}),
        "/checks/0/about/ref",
    ),
    "owner of a check": (
        added(
            "checks",
            {"ref": "C1", "about": {"kind": "plan"}, "title": "C", "kind": "audit", "owners": ["nobody"]},
        ),
        "/checks/0/owners/0/party",
    ),
    "subject of a narrative": (
        added("narratives", {"about": [{"kind": "plan"}, NOTHING], "kind": "progress", "text": "Words"}),
        "/narratives/1/about/1/ref",
    ),
    "subject of a source note": (
        added("source_notes", {"about": NOTHING, "kind": "other", "text": "Words"}),
        "/source_notes/1/about/ref",
    ),
    "inspection": (
        in_list("recommendations", 0, inspection_references=[{"inspection": "none"}]),
        "/recommendations/0/inspection_references/0/inspection",
    ),
    "finding": (
        in_list("recommendations", 0, inspection_references=[{"inspection": "ilacs-2026", "finding": "F9"}]),
        "/recommendations/0/inspection_references/0/finding",
    ),
    "recommendation of a KPI": (
        in_list("kpis", 0, recommendations=[{"recommendation": "nothing"}]),
        "/kpis/0/recommendations/0/recommendation",
    ),
    "lead of a KPI under a recommendation": (
        in_list("kpis", 0, recommendations=[{"recommendation": "R1", "leads": ["nobody"]}]),
        "/kpis/0/recommendations/0/leads/0/party",
    ),
    "successor of a KPI": (in_list("kpis", 0, superseded={"by": "nothing"}), "/kpis/0/superseded/by"),
    "KPI of a value": (value(kpi="nothing"), "/measurements/1/kpi"),
    "segment of a value": (value(segment="north"), "/measurements/1/segment"),
    "owner of a control": (
        added("risks", {"ref": "K1", "title": "Risk", "controls": [{"text": "One", "owner": "nobody"}]}),
        "/risks/0/controls/0/owner",
    ),
    "feed of a KPI": (kpi(feed="nothing"), "/kpis/0/feed"),
    "owner of a feed": (added("feeds", {"ref": "f", "title": "F", "owner": "nobody"}), "/feeds/0/owner"),
    "segment of a rebase": (
        kpi(rebases=[REBASE | {"segment": "north"}]),
        "/kpis/0/rebases/0/segment",
    ),
    "dataset of a pairing": (kpi(benchmarks=[PAIRING]), "/kpis/0/benchmarks/0/dataset"),
    "KPI of a lock": (locked(kpi="nothing"), "/period_locks/0/kpi"),
    "template of an audit": (in_list("audits", 0, template="nothing"), "/audits/0/template"),
    "domain of a mark": (
        audited(marks=[{"domain": "nothing", "before": 6}]),
        "/audits/0/marks/0/domain",
    ),
    "auditor": (audited(auditor="nobody"), "/audits/0/auditor"),
    "KPI made of audits": (derived(kpi="nothing"), "/audit_measures/0/kpi"),
    "judge of a position": (judged(party="nobody"), "/windscreen_positions/0/party"),
    "action of a risk": (
        added("risks", {"ref": "K1", "title": "Risk", "actions": ["nothing"]}),
        "/risks/0/actions/0",
    ),
}

WRONG: dict[str, tuple[Break, str, str]] = {
    "ref twice": (action(ref="r1.1"), "/actions/1/ref", "duplicate_ref"),
    "finding twice": (
        lambda d: d["inspections"][0]["findings"].append({"ref": "f1", "text": "Again"}),
        "/inspections/0/findings/1/ref",
        "duplicate_ref",
    ),
    "segment twice": (
        in_list("kpis", 0, segments=[{"ref": "n", "title": "N"}, {"ref": "N", "title": "N"}]),
        "/kpis/0/segments/1/ref",
        "duplicate_ref",
    ),
    "theme twice in a list": (
        action(themes=["practice", "Practice"]),
        "/actions/1/themes/1",
        "duplicate_ref",
    ),
    "lead twice": (
        action(leads=["head-of-assessment", {"party": "head-of-assessment", "doubtful": True}]),
        "/actions/1/leads/1",
        "duplicate_ref",
    ),
    "value twice": (value(period="Sep-26"), "/measurements/1", "duplicate_ref"),
    "status word twice": (
        lambda d: d["plan"].update(
            status_words=[
                {"word": word, "status": "completed", "counts_as_done": True} for word in ("Done", "done")
            ]
        ),
        "/plan/status_words/1/word",
        "duplicate_ref",
    ),
    "reserved ref": (action(ref="New"), "/actions/1/ref", "reserved_ref"),
    "own parent": (action(parent="X"), "/actions/1/parent", "cycle"),
    "parents in a ring": (
        lambda d: d["actions"].extend(
            {"ref": ref, "title": ref, "status": "not_started", "parent": parent}
            for ref, parent in (("A", "C"), ("B", "A"), ("C", "B"))
        ),
        "/actions/1/parent",
        "cycle",
    ),
    "its own successor": (
        in_list("kpis", 0, superseded={"by": "assessments-45"}),
        "/kpis/0/superseded/by",
        "cycle",
    ),
    "a ref for the plan": (
        added("source_notes", {"about": {"kind": "plan", "ref": "R1"}, "kind": "other", "text": "Words"}),
        "/source_notes/1/about/ref",
        "about",
    ),
    "no ref for an item": (
        added("source_notes", {"about": {"kind": "action"}, "kind": "other", "text": "Words"}),
        "/source_notes/1/about/ref",
        "about",
    ),
    "unreadable period": (value(period="a while ago"), "/measurements/1/period", "unreadable_period"),
    "period of another type": (value(period="2026-Q3"), "/measurements/1/period", "wrong_period_type"),
    "future period": (value(period="2199-01"), "/measurements/1/period", "future_period"),
    "unreadable period of a commentary": (
        added(
            "narratives",
            {
                "about": [{"kind": "kpi", "ref": "assessments-45"}],
                "kind": "commentary",
                "text": "Words",
                "period": "spring",
            },
        ),
        "/narratives/1/period",
        "unreadable_period",
    ),
    "no value": (value(value=None), "/measurements/1/value", "value_missing"),
    "value that is not available": (
        value(state="not_available"),
        "/measurements/1/value",
        "value_not_expected",
    ),
    "grade of a figure": (
        value(value=None, grade="good"),
        "/measurements/1/grade",
        "value_not_expected",
    ),
    "target that says nothing": (
        in_list("kpis", 0, targets=[{"kind": "standing"}]),
        "/kpis/0/targets/0",
        "says_nothing",
    ),
    "target as a grade": (
        in_list("kpis", 0, targets=[{"kind": "standing", "grade": "good"}]),
        "/kpis/0/targets/0/grade",
        "wrong_unit",
    ),
    "rebase twice": (kpi(rebases=[REBASE, REBASE]), "/kpis/0/rebases/1", "duplicate_ref"),
    "rebase that waits and is decided": (
        kpi(rebases=[REBASE | {"decided_by": "The director"}]),
        "/kpis/0/rebases/0/state",
        "decided_already",
    ),
    "rebase agreed by nobody": (
        kpi(rebases=[REBASE | {"state": "agreed", "decided_at": "2026-10-02T09:30:00Z"}]),
        "/kpis/0/rebases/0",
        "says_nothing",
    ),
    "rebase from no period of the KPI": (
        kpi(rebases=[REBASE | {"from_period": "2026-Q3"}]),
        "/kpis/0/rebases/0/from_period",
        "wrong_period_type",
    ),
    "pairing twice": (paired(PAIRING, PAIRING), "/kpis/0/benchmarks/1", "duplicate_ref"),
    "unlike pairing without a reason": (
        paired(PAIRING | {"period_alike": False}),
        "/kpis/0/benchmarks/0/reason",
        "missing",
    ),
    "question about a value that is not under query": (
        value(question="Why?"),
        "/measurements/1/question",
        "not_queried",
    ),
    "answer without a question": (
        value(workflow="under_query", answer="It came late."),
        "/measurements/1/answer",
        "not_asked",
    ),
    "lock that ends before it begins": (
        locked(from_day="2026-09-30"),
        "/period_locks/0/from_day",
        "out_of_order",
    ),
    "editions with a gap": (
        audited({"number": 2}),
        "/audit_templates/0/editions",
        "out_of_order",
    ),
    "scale that its bands do not cover": (
        audited({"bands": [{"title": "Sound", "lowest": 6}]}),
        "/audit_templates/0/editions/0",
        "wrong_edition",
    ),
    "bands of no scale": (
        audited({"scale": None, "domains": [{"ref": "all", "title": "Overall"}]}),
        "/audit_templates/0/editions/0/bands",
        "says_nothing",
    ),
    "mark off the scale": (
        audited(marks=[{"domain": "plan", "before": 11}]),
        "/audits/0/marks/0/before",
        "not_a_mark",
    ),
    "grade of a scored domain after moderation": (
        audited(marks=[{"domain": "plan", "before": 6, "after": "good"}]),
        "/audits/0/marks/0/after",
        "not_a_mark",
    ),
    "domain marked twice": (
        audited(marks=[{"domain": "plan", "before": 6}, {"domain": "Plan", "before": 6}]),
        "/audits/0/marks/1",
        "duplicate_ref",
    ),
    "audit of a month to come": (audited(month="2199-01"), "/audits/0/month", "in_future"),
    "moderator of marks that were not moderated": (
        audited(moderator="head-of-assessment"),
        "/audits/0/moderator",
        "not_moderated",
    ),
    "work of somebody who is no team": (
        audited(team="head-of-assessment"),
        "/audits/0/team",
        "not_a_team",
    ),
    "share of a domain that the template has not": (
        derived(domain="voice"),
        "/audit_measures/0/domain",
        "unknown_domain",
    ),
    "share of no grades": (derived(grades=[]), "/audit_measures/0/grades", "invalid"),
    "count as a percentage": (
        derived(statistic="count", grades=[]),
        "/audit_measures/0/kpi",
        "wrong_unit",
    ),
    "position of nobody": (judged(), "/windscreen_positions/0", "says_nothing"),
    "position of a day to come": (
        judged(judged_on="2199-01-01", judged_by="The director"),
        "/windscreen_positions/0/judged_on",
        "in_future",
    ),
    "null character": (action(title="A\0B"), "/actions/1/title", "null_character"),
}

UNREADABLE: dict[str, tuple[Break, str]] = {
    "wrong word": (action(status="nearly"), "/document/actions/1/status"),
    "unknown field": (action(owner="me"), "/document/actions/1/owner"),
    "ref with a space": (action(ref="A 1"), "/document/actions/1/ref"),
    "text too long": (action(title="x" * 20_001), "/document/actions/1/title"),
    "date that is none": (action(due="2026-13"), "/document/actions/1/due"),
    "number too precise": (value(value=1.2345678), "/document/measurements/1/value"),
    "ref of a case": (audited(ref="C-1234"), "/document/audits/0/ref"),
    "words about a child": (audited(comment="He"), "/document/audits/0/comment"),
    "day of an audit": (audited(month="2026-08-14"), "/document/audits/0/month"),
    "moment without an offset": (locked(at="2026-09-01T10:00:00"), "/document/period_locks/0/at"),
    "another format": (lambda d: d.update(format="turnstone-plan/9"), "/document/format"),
}


class TestDanglingRefs:
    @pytest.mark.parametrize("what", DANGLING)
    async def test_are_pointed_at(self, admin: httpx.AsyncClient, what: str) -> None:
        broken, pointer = DANGLING[what]
        document = a_document()
        broken(document)
        assert errors(await send(admin, document)) == [(pointer, "unknown_ref")]

    async def test_may_name_what_the_plan_holds_already(self, imported: Imported) -> None:
        document = a_document()
        plan = await imported(document)
        document["actions"] = [
            {
                "ref": "R1.2",
                "title": "Next",
                "status": "not_started",
                "parent": "R1.1",
                "kpis": ["assessments-45"],
            }
        ]
        document["kpis"] = []
        told = await bring_in(await plan.manager(), document, status=200)
        assert told["counts"]["actions"]["created"] == 1


class TestWrongDocuments:
    @pytest.mark.parametrize("what", WRONG)
    async def test_are_told_in_the_preview(self, admin: httpx.AsyncClient, what: str) -> None:
        broken, pointer, code = WRONG[what]
        document = a_document()
        broken(document)
        assert errors(await send(admin, document)) == [(pointer, code)]

    @pytest.mark.parametrize("what", UNREADABLE)
    async def test_that_cannot_be_read_are_refused_outright(
        self, admin: httpx.AsyncClient, what: str
    ) -> None:
        broken, pointer = UNREADABLE[what]
        document = a_document()
        broken(document)
        told = await send(admin, document, status=422)
        assert any(error["pointer"].startswith(pointer) for error in told["errors"]), told["errors"]

    @pytest.mark.parametrize("what", [*DANGLING, *WRONG, *UNREADABLE])
    async def test_make_no_plan(self, admin: httpx.AsyncClient, service: Service, what: str) -> None:
        document = a_document()
        (DANGLING.get(what) or WRONG.get(what) or UNREADABLE[what])[0](document)
        told = await bring_in(admin, document, status=422)
        assert all(error["pointer"].startswith("/document/") for error in told["errors"])
        ref, authority = document["plan"]["ref"], document["plan"]["authority"]["ref"]
        assert await service.one("select id from plan where ref = %s", ref) is None
        assert await service.one("select id from authority where ref = %s", authority) is None

    async def test_change_nothing_of_a_plan_that_is_held(self, imported: Imported) -> None:
        document = a_document()
        plan = await imported(document)
        manager = await plan.client(Role.PROGRAMME_MANAGER)
        before = await exported(manager, plan.ref)
        document["actions"][0]["title"] = "Changed"
        document["actions"].append({"ref": "X", "title": "X", "status": "closed", "parent": "nothing"})
        await bring_in(manager, document, status=422)
        assert await exported(manager, plan.ref) == before

    async def test_all_errors_come_at_once(self, admin: httpx.AsyncClient) -> None:
        document = three_actions()
        for item in document["actions"]:
            item["parent"] = "nothing"
        told = await bring_in(admin, document, status=422)
        assert [error["pointer"] for error in told["errors"]] == [
            f"/document/actions/{place}/parent" for place in range(3)
        ]
        assert "3 errors" in told["detail"]
