"""The three-way merge by itself: base, held and new document in, what comes of them out."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from api.plan_documents.canonical import canonical
from api.plan_documents.document import PlanDocument
from api.plan_documents.merging import Decisions, Merge, merge
from tests.plan_documents.documents import Json, three_actions


def merged(base: Json | None, held: Json, new: Json, decisions: Decisions | None = None) -> Merge:
    read = {
        name: canonical(PlanDocument.model_validate(one)) if one is not None else None
        for name, one in (("base", base), ("held", held), ("new", new))
    }
    assert read["new"] is not None
    return merge(read["base"], read["held"], read["new"], decisions or {})


def versions(**fields: Any) -> tuple[Json, Json, Json]:
    """Base, held and new, all the same, with ``fields`` of the first action in the base."""
    base = three_actions()
    base["actions"][0] |= fields
    return base, deepcopy(base), deepcopy(base)


def first(found: Merge) -> Any:
    return found.items["action"][0].item


class TestFields:
    def test_changed_here_only_stays(self) -> None:
        base, held, new = versions()
        held["actions"][0]["title"] = "Here"
        found = merged(base, held, new)
        assert first(found).title == "Here"
        assert found.items["action"][0].fields == ()

    def test_changed_in_the_document_only_is_taken(self) -> None:
        base, held, new = versions()
        new["actions"][0]["title"] = "There"
        found = merged(base, held, new)
        assert first(found).title == "There"
        assert found.items["action"][0].fields == ("title",)

    def test_changed_alike_on_both_sides_is_no_conflict(self) -> None:
        base, held, new = versions()
        held["actions"][0]["title"] = new["actions"][0]["title"] = "Both"
        assert merged(base, held, new).conflicts == []

    def test_changed_differently_on_both_sides_is_a_conflict(self) -> None:
        base, held, new = versions()
        held["actions"][0]["title"], new["actions"][0]["title"] = "Here", "There"
        found = merged(base, held, new)
        (conflict,) = found.conflicts
        assert (conflict.pointer, conflict.kind, conflict.ref) == ("/actions/0/title", "action", "1")
        assert (conflict.base, conflict.current, conflict.new) == ("One", "Here", "There")
        assert first(found).title == "Here"

    @pytest.mark.parametrize(("decision", "title"), [("mine", "There"), ("theirs", "Here")])
    def test_a_decision_settles_it(self, decision: Any, title: str) -> None:
        base, held, new = versions()
        held["actions"][0]["title"], new["actions"][0]["title"] = "Here", "There"
        found = merged(base, held, new, {"/actions/0/title": decision})
        assert found.conflicts == []
        assert first(found).title == title

    def test_different_fields_of_one_item_merge(self) -> None:
        base, held, new = versions()
        held["actions"][0]["status"] = "completed"
        new["actions"][0]["title"] = "There"
        found = merged(base, held, new)
        assert (first(found).status, first(found).title) == ("completed", "There")

    def test_a_field_that_the_document_leaves_out_now_is_cleared(self) -> None:
        base, held, new = versions(cost_note="Ten days")
        del new["actions"][0]["cost_note"]
        assert first(merged(base, held, new)).cost_note is None

    def test_dates_compare_by_value(self) -> None:
        base, held, new = versions(due="2026-09")
        new["actions"][0]["due"] = {"date": "2026-09"}
        held["actions"][0]["due"] = "2026-10"
        found = merged(base, held, new)
        assert found.conflicts == []
        assert first(found).due.date == "2026-10"

    def test_refs_compare_without_regard_to_case(self) -> None:
        base, held, new = versions(parent="2")
        for document, spelling in ((base, "a2"), (held, "A2"), (new, "a2")):
            document["actions"][1]["ref"] = document["actions"][0]["parent"] = spelling
        assert [one.fields for one in merged(base, held, new).items["action"]] == [(), (), ()]

    def test_the_original_due_date_stays_where_the_document_is_silent(self) -> None:
        base, held, new = versions(due="2026-09-30")
        held["actions"][0] |= {"due": "2026-10-31", "original_due": "2026-09-30"}
        new["actions"][0]["title"] = "There"
        found = merged(base, held, new)
        assert (first(found).due.date, first(found).original_due.date) == ("2026-10-31", "2026-09-30")

    def test_a_new_due_date_does_not_move_the_original(self) -> None:
        base, held, new = versions(due="2026-09-30")
        held["actions"][0]["original_due"] = "2026-09-30"
        new["actions"][0]["due"] = "2026-12-31"
        found = merged(base, held, new)
        assert (first(found).due.date, first(found).original_due.date) == ("2026-12-31", "2026-09-30")

    def test_the_plan_itself_merges_too(self) -> None:
        base, held, new = versions()
        held["plan"]["title"], new["plan"]["title"] = "Here", "There"
        assert [one.pointer for one in merged(base, held, new).conflicts] == ["/plan/title"]


class TestItems:
    def test_left_out_of_the_document_are_kept(self) -> None:
        base, held, new = versions()
        del new["actions"][1]
        found = merged(base, held, new)
        assert [one.item.ref for one in found.items["action"]] == ["1", "2", "3"]
        assert found.counts()["actions"] == {"unchanged": 2, "kept_not_in_document": 1}

    def test_added_here_are_kept(self) -> None:
        base, held, new = versions()
        held["actions"].append({"ref": "9", "title": "Nine", "status": "not_started"})
        assert merged(base, held, new).counts()["actions"]["kept_not_in_document"] == 1

    def test_added_in_the_document_stand_where_it_has_them(self) -> None:
        base, held, new = versions()
        new["actions"].insert(1, {"ref": "1a", "title": "Between", "status": "not_started"})
        found = merged(base, held, new)
        assert [one.item.ref for one in found.items["action"]] == ["1", "1a", "2", "3"]

    def test_moved_in_the_document_move(self) -> None:
        base, held, new = versions()
        new["actions"].reverse()
        assert [one.item.ref for one in merged(base, held, new).items["action"]] == ["3", "2", "1"]

    def test_deleted_here_stay_deleted(self) -> None:
        base, held, new = versions()
        del held["actions"][1]
        found = merged(base, held, new)
        assert [one.item.ref for one in found.items["action"]] == ["1", "3"]
        assert found.removed == ["/actions/1"]

    def test_deleted_here_and_changed_in_the_document_is_a_conflict(self) -> None:
        base, held, new = versions()
        del held["actions"][1]
        new["actions"][1]["title"] = "Changed"
        (conflict,) = merged(base, held, new).conflicts
        assert (conflict.pointer, conflict.field, conflict.current) == ("/actions/1", None, None)
        back = merged(base, held, new, {"/actions/1": "mine"})
        assert [one.item.title for one in back.items["action"]] == ["One", "Changed", "Three"]

    def test_without_a_base_empty_fields_are_filled_and_others_conflict(self) -> None:
        _, held, new = versions()
        new["actions"][0] |= {"title": "There", "cost_note": "Ten days"}
        found = merged(None, held, new)
        assert [one.pointer for one in found.conflicts] == ["/actions/0/title"]
        assert first(found).cost_note == "Ten days"

    def test_without_a_base_what_only_the_plan_says_stays(self) -> None:
        _, held, new = versions()
        held["actions"][0]["cost_note"] = "Ten days"
        assert first(merged(None, held, new)).cost_note == "Ten days"


SAME_PLAN = three_actions()


def noted(*texts: str, settled: bool = False) -> Json:
    document = deepcopy(SAME_PLAN)
    document["source_notes"] = [
        {"about": {"kind": "plan"}, "kind": "other", "text": text} | ({"settled": True} if settled else {})
        for text in texts
    ]
    return document


class TestWordsWithoutARef:
    def test_a_note_settled_here_stays_settled(self) -> None:
        found = merged(noted("A", "B"), noted("A", "B", settled=True), noted("A", "B"))
        assert [one.item.settled for one in found.items["source_note"]] == [True, True]
        assert [one.fields for one in found.items["source_note"]] == [(), ()]

    def test_a_single_note_of_its_kind_is_followed_when_reworded(self) -> None:
        found = merged(noted("A"), noted("A"), noted("A, said better"))
        assert [one.item.text for one in found.items["source_note"]] == ["A, said better"]

    def test_one_of_several_reworded_comes_beside_the_old(self) -> None:
        found = merged(noted("A", "B"), noted("A", "B"), noted("A1", "B1"))
        assert sorted(one.item.text for one in found.items["source_note"]) == ["A", "A1", "B", "B1"]

    def test_a_narrative_of_the_same_day_is_followed(self) -> None:
        base = three_actions()
        told = {"about": [{"kind": "plan"}], "kind": "progress", "text": "Slow", "on": "2026-09-01"}
        base["narratives"] = [told, told | {"on": "2026-10-01"}]
        new = deepcopy(base)
        new["narratives"][1]["text"] = "Quick"
        found = merged(base, deepcopy(base), new)
        assert [one.fields for one in found.items["narrative"]] == [(), ("text",)]


class TestValues:
    def series(self, **fields: Any) -> Json:
        document = deepcopy(SAME_PLAN)
        document["kpis"] = [
            {"ref": "K", "title": "K", "unit": "percent", "polarity": "higher", "period_type": "month"}
        ]
        document["measurements"] = [{"kpi": "K", "period": "2026-08", "value": 80} | fields]
        return document

    def test_a_value_and_its_parts_are_one_thing(self) -> None:
        base, held = self.series(), self.series(state="not_available", value=None)
        new = self.series(value=82, numerator=41, denominator=50)
        (conflict,) = merged(base, held, new).conflicts
        assert conflict.pointer == "/measurements/0/value"
        assert conflict.current == {"state": "not_available"}
        taken = merged(base, held, new, {"/measurements/0/value": "mine"}).items["measurement"][0].item
        assert (taken.state, taken.value, taken.numerator) == ("reported", 82, 41)

    def test_a_note_merges_beside_it(self) -> None:
        held = self.series(note="Checked")
        found = merged(self.series(), held, self.series(value=82)).items["measurement"][0]
        assert (found.item.value, found.item.note) == (82, "Checked")

    def test_other_spellings_of_a_period_are_the_same_value(self) -> None:
        found = merged(self.series(), self.series(), self.series(period="Aug-26"))
        assert found.counts()["measurements"] == {"unchanged": 1}

    def test_segments_left_out_of_the_document_stay(self) -> None:
        base = self.series()
        base["kpis"][0]["segments"] = [{"ref": "n", "title": "North"}, {"ref": "s", "title": "South"}]
        new = deepcopy(base)
        new["kpis"][0]["segments"] = [{"ref": "n", "title": "The north"}]
        (kpi,) = merged(base, deepcopy(base), new).items["kpi"]
        assert [(one.ref, one.title) for one in kpi.item.segments] == [("n", "The north"), ("s", "South")]
