"""Makes the workbooks that the browser tests upload: sheets as JSON come in, an XLSX file goes out.

    {"sheets": [{"title": "Scorecard", "rows": [["Ref", {"date": "2024-08-01"}], ["K1", 0.814]],
                 "formats": {"B2": "0.0%"}, "merged": ["A1:B1"]}]}

A text that begins with an equals sign is a formula, as in any spreadsheet.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

from openpyxl import Workbook


def cell(given: Any) -> Any:
    """A value as JSON can say it; a day stands in an object of its own."""
    return dt.date.fromisoformat(given["date"]) if isinstance(given, dict) else given


def workbook(sheets: list[dict[str, Any]]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for given in sheets:
        sheet = book.create_sheet(given["title"])
        for row in given["rows"]:
            sheet.append([cell(value) for value in row])
        for place, number_format in given.get("formats", {}).items():
            sheet[place].number_format = number_format
        for span in given.get("merged", []):
            sheet.merge_cells(span)
    return book


if __name__ == "__main__":
    workbook(json.load(sys.stdin)["sheets"]).save(sys.stdout.buffer)
