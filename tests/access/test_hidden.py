"""Partners and inspectors learn nothing of what they were not given, whichever way they ask."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from api.main import create_app
from api.settings import Settings
from api.vocabulary import Role
from tests.access.hidden import GIVEN_TO, MARK, a_hidden_pairing, a_plan_with_much_to_hide, token_given
from tests.factories.world import PlanWorld, Service

DOCUMENT = create_app(Settings()).openapi()
NO_SUCH = "zilch"
"""As long as MARK, and nowhere: what is hidden must look like it."""

HIDDEN = {
    "action": f"{MARK}-A",
    "recommendation": f"{MARK}-R",
    "kpi": f"{MARK}-K",
    "party": MARK,
    "feed": MARK,
    "risk": f"{MARK}-X",
    "check": f"{MARK}-S",
    "escalation": "E-1",
}

MISSING = {name: ref.replace(MARK, NO_SUCH).replace("E-1", "E-9") for name, ref in HIDDEN.items()}
PAIRED: dict[str, str] = {"rebase": "1"}
"""What the hidden KPI has: a first rebase, and a pairing whose id is known once it is made."""


def reads() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, verbs in DOCUMENT["paths"].items():
        if "get" in verbs and path.startswith("/v1/plans/{plan}"):
            yield path, verbs["get"]


LISTS = {path: operation for path, operation in reads() if path.count("{") == 1}
FILTERS = [
    (path, parameter["name"])
    for path, operation in LISTS.items()
    for parameter in operation.get("parameters", [])
    if parameter["in"] == "query" and parameter["name"] not in {"limit", "cursor", "sort", "total", "as_of"}
]
OF_ONE = [path for path, _ in reads() if any(f"/{{{name}}}" in path for name in HIDDEN)]


@pytest.fixture(scope="module")
async def plan(service: Service) -> PlanWorld:
    plan = await service.new_plan()
    await a_plan_with_much_to_hide(plan)
    PAIRED["pairing"] = str(await a_hidden_pairing(plan))
    return plan


@pytest.fixture(scope="module", params=[*GIVEN_TO, Role.INTEGRATION], ids=str)
async def client(request: pytest.FixtureRequest, plan: PlanWorld) -> AsyncIterator[httpx.AsyncClient]:
    """Each in turn of those who see only what they were given."""
    if request.param is not Role.INTEGRATION:
        yield await plan.client(request.param)
        return
    async with plan.service.anonymous() as system:
        system.headers["Authorization"] = f"Bearer {await token_given(plan, 'GK1')}"
        yield system


def address(plan: PlanWorld, path: str, names: dict[str, str]) -> str:
    filled = path.replace("{plan}", plan.ref).replace("{segment}", "_all").replace("{period}", "2026-01")
    for name, ref in names.items():
        filled = filled.replace(f"{{{name}}}", ref)
    return filled


def told(answer: httpx.Response, ref: str = "") -> tuple[int, Any]:
    """What an answer says, past its request id, when it was told, and the words of the request itself."""
    held = answer.json()
    if isinstance(held, dict):
        held.pop("request_id", None)
        held.pop("known_at", None)
    return answer.status_code, str(held).replace(ref, "…") if ref else str(held)


class TestReads:
    async def test_what_was_given_is_seen(self, plan: PlanWorld, client: httpx.AsyncClient) -> None:
        shown = {
            path: (await client.get(plan.url(path))).status_code
            for path in ("/kpis/GK1", "/kpis/GK1/measurements", "/actions/G1", "/recommendations/GR1")
        }
        assert list(shown.values()) in ([200, 200, 200, 200], [200, 200, 404, 404])

    @pytest.mark.parametrize("path", LISTS)
    async def test_no_list_tells_of_anything_else(
        self, plan: PlanWorld, client: httpx.AsyncClient, path: str
    ) -> None:
        answer = await client.get(address(plan, path, {}), params={"total": "true"})
        assert answer.status_code in {200, 403}
        assert MARK not in answer.text.lower()
        assert MARK not in str(answer.headers).lower()

    @pytest.mark.parametrize(
        "path",
        [
            "/actions/G1",
            "/kpis/GK1",
            "/recommendations/GR1",
            "/parties/seen",
            "/kpis/GK1/measurements",
            "/kpis/GK1/segments",
            "/kpis/GK1/measurements/_all/2026-01",
            "/kpis/GK1/measurements/_all/2026-01/revisions",
        ],
    )
    async def test_nor_does_what_was_given(
        self, plan: PlanWorld, client: httpx.AsyncClient, path: str
    ) -> None:
        answer = await client.get(plan.url(path))
        assert answer.status_code in {200, 404}
        assert MARK not in answer.text.lower()

    @pytest.mark.parametrize(("path", "name"), FILTERS, ids=lambda value: value)
    async def test_no_filter_does(
        self, plan: PlanWorld, client: httpx.AsyncClient, path: str, name: str
    ) -> None:
        """Asked for what is hidden, a list says what it says of what is not there."""
        for hidden in {*HIDDEN.values(), f"action:{MARK}-A", f"kpi:{MARK}-K", f"{MARK}-P", f"{MARK}-KP"}:
            asked = address(plan, path, {})
            nothing = hidden.replace(MARK, NO_SUCH) if MARK in hidden else "E-9"
            found = await client.get(asked, params={name: hidden})
            missing = await client.get(asked, params={name: nothing})
            assert told(found, hidden) == told(missing, nothing)

    @pytest.mark.parametrize("path", OF_ONE)
    async def test_an_item_that_is_hidden_is_like_one_that_is_not_there(
        self, plan: PlanWorld, client: httpx.AsyncClient, path: str
    ) -> None:
        found = await client.get(address(plan, path, HIDDEN | PAIRED))
        missing = await client.get(address(plan, path, MISSING | {"pairing": "999999999", "rebase": "1"}))
        assert found.status_code in {403, 404}
        assert told(found) == told(missing)

    async def test_an_old_ref_leads_nowhere_either(self, plan: PlanWorld, client: httpx.AsyncClient) -> None:
        found = await client.get(plan.url(f"/actions/{MARK}-C"))
        assert told(found) == told(await client.get(plan.url(f"/actions/{NO_SUCH}-C")))

    async def test_the_past_shows_no_more_than_the_present(
        self, plan: PlanWorld, client: httpx.AsyncClient
    ) -> None:
        moment = await plan.service.one('select to_char(now(), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\')')
        for path in ("/actions", "/kpis", "/recommendations", f"/actions/{MARK}-A", "/parties", "/my-work"):
            answer = await client.get(plan.url(path), params={"as_of": moment})
            assert answer.status_code in {200, 404}, answer.text
            assert MARK not in answer.text.lower()


WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("PATCH", "/actions/{action}", {"status": "in_progress"}),
    ("DELETE", "/actions/{action}", {}),
    ("POST", "/actions/{action}/slips", {"to_due": "2027-01", "reason": "Late"}),
    ("PATCH", "/recommendations/{recommendation}", {"rating": "red"}),
    ("PATCH", "/kpis/{kpi}", {"title": "x"}),
    ("PUT", "/kpis/{kpi}/measurements/_all/2026-02", {"value": 1}),
    ("POST", "/measurements", {"rows": [{"kpi": "{kpi}", "period": "2026-02", "value": 1}]}),
    (
        "POST",
        "/narratives",
        {"kind": "progress", "text": "x", "about": [{"kind": "action", "ref": "{action}"}]},
    ),
    ("POST", "/narratives", {"kind": "progress", "text": "x", "about": [{"kind": "risk", "ref": "{risk}"}]}),
    (
        "POST",
        "/escalations",
        {
            "title": "x",
            "text": "x",
            "cause": "lead_stuck",
            "ladder": "stuck",
            "about": {"kind": "action", "ref": "{action}"},
        },
    ),
    ("PATCH", "/escalations/{escalation}", {"title": "x"}),
    ("POST", "/escalations/{escalation}/answers", {"text": "x"}),
    ("POST", "/escalations/{escalation}/climbs", {}),
    ("POST", "/escalations/{escalation}/withdrawal", {"reason": "x"}),
    ("POST", "/parties/{party}/hand-over", {"to": "seen", "reason": "x"}),
    ("PATCH", "/risks/{risk}", {"title": "x"}),
    ("POST", "/checks/{check}/results", {"found_on": "2026-01-01", "result": "no_impact"}),
]


class TestWrites:
    @pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=lambda value: str(value)[:40])
    async def test_what_is_hidden_is_refused_like_what_is_not_there(
        self, plan: PlanWorld, client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
    ) -> None:
        answers = []
        for names in (HIDDEN, MISSING):
            sent = address(plan, json.dumps(body), names)
            answer = await client.request(
                method,
                address(plan, plan.url(path), names),
                content=sent,
                headers={"If-Match": '"1.0"', "Content-Type": "application/json"},
            )
            assert 400 <= answer.status_code < 500, answer.text
            answers.append((answer.status_code, answer.text.replace(MARK, NO_SUCH).replace("E-1", "E-9")))
        (one, its_words), (other, other_words) = answers
        assert one == other
        assert without_ids(its_words) == without_ids(other_words)


def without_ids(words: str) -> str:
    return re.sub(r'"(request_id|submission|received_at|digest)":\s*"[^"]*"', "", words)
