"""Files of published figures: previewed, imported whole or not at all, release after release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.vocabulary import Role
from tests.actions.making import today
from tests.benchmarks.making import (
    HEADER,
    Json,
    a_dataset,
    a_file,
    a_ref,
    authority,
    england,
    imported,
    refused,
    region,
    send,
)
from tests.factories.world import PlanWorld

LINES = [england("22.6"), region("22.1"), authority("838", "14.7"), authority("933", "c")]


async def releases_of(plan: PlanWorld, dataset: str) -> list[Json]:
    found = await (await plan.manager()).get(f"/v1/benchmarks/{dataset}/releases")
    items: list[Json] = found.json()["items"]
    return items


async def series_of(plan: PlanWorld, dataset: str, release: int, **query: Any) -> list[Json]:
    client = await plan.manager()
    at = f"/v1/benchmarks/{dataset}/releases/{release}/series"
    listed = (await client.get(at, params=query)).json()["items"]
    return [(await client.get(f"{at}/{one['series']}")).json() for one in listed]


class TestPreview:
    async def test_tells_all_and_keeps_nothing(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        answer = await send(plan, dataset, a_file(LINES), apply=False)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["dry_run"], told["release"], told["error_count"], told["years"]) == (
            True,
            None,
            0,
            ["2025"],
        )
        counts = told["counts"]
        assert [counts[name] for name in ("lines", "national", "regional", "local_authority", "wrong")] == [
            4,
            1,
            1,
            2,
            0,
        ]
        assert (counts["figures"], counts["by_state"]) == (4, {"reported": 3, "confidential": 1})
        assert await releases_of(plan, dataset) == []

    async def test_tells_columns_by_their_content_where_nobody_named_them(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, indicators=[])
        lines = [
            england("Total,22.6,low,,note"),
            authority("838", "Total,14.7,3,,"),
            authority("838", "Boys,x,u,,"),
        ]
        file = a_file(lines, "sex,rate,count,empty,remark")
        told = (await send(plan, dataset, file, apply=False)).json()
        assert (told["filters"], told["indicators"], told["ignored"]) == (
            ["sex", "remark"],
            ["rate", "count"],
            ["empty"],
        )
        assert [doubt["code"] for doubt in told["doubts"]] == ["columns_told_by_content"]
        await imported(plan, dataset, file)
        held = (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}")).json()
        assert (held["filters"], [one["name"] for one in held["indicators"]], held["ignored"]) == (
            ["sex", "remark"],
            ["rate", "count"],
            ["empty"],
        )

    async def test_compares_with_the_release_in_force(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        first = await imported(plan, dataset, a_file(LINES))
        assert first["compared"] is None
        then = [england("22.6"), region("c"), authority("838", "14.8"), authority("935", "20.1")]
        told = (await send(plan, dataset, a_file(then), apply=False)).json()
        assert told["compared"] == {
            "release": first["release"],
            "added": 1,
            "changed": 2,
            "unchanged": 1,
            "removed": 1,
        }


class TestImport:
    async def test_holds_every_cell_as_what_it_is(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, filters=["sex"], indicators=[{"name": "n"}, {"name": "rate"}])
        cells = ["z,x", "c,low", "k,u", ",0", '"1,234",12.5', "[c],-3"]
        lines = [authority(str(901 + place), f"Total,{cell}") for place, cell in enumerate(cells)]
        told = await imported(plan, dataset, a_file([england("Total,5,6"), *lines], "sex,n,rate"))
        by_indicator = {
            one["indicator"]: {point["area"]: (point["state"], point["value"]) for point in one["points"]}
            for one in await series_of(plan, dataset, told["release"])
        }
        assert by_indicator == {
            "n": {
                "E92000001": ("reported", 5),
                "901": ("not_applicable", None),
                "902": ("confidential", None),
                "903": ("rounds_to_zero", None),
                "904": ("blank", None),
                "905": ("reported", 1234),
                "906": ("confidential", None),
            },
            "rate": {
                "E92000001": ("reported", 6),
                "901": ("unavailable", None),
                "902": ("rounds_to_zero", None),
                "903": ("low_reliability", None),
                "904": ("reported", 0),
                "905": ("reported", 12.5),
                "906": ("reported", -3),
            },
        }
        assert told["counts"]["figures"] == 14 == sum(told["counts"]["by_state"].values())

    async def test_each_set_of_filters_is_a_series(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, filters=["sex", "age"])
        lines = [england(f"{sex},{age},1") for sex in ("Girls", 'Boys "all"') for age in ("0 to 4", "5\\t9")]
        told = await imported(plan, dataset, a_file(lines, "sex,age,rate").replace(b'"all"', b"all"))
        found = await series_of(plan, dataset, told["release"])
        assert sorted((one["filters"]["sex"], one["filters"]["age"]) for one in found) == [
            ("Boys all", "0 to 4"),
            ("Boys all", "5\\t9"),
            ("Girls", "0 to 4"),
            ("Girls", "5\\t9"),
        ]

    async def test_the_columns_may_stand_in_any_order_and_case(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        names = HEADER.split(",")
        header = ",".join(["rate", *(name.upper() for name in reversed(names))])
        cells = ",".join(["14.7", *reversed(authority("838", "x").split(",")[:-1])])
        told = await imported(plan, dataset, f"{header}\n{cells}\n".encode())
        assert (told["counts"]["local_authority"], told["counts"]["by_state"]) == (1, {"reported": 1})

    async def test_a_byte_order_mark_and_either_line_end_are_read(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        file = b"\xef\xbb\xbf" + a_file(LINES).replace(b"\r\n", b"\n")
        assert (await imported(plan, dataset, file))["counts"]["lines"] == 4

    async def test_what_is_not_utf_8_is_read_as_windows_1252_and_says_so(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        lines = [*LINES, authority("838", "14.1", "2024").replace("Council 838", "Sant\u2019Ange")]
        told = await imported(plan, dataset, a_file(lines).decode().encode("cp1252"))
        assert [doubt["code"] for doubt in told["doubts"]] == ["windows_1252"]
        (series,) = await series_of(plan, dataset, told["release"])
        assert series["points"][0]["year"] == 2024

    async def test_names_come_out_the_same_in_every_encoding(self, plan: PlanWorld) -> None:
        line = authority("838", "14.1").replace("Council 838", "Sant\u2019Ange")
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
            dataset = await a_dataset(plan)
            told = await imported(plan, dataset, a_file([line]).decode().encode(encoding))
            (series,) = await series_of(plan, dataset, told["release"])
            assert series["points"][0]["name"] == "Sant\u2019Ange", encoding

    async def test_blank_lines_are_passed_over(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        file = a_file([LINES[0], "", *LINES[1:], "," * 10, ""])
        assert (await imported(plan, dataset, file))["counts"]["lines"] == 4

    async def test_lines_of_other_levels_are_counted_and_not_kept(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        ward = england("9").replace("National", "Ward")
        told = await imported(plan, dataset, a_file([*LINES, ward, ward]))
        assert told["counts"]["not_kept"] == [{"level": "Ward", "lines": 2}]
        assert told["counts"]["lines"] == 6
        assert "level_not_kept" in [doubt["code"] for doubt in told["doubts"]]

    async def test_many_decimals_are_kept_to_six_and_counted(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        told = await imported(plan, dataset, a_file([england("33.33333333333"), authority("838", "1.5")]))
        assert told["counts"]["rounded"] == 1
        (series,) = await series_of(plan, dataset, told["release"])
        assert series["points"][0]["value"] == 33.333333

    async def test_a_last_line_without_an_end_is_a_doubt(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        told = await imported(plan, dataset, a_file(LINES).rstrip())
        assert [doubt["code"] for doubt in told["doubts"]] == ["no_last_line_end"]


class TestReleases:
    async def test_a_new_one_leaves_the_old_to_be_read(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        first = await imported(plan, dataset, a_file([england("22.4", "2024")]), released_on="2024-10-31")
        second = await imported(
            plan, dataset, a_file([england("22.5", "2024"), england("22.6")]), title="2024 to 2025"
        )
        listed = await releases_of(plan, dataset)
        assert [(one["release"], one["is_in_force"], one["title"]) for one in listed] == [
            (second["release"], True, "2024 to 2025"),
            (first["release"], False, None),
        ]
        (old,) = await series_of(plan, dataset, first["release"])
        (new,) = await series_of(plan, dataset, second["release"])
        assert [point["value"] for point in old["points"]] == [22.4]
        assert [point["value"] for point in new["points"]] == [22.5, 22.6]

    async def test_one_imported_late_does_not_come_into_force(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        new = await imported(plan, dataset, a_file([england("22.6")]))
        await imported(plan, dataset, a_file([england("22.4", "2024")]), released_on="2024-10-31")
        held = (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}")).json()
        assert (held["in_force"]["release"], held["releases"]) == (new["release"], 2)

    async def test_a_correction_of_the_same_day_comes_into_force(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        await imported(plan, dataset, a_file([england("22.6")]))
        correction = await imported(plan, dataset, a_file([england("22.7")]))
        held = (await (await plan.manager()).get(f"/v1/benchmarks/{dataset}")).json()
        assert held["in_force"]["release"] == correction["release"]

    async def test_the_identical_file_is_recognised(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        first = await imported(plan, dataset, a_file(LINES))
        again = await send(plan, dataset, a_file(LINES), released_on="2025-11-30")
        assert again.status_code == 200
        assert (again.json()["is_known"], again.json()["release"]) == (True, first["release"])
        assert len(await releases_of(plan, dataset)) == 1
        other = await a_dataset(plan)
        assert (await imported(plan, other, a_file(LINES)))["is_known"] is False

    async def test_one_of_a_day_to_come_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        tomorrow = (today() + timedelta(days=1)).isoformat()
        answer = await send(plan, dataset, a_file(LINES), released_on=tomorrow)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/released_on")

    async def test_a_series_of_another_release_is_not_found(self, plan: PlanWorld) -> None:
        dataset, other = await a_dataset(plan), await a_dataset(plan)
        told = await imported(plan, dataset, a_file(LINES))
        client = await plan.manager()
        at = f"/v1/benchmarks/{dataset}/releases/{told['release']}"
        assert (await client.get(at)).status_code == 200
        assert (await client.get(at.replace(dataset, other))).status_code == 404
        assert (await client.get(f"{at}/series/999999999")).status_code == 404


class TestSeries:
    async def test_are_found_by_words_of_title_and_filters(self, plan: PlanWorld) -> None:
        indicators = [{"name": "rate", "title": "Re-referrals within a year"}, {"name": "count"}]
        dataset = await a_dataset(plan, indicators=indicators, filters=["sex"])
        lines = [england("Girls,22.6,40"), england("Boys,21.2,44")]
        told = await imported(plan, dataset, a_file(lines, "sex,rate,count"))

        async def found(words: str) -> list[tuple[str, str]]:
            series = await series_of(plan, dataset, told["release"], q=words)
            return [(one["indicator"], one["filters"]["sex"]) for one in series]

        assert await found("girls re-referrals") == [("rate", "Girls")]
        assert sorted(await found("boys")) == [("count", "Boys"), ("rate", "Boys")]
        assert await found("within nowhere") == []


class TestErrors:
    async def test_every_unreadable_cell_has_its_line_and_column(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan, indicators=[{"name": "n"}, {"name": "rate"}])
        lines = [
            england("22.6,5"),
            authority("838", "n/a,.."),
            authority("83", "1,2", "2025"),
            authority("933", "1,2", "25"),
            england("1,2").replace("National", ""),
            region("1,2", of=("South", "South")),
            authority("935", "1,2", identifier="Week 3"),
            authority("936", "1,2", new_code="nonsense"),
        ]
        assert await refused(plan, dataset, a_file(lines, "n,rate")) == [
            (3, "n", "not_a_figure"),
            (3, "rate", "not_a_figure"),
            (4, "old_la_code", "not_a_code"),
            (5, "time_period", "not_a_year"),
            (6, "geographic_level", "no_level"),
            (7, "region_code", "not_a_code"),
            (8, "time_identifier", "not_a_year_kind"),
            (9, "new_la_code", "not_a_code"),
        ]

    async def test_a_preview_tells_them_without_being_one(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        answer = await send(plan, dataset, a_file([england("oops"), *LINES[1:]]), apply=False)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["error_count"], told["counts"]["wrong"], told["counts"]["lines"]) == (1, 1, 4)
        assert told["errors"] == [
            {
                "line": 2,
                "column": "rate",
                "code": "not_a_figure",
                "message": "“oops” is neither a figure nor one of the symbols z, x, c, low, k and u.",
            }
        ]

    async def test_lines_about_the_same_are_all_named(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        same, other = authority("838", "14.7"), authority("838", "14.8", new_code="E10000009")
        file = a_file([same, england("1"), same, other, authority("838", "1", "2024")])
        assert await refused(plan, dataset, file) == [
            (4, None, "duplicate_line"),
            (5, None, "duplicate_line"),
        ]
        answer = await send(plan, dataset, file, apply=False)
        messages = [error["message"] for error in answer.json()["errors"]]
        assert ["the same." in messages[0], "something else." in messages[1]] == [True, True]
        counts = answer.json()["counts"]
        assert (counts["wrong"], counts["national"], counts["local_authority"]) == (2, 1, 2)

    @pytest.mark.parametrize(
        ("columns", "expected"),
        [
            ("rate,surprise", ("surprise", "unknown_column")),
            ("count", ("rate", "missing_column")),
            ("rate,rate", ("rate", "duplicate_column")),
            ("rate,", (None, "no_name")),
        ],
    )
    async def test_a_header_of_other_columns(
        self, plan: PlanWorld, columns: str, expected: tuple[str | None, str]
    ) -> None:
        dataset = await a_dataset(plan)
        found = await refused(plan, dataset, a_file([england("1,2")], columns))
        assert (1, *expected) in found

    async def test_a_new_column_is_taken_once_somebody_says_what_it_is(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        client = await plan.client(Role.PERFORMANCE_OFFICER)
        etag = (await client.get(f"/v1/benchmarks/{dataset}")).headers["etag"]
        changed = await client.patch(
            f"/v1/benchmarks/{dataset}", json={"ignored": ["surprise"]}, headers={"If-Match": etag}
        )
        assert changed.status_code == 200, changed.text
        await imported(plan, dataset, a_file([england("1,anything")], "rate,surprise"))

    async def test_a_line_with_too_few_or_too_many_cells(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        file = a_file([england("1"), england("1") + ",2"]) + b"2025,Reporting year,Local auth"
        assert await refused(plan, dataset, file) == [
            (3, None, "overlong_line"),
            (4, None, "truncated_line"),
        ]

    async def test_a_file_cut_short_inside_quotes(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        file = a_file(LINES) + b'2025,Reporting year,National,E92000001,"Engl'
        assert await refused(plan, dataset, file) == [(6, None, "truncated")]

    @pytest.mark.parametrize(
        ("file", "code"),
        [
            (b"", "empty"),
            (b"\r\n\r\n", "empty"),
            (a_file([]), "no_lines"),
            (a_file([england("1").replace("National", "Ward")]), "no_lines"),
            (a_file(LINES).decode().encode("utf-16-le"), "wrong_encoding"),
            (a_file([england("1")]) + b"\x81\x8d\x8f", "wrong_encoding"),
            (a_file([england("1").replace("England", "Eng\0land")]), "wrong_encoding"),
            (b"PK\x03\x04" + b"x" * 40, "wrong_content"),
            (b"\x1f\x8b\x08" + b"x" * 40, "wrong_content"),
            (a_file([england('"1"2"')]), "not_csv"),
            (a_file([england("1" * 250_000)]), "line_too_long"),
        ],
    )
    async def test_what_is_no_such_file(self, plan: PlanWorld, file: bytes, code: str) -> None:
        dataset = await a_dataset(plan)
        assert [error[2] for error in await refused(plan, dataset, file)] == [code]

    async def test_only_the_first_thousand_are_told_but_all_are_counted(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        lines = [authority(str(100 + place % 900), "oops", str(1990 + place // 900)) for place in range(1200)]
        told = (await send(plan, dataset, a_file(lines), apply=False)).json()
        assert (told["error_count"], len(told["errors"]), told["counts"]["wrong"]) == (1200, 1000, 1200)

    async def test_anything_but_csv_is_refused(self, plan: PlanWorld) -> None:
        dataset = await a_dataset(plan)
        answer = await send(plan, dataset, b"{}", content_type="application/json")
        assert (answer.status_code, answer.headers["accept"]) == (415, "text/csv")

    async def test_an_unknown_dataset_is_not_found(self, plan: PlanWorld) -> None:
        assert (await send(plan, a_ref("none"), a_file(LINES))).status_code == 404
