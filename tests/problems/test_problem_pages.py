"""The page behind each problem's type."""

from __future__ import annotations

import pytest

from api.core.errors import CATALOGUE, ProblemType
from tests.factories.world import PlanWorld, Service


class TestProblemPages:
    async def test_all_are_listed_without_signing_in(self, service: Service) -> None:
        answer = await service.anonymous().get("/v1/problems")
        assert answer.status_code == 200
        assert {one["type"] for one in answer.json()["items"]} == {
            f"/v1/problems/{kind}" for kind in CATALOGUE
        }

    @pytest.mark.parametrize("kind", list(ProblemType))
    async def test_each_type_leads_to_its_own_page(self, service: Service, kind: ProblemType) -> None:
        page = (await service.anonymous().get(f"/v1/problems/{kind}")).json()
        assert (page["type"], page["status"]) == (f"/v1/problems/{kind}", CATALOGUE[kind].status)
        assert page["meaning"].endswith(".")

    async def test_an_error_met_in_earnest_leads_to_its_page(self, plan: PlanWorld) -> None:
        error = await (await plan.manager()).patch(plan.url(), json={})
        page = await plan.service.anonymous().get(error.json()["type"])
        assert (page.status_code, page.json()["title"]) == (200, error.json()["title"])

    async def test_an_unknown_one_is_not_found(self, service: Service) -> None:
        answer = await service.anonymous().get("/v1/problems/no-such-type")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
