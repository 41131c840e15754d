"""Documents as files, which the operator imports and exports as the service itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.core.errors import Problem, ProblemType
from api.plan_documents.files import export_file, import_file, read_document
from tests.factories.world import Service
from tests.plan_documents.documents import Json, a_document, three_actions


def written(folder: Path, document: Json) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


class TestReadDocument:
    def test_refuses_what_is_no_json(self) -> None:
        with pytest.raises(Problem) as refused:
            read_document(b"{")
        assert refused.value.kind is ProblemType.BAD_REQUEST

    def test_points_at_every_mistake(self) -> None:
        document = three_actions()
        for action in document["actions"]:
            action["status"] = "nearly"
        with pytest.raises(Problem) as refused:
            read_document(json.dumps(document))
        assert [error["pointer"] for error in refused.value.errors or []] == [
            f"/actions/{place}/status" for place in range(3)
        ]


class TestImportFile:
    async def test_previews_unless_told_otherwise(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        document = a_document()
        told = await import_file(engine, written(tmp_path, document))
        assert (told.is_new, told.dry_run, told.counts["actions"].created) == (True, True, 1)
        assert await service.one("select id from plan where ref = %s", told.plan) is None

    async def test_imports_as_the_system_saying_from_which_file(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        told = await import_file(engine, written(tmp_path, a_document()), dry_run=False)
        reason = await service.one(
            "select distinct c.reason from change c join plan p on p.id = c.plan_id"
            " where p.ref = %s and c.entity = 'action' and c.principal_id = 1",
            told.plan,
        )
        assert reason == "Imported from plan.json"

    async def test_may_import_into_a_closed_plan(self, engine: AsyncEngine, tmp_path: Path) -> None:
        document = three_actions()
        document["plan"] |= {"status": "closed", "as_at": "2026-03-31"}
        await import_file(engine, written(tmp_path, document), dry_run=False)
        document["actions"][0]["title"] = "Read again"
        told = await import_file(engine, written(tmp_path, document), dry_run=False)
        assert told.counts["actions"].changed == 1

    async def test_changes_nothing_when_the_document_is_wrong(
        self, engine: AsyncEngine, service: Service, tmp_path: Path
    ) -> None:
        document = three_actions()
        document["actions"][0]["parent"] = "nothing"
        with pytest.raises(Problem) as refused:
            await import_file(engine, written(tmp_path, document), dry_run=False)
        assert refused.value.kind is ProblemType.INVALID
        assert await service.one("select id from plan where ref = %s", document["plan"]["ref"]) is None


class TestExportFile:
    async def test_gives_the_document_back(self, engine: AsyncEngine, tmp_path: Path) -> None:
        document = a_document()
        told = await import_file(engine, written(tmp_path, document), dry_run=False)
        body = await export_file(engine, told.plan)
        assert json.loads(body) == document
        assert body.startswith(b'{\n  "format"')

    async def test_of_a_plan_that_is_not_there(self, engine: AsyncEngine) -> None:
        with pytest.raises(Problem) as refused:
            await export_file(engine, "nothing-here")
        assert refused.value.kind is ProblemType.NOT_FOUND
