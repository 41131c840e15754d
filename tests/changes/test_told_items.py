"""Whatever can change in a plan, the change record can tell."""

from __future__ import annotations

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from api.changes.fields import columns_of, readable
from api.changes.items import CALLED, PARTS, UNSHOWN, ChangedKind, TimelineKind
from api.tables import metadata
from migrations.versioning import ABOUT_ONE_ITEM, BELONGS_TO


async def tables_with_history(owner: AsyncConnection[DictRow]) -> set[str]:
    found = await owner.execute(
        r"select tablename from pg_tables where schemaname = 'public' and tablename like '%\_history'"
    )
    return {row["tablename"].removesuffix("_history") for row in await found.fetchall()}


class TestKinds:
    async def test_every_table_belongs_to_a_kind_that_has_a_name(
        self, owner: AsyncConnection[DictRow]
    ) -> None:
        kinds = {kind.value for kind in ChangedKind}
        for table in await tables_with_history(owner) - ABOUT_ONE_ITEM:
            assert BELONGS_TO.get(table, (table, ""))[0] in kinds, table

    async def test_every_table_is_an_item_or_a_part_of_one(self, owner: AsyncConnection[DictRow]) -> None:
        told = {called.table for called in CALLED.values()} | PARTS.keys() | UNSHOWN
        assert await tables_with_history(owner) == told

    def test_a_part_leaves_out_the_column_that_says_whose_it_is(self) -> None:
        owners = {
            table: column for table, (_, column) in BELONGS_TO.items() if column not in {"id", "plan_id"}
        }
        assert {table: part.owner for table, part in PARTS.items() if part.owner} == owners

    def test_every_kind_with_an_address_can_be_told(self) -> None:
        assert {kind.value for kind in TimelineKind} <= {kind.value for kind in ChangedKind}


class TestWords:
    def test_every_part_is_told_by_columns_it_has(self) -> None:
        for table, part in PARTS.items():
            said = readable(table, dict.fromkeys(metadata.tables[table].c.keys()), {})
            assert part.shown.format(**dict.fromkeys(said, "")) is not None, table

    def test_dates_are_told_whole(self) -> None:
        assert columns_of("slip").dates == ("from_due", "to_due")
        row = {"to_due_on": "2018-03-31", "to_due_precision": "month", "to_due_text": "Mar 18"}
        assert readable("slip", row, {})["to_due"] == "2018-03, “Mar 18”"
        assert readable("slip", {"to_due_ongoing": True}, {})["to_due"] == "ongoing"
