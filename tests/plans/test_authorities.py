"""Authorities: read by anyone signed in, written by administrators."""

from __future__ import annotations

from api.vocabulary import Role
from tests.factories.world import PlanWorld, Service


class TestReadAuthorities:
    async def test_anyone_signed_in_reads_them(self, service: Service, plan: PlanWorld) -> None:
        stranger = await service.stranger()
        listed = (await stranger.get("/v1/authorities", params={"q": plan.ref})).json()["items"]
        assert [one["ref"] for one in listed] == [plan.ref]
        one = await stranger.get(f"/v1/authorities/{plan.ref.upper()}")
        assert (one.status_code, one.json()["plans"]) == (200, 0)

    async def test_counts_the_plans_its_reader_may_open(self, plan: PlanWorld) -> None:
        one = await (await plan.manager()).get(f"/v1/authorities/{plan.ref}")
        assert one.json()["plans"] == 1

    async def test_nobody_signed_out_reads_them(self, service: Service) -> None:
        assert (await service.anonymous().get("/v1/authorities")).status_code == 401

    async def test_an_unknown_one_is_not_found(self, service: Service) -> None:
        assert (await (await service.stranger()).get("/v1/authorities/nowhere-at-all")).status_code == 404


class TestCreateAuthority:
    async def test_an_administrator_adds_one(self, plan: PlanWorld) -> None:
        new = {"ref": f"{plan.ref}-2", "name": "Southmoor Council", "code": "E10000009", "la_code": "838"}
        answer = await (await plan.client(Role.ADMIN)).post("/v1/authorities", json=new)
        assert answer.status_code == 201
        assert answer.json() == new | {"version": 1, "plans": 0}
        assert answer.headers["location"] == f"/v1/authorities/{plan.ref}-2"

    async def test_a_taken_ref_and_a_wrong_code_are_refused(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        taken = await admin.post("/v1/authorities", json={"ref": plan.ref, "name": "Again"})
        assert (taken.status_code, taken.json()["type"]) == (409, "/v1/problems/ref-taken")
        wrong = await admin.post("/v1/authorities", json={"ref": "x1", "name": "X", "code": "12"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/code")
        long = await admin.post("/v1/authorities", json={"ref": "x1", "name": "X", "la_code": "8380"})
        assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/la_code")

    async def test_is_refused_to_a_programme_manager(self, plan: PlanWorld) -> None:
        answer = await (await plan.manager()).post("/v1/authorities", json={"ref": "x2", "name": "X"})
        assert answer.status_code == 403


class TestUpdateAuthority:
    async def test_an_administrator_renames_one(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        etag = (await admin.get(f"/v1/authorities/{plan.ref}")).headers["etag"]
        answer = await admin.patch(
            f"/v1/authorities/{plan.ref}", json={"name": "Renamed"}, headers={"If-Match": etag}
        )
        assert (answer.status_code, answer.json()["name"], answer.json()["version"]) == (200, "Renamed", 2)
        assert (await admin.get(plan.url())).json()["authority"]["name"] == "Renamed"

    async def test_a_stale_version_is_refused_though_no_history_is_kept(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        address = f"/v1/authorities/{plan.ref}"
        etag = (await admin.get(address)).headers["etag"]
        await admin.patch(address, json={"name": "Theirs"}, headers={"If-Match": etag})
        stale = await admin.patch(address, json={"name": "Yours"}, headers={"If-Match": etag})
        assert (stale.status_code, stale.json()["base_is_known"]) == (412, False)
        assert stale.json()["current"]["name"] == "Theirs"

    async def test_null_clears_the_code_only(self, plan: PlanWorld) -> None:
        admin = await plan.client(Role.ADMIN)
        address = f"/v1/authorities/{plan.ref}"
        etag = (await admin.get(address)).headers["etag"]
        assert (
            await admin.patch(address, json={"code": None}, headers={"If-Match": etag})
        ).status_code == 200
        refused = await admin.patch(address, json={"name": None}, headers={"If-Match": etag})
        assert refused.json()["errors"][0]["pointer"] == "/name"

    async def test_is_refused_to_a_programme_manager(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        address = f"/v1/authorities/{plan.ref}"
        etag = (await client.get(address)).headers["etag"]
        refused = await client.patch(address, json={"name": "Mine"}, headers={"If-Match": etag})
        assert refused.status_code == 403
