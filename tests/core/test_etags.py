"""Conditional requests: what an ETag stands for, and what each form of the headers means.

Decided: ``If-None-Match: *`` on a read is as good as absent, for nobody asks in order to get nothing;
``If-Match: *`` is refused, for it says nothing of which version somebody saw; so is a list of tags.
"""

from __future__ import annotations

import httpx
import pytest

from api.core.errors import ProblemType
from api.vocabulary import Role
from tests.actions.making import an_action
from tests.core.telling import is_problem
from tests.factories.world import PlanWorld, Service


async def again(client: httpx.AsyncClient, url: str, tag: str) -> int:
    return (await client.get(url, headers={"If-None-Match": tag})).status_code


async def rename(client: httpx.AsyncClient, plan: PlanWorld, if_match: str, title: str = "New") -> int:
    answer = await client.patch(
        plan.url("/actions/A1"), json={"title": title}, headers={"If-Match": if_match}
    )
    return answer.status_code


class TestIfNoneMatch:
    @pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', 'W/"0.0" ,  W/{} , "z"', " {} "])
    async def test_the_tag_held_in_any_form_answers_304(self, plan: PlanWorld, form: str) -> None:
        client = await plan.manager()
        for path in ("", "/actions", "/dashboard", "/my-work"):
            tag = (await client.get(plan.url(path))).headers["etag"]
            assert await again(client, plan.url(path), form.format(tag)) == 304

    @pytest.mark.parametrize("given", ["*", '"0.0"', "nonsense", "", '"', ",,,", "W/", '".."', "ä"])
    async def test_anything_else_gives_the_answer(self, plan: PlanWorld, given: str) -> None:
        client = await plan.manager()
        headers = {b"If-None-Match": given.encode()}
        assert (await client.get(plan.url("/actions"), headers=headers)).status_code == 200

    async def test_several_headers_count_as_one(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        tag = (await client.get(plan.url("/actions"))).headers["etag"]
        headers = [("If-None-Match", '"1.aa"'), ("If-None-Match", tag)]
        assert (await client.get(plan.url("/actions"), headers=headers)).status_code == 304

    async def test_a_tag_serves_only_the_address_it_was_given_for(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        tag = (await client.get(plan.url("/actions"))).headers["etag"]
        for path in ("/actions?limit=10", "/recommendations", "/actions?as_of=2026-01-01T00:00:00Z"):
            assert await again(client, plan.url(path), tag) != 304

    async def test_any_change_of_the_plan_ends_it(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        tag = (await client.get(plan.url("/risks"))).headers["etag"]
        await an_action(plan)
        assert await again(client, plan.url("/risks"), tag) == 200

    async def test_so_does_a_change_of_a_persons_name(self, plan: PlanWorld) -> None:
        client, admin = await plan.manager(), await plan.service.admin()
        tag = (await client.get(plan.url("/people"))).headers["etag"]
        user = await plan.user(Role.PROGRAMME_MANAGER)
        found = await admin.get(f"/v1/users/{user.id}")
        renamed = await admin.patch(
            f"/v1/users/{user.id}", json={"name": "Renamed"}, headers={"If-Match": found.headers["etag"]}
        )
        assert renamed.status_code == 200, renamed.text
        assert await again(client, plan.url("/people"), tag) == 200

    async def test_a_change_undone_by_an_error_does_not(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        tag = (await client.get(plan.url("/actions"))).headers["etag"]
        answer = await client.post(plan.url("/actions"), json={"ref": "A1", "title": "Twice"})
        is_problem(answer, ProblemType.REF_TAKEN)
        assert await again(client, plan.url("/actions"), tag) == 304

    async def test_who_lost_the_right_is_told_so_and_not_304(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        tag = (await client.get(plan.url("/changes"))).headers["etag"]
        item = (await client.get(plan.url("/members"))).headers["etag"]
        user = await plan.user(Role.PROGRAMME_MANAGER)
        await plan.service.owner.execute("delete from membership where principal_id = %s", (user.id,))
        assert await again(client, plan.url("/members"), item) == 404
        assert await again(client, plan.url("/changes"), tag) == 404

    @pytest.mark.parametrize("path", ["/v1/me", "/v1/plans", "/v1/roles", "/v1/plan-imports/schema"])
    async def test_reads_of_no_plan_answer_304_while_they_say_the_same(
        self, service: Service, path: str
    ) -> None:
        client = await service.stranger()
        answer = await client.get(path)
        unchanged = await client.get(path, headers={"If-None-Match": f"W/{answer.headers['etag']}"})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == answer.headers["etag"]
        assert await again(client, path, "*") == 200

    async def test_a_reader_who_gets_only_304_stays_signed_in(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        user = await plan.user(Role.PROGRAMME_MANAGER)
        for path in (plan.url("/actions"), "/v1/me"):
            tag = (await client.get(path)).headers["etag"]
            await plan.service.owner.execute(
                "update browser_session set seen_at = now() - interval '30 minutes' where user_id = %s",
                (user.id,),
            )
            assert await again(client, path, tag) == 304
            idle = await plan.service.one(
                "select seen_at < now() - interval '1 minute' from browser_session where user_id = %s",
                user.id,
            )
            assert idle is False


class TestIfMatch:
    async def test_asks_for_the_version_and_no_more(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        tag = (await client.get(plan.url("/actions/A1"))).headers["etag"]
        await an_action(plan, "A2")
        assert await again(client, plan.url("/actions/A1"), tag) == 200
        assert await rename(client, plan, tag) == 200

    async def test_a_colleagues_tag_of_the_same_version_will_do(self, plan: PlanWorld) -> None:
        await an_action(plan)
        tag = (await (await plan.client(Role.BOARD_MEMBER)).get(plan.url("/actions/A1"))).headers["etag"]
        assert await rename(await plan.manager(), plan, tag) == 200

    @pytest.mark.parametrize("form", ["{}", "W/{}", " {} "])
    async def test_a_tag_made_weak_on_its_way_will_do(self, plan: PlanWorld, form: str) -> None:
        client = await plan.manager()
        await an_action(plan)
        tag = (await client.get(plan.url("/actions/A1"))).headers["etag"]
        assert await rename(client, plan, form.format(tag)) == 200

    @pytest.mark.parametrize(
        "given", ["*", '"1.a", "2.b"', "", "nonsense", '"x.1"', '"1.é"', '"9999999999.a"', '"-1"', '"²"']
    )
    async def test_what_names_no_one_version_is_invalid(self, plan: PlanWorld, given: str) -> None:
        client = await plan.manager()
        await an_action(plan)
        for method in ("PATCH", "DELETE"):
            answer = await client.request(
                method,
                plan.url("/actions/A1"),
                headers={b"If-Match": given.encode(), b"Content-Type": b"application/json"},
                content=b'{"title": "New"}',
            )
            is_problem(answer, ProblemType.INVALID)

    async def test_is_needed(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        answer = await client.patch(plan.url("/actions/A1"), json={"title": "New"})
        is_problem(answer, ProblemType.IF_MATCH_REQUIRED)
        is_problem(await client.delete(plan.url("/actions/A1")), ProblemType.IF_MATCH_REQUIRED)

    async def test_a_change_gives_the_tag_for_the_next(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        made = await client.post(plan.url("/actions"), json={"ref": "A1", "title": "Do"})
        tag = made.headers["etag"]
        for number in range(3):
            answer = await client.patch(
                plan.url("/actions/A1"), json={"title": f"Title {number}"}, headers={"If-Match": tag}
            )
            assert answer.status_code == 200, answer.text
            assert await again(client, plan.url("/actions/A1"), answer.headers["etag"]) == 200
            tag = answer.headers["etag"]
        assert tag.startswith('"4.')

    async def test_an_old_tag_is_answered_with_all_three_states(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        tag = (await client.get(plan.url("/actions/A1"))).headers["etag"]
        assert await rename(client, plan, tag, "Theirs") == 200
        answer = await client.patch(
            plan.url("/actions/A1"), json={"title": "Yours"}, headers={"If-Match": tag}
        )
        told = is_problem(answer, ProblemType.EDIT_CONFLICT)
        (field,) = told["fields"]
        assert field == {
            "field": "title",
            "base": "Do A1",
            "theirs": "Theirs",
            "yours": "Yours",
            "changed_meanwhile": True,
        }
        assert told["current"]["title"] == "Theirs"
        assert await rename(client, plan, told["current_etag"], "Yours") == 200

    async def test_a_version_that_never_was_is_a_conflict_without_a_base(self, plan: PlanWorld) -> None:
        client = await plan.manager()
        await an_action(plan)
        answer = await client.patch(
            plan.url("/actions/A1"), json={"title": "Yours"}, headers={"If-Match": '"77.abc"'}
        )
        assert is_problem(answer, ProblemType.EDIT_CONFLICT)["base_is_known"] is False
