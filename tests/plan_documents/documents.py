"""Small documents to import, each for a plan of its own."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from api.plan_documents.schemas import example_document

Json = dict[str, Any]


def new_ref() -> str:
    return f"imported-{secrets.token_hex(4)}"


def a_document(**parts: Any) -> Json:
    """The published example under a new ref, its lists replaced by ``parts``."""
    document = example_document()
    document["plan"] |= {"ref": new_ref(), "authority": {"ref": f"a-{secrets.token_hex(4)}", "name": "A"}}
    return document | parts


def three_actions(*titles: str) -> Json:
    """A document of nothing but actions 1, 2, 3 …, each with its own title."""
    document = a_document()
    for name in list(document):
        if name not in ("format", "plan"):
            del document[name]
    document["plan"].pop("stated_totals")
    document["actions"] = [
        {"ref": str(number), "title": title, "status": "not_started"}
        for number, title in enumerate(titles or ("One", "Two", "Three"), start=1)
    ]
    return document


async def send(
    client: httpx.AsyncClient, document: Json, *, status: int = 200, dry_run: bool = True, **more: Any
) -> Json:
    answer = await client.post("/v1/plan-imports", json={"document": document, "dry_run": dry_run, **more})
    assert answer.status_code == status, answer.text[:3000]
    told: Json = answer.json()
    return told


async def bring_in(client: httpx.AsyncClient, document: Json, *, status: int = 201, **more: Any) -> Json:
    return await send(client, document, status=status, dry_run=False, **more)


async def exported(client: httpx.AsyncClient, plan: str, **query: str) -> Json:
    answer = await client.get(f"/v1/plans/{plan}/export", params=query)
    assert answer.status_code == 200, answer.text
    document: Json = answer.json()
    return document


def pointers(told: Json, code: str) -> list[str]:
    """Where a preview sees this doubt."""
    return [pointer for doubt in told["doubts"] if doubt["code"] == code for pointer in doubt["pointers"]]


def errors(told: Json) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in told["errors"]]
