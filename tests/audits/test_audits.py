from __future__ import annotations

import json

import pytest

from api.audits.schemas import AuditCreate, AuditRead, AuditUpdate
from api.vocabulary import Role
from tests.actions.making import (
    Json,
    days_from_now,
    fits,
    make,
    patch,
    pointers,
    post,
    problem,
    read,
    refs,
    version_of,
)
from tests.audits.making import a_scored_template, a_template, an_audit
from tests.factories.world import PlanWorld
from tests.kpis.making import a_kpi

SENT: Json = {"template": "practice", "month": "2026-08", "scores": {"overall": "good"}}


class TestRecord:
    async def test_holds_marks_before_and_after_moderation(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await plan.party("auditor")
        await plan.party("moderator")
        await a_scored_template(plan)
        made = await an_audit(
            plan,
            month="Aug-26",
            team="NORTH",
            auditor="auditor",
            moderator="moderator",
            scores={"assessment": 6, "Planning": "5", "overall": "RI"},
            moderated={"planning": 4, "overall": "inadequate"},
        )
        fits(AuditRead, made)
        assert made["marks"] == [
            {"domain": "assessment", "title": "Assessment", "before": 6, "after": None},
            {"domain": "planning", "title": "Planning", "before": 5, "after": 4},
            {
                "domain": "overall",
                "title": "Overall",
                "before": "requires_improvement",
                "after": "inadequate",
            },
        ]
        assert (made["ref"], made["month"], made["edition"]) == ("AU-1", "2026-08", 1)
        assert (made["team"]["party"], made["auditor"]["party"], made["moderator"]["party"]) == (
            "north",
            "auditor",
            "moderator",
        )
        assert made["is_moderated"] and made["withdrawn"] is None
        assert made["recorded_by"] == (await plan.user(Role.PROGRAMME_MANAGER)).name

    async def test_a_domain_left_out_or_null_is_not_there(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await an_audit(plan, scores={"overall": "good", "voice": None}, moderated={"overall": None})
        assert [(mark["domain"], mark["after"]) for mark in made["marks"]] == [("overall", None)]

    async def test_of_a_day_only_the_month_is_kept(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await an_audit(plan, month="2026-08-17")
        assert made["month"] == "2026-08"
        held = await plan.service.one("select to_jsonb(a)::text from audit a where plan_id = %s", plan.id)
        assert "2026-08-17" not in held

    async def test_an_edition_may_be_named(self, plan: PlanWorld) -> None:
        await a_template(plan)
        headers = {"If-Match": await version_of(plan, "/audit-templates/practice")}
        body = {"title": "Next", "domains": [{"ref": "whole", "title": "Whole"}]}
        await (await plan.manager()).put(plan.url("/audit-templates/practice"), json=body, headers=headers)
        assert (await an_audit(plan, edition=1))["edition"] == 1
        assert (await an_audit(plan, scores={"whole": "good"}))["edition"] == 2

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"template": "nope"}, "/template"),
            ({"edition": 2}, "/edition"),
            ({"month": "last month"}, "/month"),
            ({"month": "2199-01"}, "/month"),
            ({"month": days_from_now(1)}, "/month"),
            ({"team": "nobody"}, "/team"),
            ({"team": "auditor"}, "/team"),
            ({"auditor": "nobody"}, "/auditor"),
            ({"moderator": "auditor"}, "/moderator"),
            ({"scores": {}}, "/scores"),
            ({"scores": {"overall": 7}}, "/scores/overall"),
            ({"scores": {"plan": "good"}}, "/scores"),
            ({"scores": ["good"]}, "/scores"),
            ({"scores": {"overall": ["good"]}}, "/scores"),
            ({"moderated": {"voice": "good"}}, "/moderated/voice"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, fields: Json, pointer: str) -> None:
        await plan.party("auditor")
        await a_template(plan)
        assert pointers(await post(plan, "/audits", SENT | fields)) == [pointer]

    async def test_is_for_those_who_keep_audits(self, plan: PlanWorld) -> None:
        await a_template(plan)
        for role in (Role.PERFORMANCE_OFFICER, Role.SENIOR_LEADER):
            assert (await post(plan, "/audits", SENT, role=role)).status_code == 201
        for role in (Role.ACTION_LEAD, Role.BOARD_MEMBER, Role.INTERNAL_AUDITOR, Role.INSPECTOR):
            assert problem(await post(plan, "/audits", SENT, role=role)) == (403, "not-allowed")


class TestWhatIsNeverKept:
    """A case number, a name, a comment: there is nowhere to put them, and nothing gives them back."""

    @pytest.mark.parametrize(
        "field", ["case", "case_id", "child", "name", "nhs_number", "comment", "note", "text", "date", "ref"]
    )
    async def test_an_unknown_field_is_refused(self, plan: PlanWorld, field: str) -> None:
        await a_template(plan)
        answer = await post(plan, "/audits", SENT | {field: "Anna Bell 0042"})
        assert pointers(answer) == [f"/{field}"]
        assert "Anna" not in answer.text and "0042" not in answer.text

    @pytest.mark.parametrize(
        "sent",
        [
            {"scores": {"overall": "Anna Bell"}},
            {"scores": {"Anna-Bell": "good"}},
            {"scores": {"Anna Bell": "good"}},
            {"month": "Anna Bell"},
            {"team": "Anna-Bell"},
            {"auditor": "Anna-Bell"},
            {"template": "Anna-Bell"},
        ],
    )
    async def test_no_answer_repeats_what_was_sent(self, plan: PlanWorld, sent: Json) -> None:
        await a_template(plan)
        for path, body in (("/audits", SENT | sent), ("/audit-batches", {"rows": [SENT | sent]})):
            answer = await post(plan, path, body)
            assert answer.status_code == 422 and "Anna" not in answer.text

    def test_no_field_of_a_request_takes_words(self) -> None:
        """Every field is a ref, a month, a number or a mark: see what each is described as."""
        words = {
            name
            for model in (AuditCreate, AuditUpdate)
            for name, field in model.model_json_schema()["properties"].items()
            if '"maxLength": 20000' in json.dumps(field)
        }
        assert words == set()

    async def test_no_column_is_there_for_it(self, plan: PlanWorld) -> None:
        free = await plan.service.owner.execute(
            "select table_name || '.' || column_name as name from information_schema.columns"
            " where table_schema = 'public' and table_name in ('audit', 'audit_score')"
            " and data_type in ('text', 'jsonb') order by 1"
        )
        assert [row["name"] for row in await free.fetchall()] == [
            "audit.month",
            "audit.ref",
            "audit.withdrawn_because",
            "audit_score.after_grade",
            "audit_score.before_grade",
        ]


class TestCorrect:
    async def test_moderation_may_come_later(self, plan: PlanWorld) -> None:
        await plan.party("moderator")
        await a_template(plan)
        made = await an_audit(plan, scores={"overall": "good", "voice": "good"})
        body = {"moderator": "moderator", "moderated": {"OVERALL": "requires_improvement"}}
        after = await patch(plan, f"/audits/{made['ref']}", body)
        assert after.status_code == 200, after.text
        marks = {mark["domain"]: (mark["before"], mark["after"]) for mark in after.json()["marks"]}
        assert marks == {"overall": ("good", "requires_improvement"), "voice": ("good", None)}
        assert after.json()["version"] > made["version"]

    async def test_null_takes_a_mark_away(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await an_audit(
            plan, scores={"overall": "good", "voice": "good"}, moderated={"overall": "good", "voice": "good"}
        )
        path = f"/audits/{made['ref']}"
        after = (await patch(plan, path, {"moderated": {"overall": None}})).json()
        assert [(m["domain"], m["after"]) for m in after["marks"]] == [("voice", "good"), ("overall", None)]
        after = (await patch(plan, path, {"scores": {"voice": None}, "moderated": None})).json()
        assert [(m["domain"], m["after"]) for m in after["marks"]] == [("overall", None)]

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"scores": {"overall": None}}, "/scores"),
            ({"scores": None}, "/scores"),
            ({"month": None}, "/month"),
            ({"scores": {"overall": "nice"}}, "/scores/overall"),
            ({"moderator": "moderator"}, "/moderator"),
            ({"comment": "Anna"}, "/comment"),
        ],
    )
    async def test_points_at_what_is_wrong(self, plan: PlanWorld, body: Json, pointer: str) -> None:
        await plan.party("moderator")
        await a_template(plan)
        made = await an_audit(plan)
        assert pointers(await patch(plan, f"/audits/{made['ref']}", body)) == [pointer]

    async def test_its_history_stays(self, plan: PlanWorld) -> None:
        await a_template(plan)
        made = await an_audit(plan)
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await patch(plan, f"/audits/{made['ref']}", {"scores": {"overall": "inadequate"}})
        then = await read(plan, f"/audits/{made['ref']}", as_of=moment)
        assert then["marks"][0]["before"] == "good"
        told = (await read(plan, f"/history/audit/{made['ref']}"))["items"][0]["fields"]
        assert [(f["field"], f["from"], f["to"]) for f in told] == [
            ("marks.before_grade", "good", "inadequate")
        ]

    async def test_a_stale_edit_is_refused(self, plan: PlanWorld) -> None:
        await a_template(plan)
        path = f"/audits/{(await an_audit(plan))['ref']}"
        etag = await version_of(plan, path)
        await patch(plan, path, {"month": "2026-07"})
        assert problem(await patch(plan, path, {"month": "2026-06"}, etag=etag)) == (412, "edit-conflict")


