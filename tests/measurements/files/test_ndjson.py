from __future__ import annotations

from decimal import Decimal

import pytest

from api.measurements.files.findings import FileRefused, WrongRow
from api.measurements.files.limits import LIMITS, Limits
from api.measurements.files.ndjson import read_ndjson
from tests.measurements.files.making import stream


class TestRows:
    def test_numbers_come_digit_for_digit(self) -> None:
        text = '{"kpi": "K1", "period": "2026-08", "value": 123456789.123456}\r\n\n{"kpi": "K2"}'
        assert [(row.place, row.raw) for row in read_ndjson(stream(text, "utf-8-sig"))] == [
            ("line 1", {"kpi": "K1", "period": "2026-08", "value": Decimal("123456789.123456")}),
            ("line 3", {"kpi": "K2"}),
        ]

    def test_a_line_that_is_no_json_is_wrong_alone(self) -> None:
        text = '{"kpi": "K1"}\n{"kpi": "K1", "kpi": "K2"}\nK1,2026-08\n[1]\n{"kpi": "K'
        rows = [row.raw for row in read_ndjson(stream(text))]
        assert rows[3] == [1]
        wrong = [row for row in rows if isinstance(row, WrongRow)]
        assert [row.faults[0].code for row in wrong] == ["not_json"] * 3
        assert "cut off" in wrong[2].faults[0].message and "cut off" not in wrong[1].faults[0].message
        assert wrong[1].fields == {"line": "K1,2026-08"}


class TestRefused:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "no_rows"),
            (b"\n \n", "no_rows"),
            (b'[{"kpi": "K1"}]', "wrong_content"),
            (b"kpi,period,value\n", "wrong_content"),
            (b"PK\x03\x04", "wrong_content"),
            ('{"kpi": "K1"}'.encode("utf-16"), "wrong_encoding"),
            ('{"note": "é"}'.encode("cp1252"), "wrong_encoding"),
            (b'{"note": "a\0b"}', "wrong_encoding"),
        ],
    )
    def test_what_is_none(self, content: bytes, code: str) -> None:
        with pytest.raises(FileRefused) as caught:
            list(read_ndjson(stream(content.decode("latin-1"), "latin-1")))
        assert caught.value.code == code

    def test_more_rows_than_the_limit(self) -> None:
        rows = read_ndjson(stream('{"kpi": "K1"}\n' * 3), Limits(rows=2))
        with pytest.raises(FileRefused, match="2 values at most"):
            list(rows)
        assert len(list(read_ndjson(stream('{"kpi": "K1"}\n' * 3), LIMITS))) == 3
