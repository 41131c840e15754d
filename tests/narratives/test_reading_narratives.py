from __future__ import annotations

from api.narratives.schemas import NarrativeRead
from api.vocabulary import Role
from tests.actions.making import (
    a_recommendation,
    an_action,
    days_from_now,
    delete,
    fits,
    make,
    patch,
    problem,
    read,
    version_of,
)
from tests.factories.world import PlanWorld
from tests.narratives.test_narratives import A1, K1, a_kpi, words


async def texts(plan: PlanWorld, *, role: Role = Role.PROGRAMME_MANAGER, **query: object) -> list[str]:
    return [item["text"] for item in (await read(plan, "/narratives", role=role, **query))["items"]]


class TestList:
    async def test_is_newest_first_and_of_one_day_the_last_added(self, plan: PlanWorld) -> None:
        await an_action(plan)
        for text, on in (("b", -5), ("d", -1), ("a", -9), ("c", -5)):
            await make(plan, "/narratives", words(text=text, on=days_from_now(on)))
        assert await texts(plan) == ["d", "c", "b", "a"]

    async def test_pages_in_that_order(self, plan: PlanWorld) -> None:
        await an_action(plan)
        for place in range(5):
            await make(plan, "/narratives", words(text=f"{place}", on=days_from_now(-(place // 2))))
        page = await read(plan, "/narratives", limit=3)
        rest = await read(plan, "/narratives", limit=3, cursor=page["next"])
        assert [n["text"] for n in page["items"] + rest["items"]] == ["1", "0", "3", "2", "4"]

    async def test_finds_by_item_kind_period_person_and_words(self, plan: PlanWorld) -> None:
        await a_recommendation(plan)
        await an_action(plan)
        await a_kpi(plan)
        await make(plan, "/narratives", words(text="progress", for_whom="Director"))
        commentary = words(about=K1, kind="commentary", text="figures", period="2018-08")
        await make(plan, "/narratives", commentary, role=Role.PERFORMANCE_OFFICER)
        await make(plan, "/narratives", words(about=[{"kind": "plan"}], text="overall"))
        assert await texts(plan, about="action:a1") == ["progress"]
        assert await texts(plan, about=["kpi", "plan"]) == ["overall", "figures"]
        assert await texts(plan, kind="commentary") == ["figures"]
        assert await texts(plan, period="2018-08") == ["figures"]
        officer = (await plan.user(Role.PERFORMANCE_OFFICER)).name
        assert await texts(plan, by=officer.upper()) == ["figures"]
        assert await texts(plan, by="director") == ["progress"]
        assert await texts(plan, q="OVER") == ["overall"]

    async def test_a_partner_sees_only_words_on_what_it_was_given(self, plan: PlanWorld) -> None:
        await plan.party("nhs", role=Role.PARTNER)
        await an_action(plan, leads=["nhs"])
        await an_action(plan, "A2")
        both = [*A1, {"kind": "action", "ref": "A2"}]
        await make(plan, "/narratives", words(about=both, text="on both"))
        await make(plan, "/narratives", words(about=[{"kind": "action", "ref": "A2"}], text="on another"))
        seen = (await read(plan, "/narratives", role=Role.PARTNER))["items"]
        assert [(n["text"], [item["ref"] for item in n["about"]]) for n in seen] == [("on both", ["A1"])]

    async def test_answers_404_to_a_stranger(self, plan: PlanWorld) -> None:
        answer = await (await plan.service.stranger()).get(plan.url("/narratives"))
        assert problem(answer) == (404, "not-found")

    async def test_as_of_shows_what_was_said_then(self, plan: PlanWorld) -> None:
        await an_action(plan)
        made = await make(plan, "/narratives", words(text="first"))
        moment = (await plan.service.one("select clock_timestamp()")).isoformat().replace("+00:00", "Z")
        await patch(plan, f"/narratives/{made['id']}", {"text": "second"})
        assert await texts(plan, as_of=moment) == ["first"]


class TestRead:
    async def test_shows_what_is_documented(self, plan: PlanWorld) -> None:
        await an_action(plan)
        made = await make(plan, "/narratives", words())
        fits(NarrativeRead, await read(plan, f"/narratives/{made['id']}"))

    async def test_an_imported_one_has_its_sources_names(self, plan: PlanWorld) -> None:
        narrative = await plan.service.one(
            "insert into narrative (plan_id, kind, text, by, source_ref, on_text)"
            " values (%s, 'progress', 'From a report', 'Head of service', 'p. 9', 'undated') returning id",
            plan.id,
        )
        shown = await read(plan, f"/narratives/{narrative}")
        assert (shown["by"], shown["posted_by"], shown["source_ref"]) == ("Head of service", None, "p. 9")
        assert shown["on"]["text"] == "undated" and shown["about"] == []


class TestDelete:
    async def test_is_for_programme_managers(self, plan: PlanWorld) -> None:
        await plan.party("lead", role=Role.ACTION_LEAD)
        await an_action(plan, leads=["lead"])
        made = await make(plan, "/narratives", words(), role=Role.ACTION_LEAD)
        path = f"/narratives/{made['id']}"
        assert problem(await delete(plan, path, role=Role.ACTION_LEAD)) == (403, "not-allowed")
        assert (await delete(plan, path)).status_code == 204
        assert await texts(plan) == []

    async def test_refuses_a_stale_version(self, plan: PlanWorld) -> None:
        await an_action(plan)
        path = f"/narratives/{(await make(plan, '/narratives', words()))['id']}"
        etag = await version_of(plan, path)
        await patch(plan, path, {"text": "x"})
        assert problem(await delete(plan, path, etag=etag)) == (412, "edit-conflict")
