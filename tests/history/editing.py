"""Somebody who edits a plan at random through the API, the same way each time for the same seed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.factories.world import PlanWorld

Json = dict[str, Any]

DUES = ("2026-03", "2026-Q4", "2027", "2026-09-30", "2030-01-31", {"text": "in the meantime"}, None)
STATUSES = ("not_started", "in_progress", "completed", "cancelled", "unreadable")
RATINGS = ("red", "amber", "green", None)
PERIODS = tuple(f"2026-{month:02}" for month in range(1, 11))
LISTS = ("actions", "recommendations", "kpis", "parties", "themes", "risks", "checks")


@dataclass
class Editor:
    """Makes one edit at a time. What others changed meanwhile is a conflict, and tried no further."""

    plan: PlanWorld
    client: httpx.AsyncClient
    draw: random.Random
    prefix: str = ""
    answers: Counter[int] = field(default_factory=Counter)
    _numbers: Any = field(default_factory=lambda: count(1))

    async def edit(self) -> None:
        """One edit, of a kind drawn by lot."""
        edits = [self.create, self.change, self.remove, self.slip, self.push, self.correct, self.narrate]
        chosen = self.draw.choices(edits, weights=[6, 8, 2, 3, 4, 3, 3])[0]
        await chosen()

    async def furnish(self) -> None:
        """A few items of each kind, so that there is something to edit."""
        for kind in LISTS:
            for _ in range(2):
                await self.create(kind)
        await self.push()

    async def create(self, kind: str | None = None) -> None:
        kind = kind or self.draw.choice(LISTS)
        await self._send("POST", f"/{kind}", await self._fresh(kind))

    async def change(self) -> None:
        kind = self.draw.choice(LISTS)
        ref = await self._one_of(kind)
        if ref is None:
            await self.create(kind)
            return
        fields = await self._fields(kind)
        if self.draw.random() < 0.1:
            fields = {"ref": self._ref(kind)}
        await self._versioned("PATCH", f"/{kind}/{ref}", fields)

    async def remove(self) -> None:
        kind = self.draw.choice(LISTS)
        ref = await self._one_of(kind)
        if ref is not None:
            await self._versioned("DELETE", f"/{kind}/{ref}", None)

    async def slip(self) -> None:
        ref = await self._one_of("actions")
        if ref is not None:
            to_due = self.draw.choice([due for due in DUES if isinstance(due, str)])
            await self._versioned("POST", f"/actions/{ref}/slips", {"to_due": to_due, "reason": "Agreed"})

    async def push(self) -> None:
        kpis = await self._some_of("kpis", 2)
        rows = [
            {"kpi": kpi, "period": period} | self._value()
            for kpi in kpis
            for period in self.draw.sample(PERIODS, 3)
        ]
        if rows:
            await self._send("POST", "/measurements", {"rows": rows, "mode": "partial"})

    async def correct(self) -> None:
        kpi = await self._one_of("kpis")
        if kpi is not None:
            url = f"/kpis/{kpi}/measurements/_all/{self.draw.choice(PERIODS)}"
            await self._versioned("PUT", url, self._value())

    async def narrate(self) -> None:
        kind, name = self.draw.choice([("actions", "action"), ("recommendations", "recommendation")])
        ref = await self._one_of(kind)
        if ref is not None:
            body = {
                "about": [{"kind": name, "ref": ref}],
                "kind": "progress",
                "text": f"Progress {next(self._numbers)}",
                "rating": self.draw.choice(["red", "amber"]),
                "rating_reason": "As seen",
                "apply_rating": True,
            }
            await self._send("POST", "/narratives", body)

    async def _fresh(self, kind: str) -> Json:
        fixed: dict[str, Json] = {
            "actions": {"title": "Do it", "due": self.draw.choice(DUES)},
            "recommendations": {"text": "Improve it", "origin": "inspection"},
            "kpis": {
                "title": "Seen in time",
                "unit": "percent",
                "polarity": self.draw.choice(["higher", "lower"]),
                "period_type": "month",
                "targets": [{"kind": "standing", "value": 80}],
            },
            "parties": {"kind": "role", "name": "Somebody"},
            "themes": {"kind": "workstream", "title": "A theme"},
            "risks": {"title": "A risk", "controls": [{"text": "Watch it"}]},
            "checks": {"title": "A check", "kind": "dip_sample", "about": {"kind": "plan"}},
        }
        return {"ref": self._ref(kind)} | fixed[kind] | await self._fields(kind)

    async def _fields(self, kind: str) -> Json:
        """What to set on an item: a few of the fields of its kind."""
        leads, themes = await self._some_of("parties", 2), await self._some_of("themes", 2)
        offered: dict[str, Json] = {
            "actions": {
                "title": f"Do {next(self._numbers)}",
                "status": self.draw.choice(STATUSES),
                "leads": leads,
                "themes": themes,
                "recommendations": await self._some_of("recommendations", 2),
                "kpis": await self._some_of("kpis", 1),
                "milestones": [{"title": "Half-way", "due": "2026-06"}][: self.draw.randrange(2)],
            },
            "recommendations": {
                "text": f"Improve {next(self._numbers)}",
                "leads": leads,
                "themes": themes,
                "rating": self.draw.choice(RATINGS),
                "rating_reason": "As seen",
            },
            "kpis": {
                "title": f"Measure {next(self._numbers)}",
                "leads": leads,
                "recommendations": await self._some_of("recommendations", 1),
                "targets": [{"kind": "standing", "value": self.draw.randrange(50, 99)}],
                "tolerance": self.draw.choice([None, 2, 2.5]),
            },
            "parties": {"name": f"Person {next(self._numbers)}", "aliases": ["Also known"]},
            "themes": {"title": f"Theme {next(self._numbers)}", "description": self.draw.choice(["x", None])},
            "risks": {
                "title": f"Risk {next(self._numbers)}",
                "owners": leads,
                "actions": await self._some_of("actions", 2),
            },
            "checks": {"title": f"Check {next(self._numbers)}", "owners": leads},
        }
        fields = offered[kind]
        chosen = self.draw.sample(sorted(fields), self.draw.randint(1, len(fields)))
        return {name: fields[name] for name in chosen}

    def _value(self) -> Json:
        state = self.draw.choices(["reported", "nil_return", "not_available"], weights=[8, 1, 1])[0]
        if state != "reported":
            return {"state": state}
        return {"value": self.draw.randrange(0, 1000) / 10}

    def _ref(self, kind: str) -> str:
        return f"{self.prefix}{kind[0].upper()}{next(self._numbers)}"

    async def _some_of(self, kind: str, most: int) -> list[str]:
        found = (await self.client.get(self.plan.url(f"/{kind}?limit=200&sort=ref"))).json()["items"]
        refs = [item["ref"] for item in found]
        return self.draw.sample(refs, min(len(refs), self.draw.randint(0, most)))

    async def _one_of(self, kind: str) -> str | None:
        found = (await self.client.get(self.plan.url(f"/{kind}?limit=200&sort=ref"))).json()["items"]
        return self.draw.choice(found)["ref"] if found else None

    async def _versioned(self, verb: str, path: str, body: Json | None) -> None:
        held = await self.client.get(self.plan.url(path.removesuffix("/slips")))
        tag = {"If-Match": held.headers["etag"]} if held.status_code == 200 else {}
        await self._send(verb, path, body, tag)

    async def _send(self, verb: str, path: str, body: Json | None, tag: dict[str, str] | None = None) -> None:
        answer = await self.client.request(verb, self.plan.url(path), json=body, headers=tag or {})
        went_meanwhile = answer.status_code == 422 and {e["code"] for e in answer.json()["errors"]} == {
            "unknown_ref"
        }
        fine = went_meanwhile or answer.status_code in {200, 201, 204, 404, 409, 412}
        assert fine, f"{verb} {path} {body}: {answer.text}"
        self.answers[answer.status_code] += 1