class TestWithdraw:
    async def test_stays_readable_with_the_reason(self, plan: PlanWorld) -> None:
        await a_template(plan)
        path = f"/audits/{(await an_audit(plan))['ref']}"
        answer = await post(
            plan, f"{path}/withdrawal", {"because": "recorded_twice"}, etag=await version_of(plan, path)
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["withdrawn"]["because"] == "recorded_twice"
        assert await refs(plan, "/audits", withdrawn="true") == ["AU-1"]
        assert (await read(plan, "/audit-templates/practice"))["audits"] == 0

    async def test_happens_once_and_ends_corrections(self, plan: PlanWorld) -> None:
        await a_template(plan)
        path = f"/audits/{(await an_audit(plan))['ref']}"
        body = {"because": "recorded_in_error"}
        await post(plan, f"{path}/withdrawal", body, etag=await version_of(plan, path))
        again = await post(plan, f"{path}/withdrawal", body, etag=await version_of(plan, path))
        assert problem(again) == (409, "conflict")
        assert problem(await patch(plan, path, {"month": "2026-07"})) == (409, "conflict")

    async def test_the_reason_is_chosen_and_never_written(self, plan: PlanWorld) -> None:
        await a_template(plan)
        path = f"/audits/{(await an_audit(plan))['ref']}"
        etag = await version_of(plan, path)
        answer = await post(plan, f"{path}/withdrawal", {"because": "Anna Bell moved"}, etag=etag)
        assert pointers(answer) == ["/because"] and "Anna" not in answer.text


class TestList:
    async def test_finds_by_template_month_team_and_state(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await a_template(plan)
        await a_template(plan, "themed")
        await an_audit(plan, team="north", month="2026-07")
        await an_audit(plan, moderated={"overall": "good"})
        await an_audit(plan, template="themed")
        assert await refs(plan, "/audits") == ["AU-3", "AU-2", "AU-1"]
        assert await refs(plan, "/audits", template="THEMED") == ["AU-3"]
        assert await refs(plan, "/audits", month="2026-07") == ["AU-1"]
        assert await refs(plan, "/audits", team="north") == ["AU-1"]
        assert await refs(plan, "/audits", team="none") == ["AU-3", "AU-2"]
        assert await refs(plan, "/audits", moderated="true") == ["AU-2"]
        assert await refs(plan, "/audits", withdrawn="false", sort="ref") == ["AU-1", "AU-2", "AU-3"]

    async def test_pages_in_the_order_of_their_numbers(self, plan: PlanWorld) -> None:
        await a_template(plan)
        rows = [SENT] * 11
        await make(plan, "/audit-batches", {"rows": rows})
        first = await read(plan, "/audits", limit=10, sort="ref")
        assert [item["ref"] for item in first["items"]][-2:] == ["AU-9", "AU-10"]
        second = await read(plan, "/audits", limit=10, sort="ref", cursor=first["next"])
        assert [item["ref"] for item in second["items"]] == ["AU-11"]

    @pytest.mark.parametrize("role", [Role.PARTNER, Role.INSPECTOR])
    async def test_is_for_readers_of_the_whole_plan(self, plan: PlanWorld, role: Role) -> None:
        assert problem(await (await plan.client(role)).get(plan.url("/audits"))) == (403, "not-allowed")


class TestPlanDeleted:
    async def test_audits_go_with_a_draft_and_their_history_stays(self, plan: PlanWorld) -> None:
        await plan.party("north", kind="team")
        await plan.party("director")
        await a_template(plan)
        await a_kpi(plan)
        measure = {"kpi": "K1", "template": "practice", "domain": "overall", "statistic": "share"}
        await make(plan, "/audit-measures", measure)
        await an_audit(plan, team="north")
        position = {"grade": "good", "party": "director", "reason": "As audits go."}
        await make(plan, "/windscreen-positions", position)
        assert (await patch(plan, "", {"status": "draft"})).status_code == 200
        admin = await plan.client(Role.ADMIN)
        etag = await version_of(plan, "")
        answer = await admin.delete(plan.url(), headers={"If-Match": etag})
        assert answer.status_code == 204, answer.text
        for table in ("audit", "audit_score", "audit_template", "audit_measure", "windscreen_position"):
            kept = f"select count(*) from {table}_history where plan_id = %s"
            assert await plan.service.one(f"select count(*) from {table} where plan_id = %s", plan.id) == 0
            assert await plan.service.one(kept, plan.id) > 0, table
