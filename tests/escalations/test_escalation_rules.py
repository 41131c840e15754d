from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.escalations.rules import (
    STEPS,
    Standing,
    TransitionRefused,
    allowed_steps,
    answer_due_on,
    is_answer_late,
    moved,
    next_stage,
    overall_due_on,
    raised,
    stage_at,
)
from api.escalations.shipped import SHIPPED_LADDERS, ShippedLadder
from api.escalations.tables import LadderStage
from api.vocabulary import EscalationEventKind as Event
from api.vocabulary import EscalationState as State


@dataclass(frozen=True)
class Stage:
    position: int
    title: str
    working_days: int | None = None
    response_required: bool = True


FRIDAY = date(2018, 8, 24)
"""Before a bank holiday: two working days later is Wednesday 29 August."""
AFTER = date(2018, 8, 30)

LADDER = [
    Stage(1, "Practitioners", 2),
    Stage(2, "Managers", 5),
    Stage(3, "Senior officers", 2),
    Stage(4, "Partnership chair"),
]
OPEN = Standing(State.OPEN, 1, date(2018, 8, 29))
ANSWERED = replace(OPEN, state=State.ANSWERED)


class TestAnswerDueOn:
    def test_in_englands_working_days(self) -> None:
        assert answer_due_on(LADDER[0], FRIDAY) == date(2018, 8, 29)

    def test_none_where_no_limit_is_set(self) -> None:
        assert answer_due_on(LADDER[3], FRIDAY) is None

    def test_rows_of_the_table_are_stages_too(self) -> None:
        row = LadderStage(plan_id=1, ladder_id=1, position=1, title="Managers", working_days=5)
        assert answer_due_on(row, date(2018, 9, 3)) == date(2018, 9, 10)


class TestOverallDueOn:
    def test_counts_from_the_day_it_was_raised(self) -> None:
        assert overall_due_on(20, date(2018, 9, 3)) == date(2018, 10, 1)

    def test_none_without_an_overall_clock(self) -> None:
        assert overall_due_on(None, FRIDAY) is None


class TestIsAnswerLate:
    @pytest.mark.parametrize(
        ("standing", "today", "late"),
        [
            (OPEN, date(2018, 8, 29), False),
            (OPEN, AFTER, True),
            (ANSWERED, AFTER, False),
            (Standing(State.OPEN, 4, None), AFTER, False),
        ],
    )
    def test_the_day_after_it_was_due(self, standing: Standing, today: date, late: bool) -> None:
        assert is_answer_late(standing, today) is late


class TestNextStage:
    def test_the_one_above(self) -> None:
        assert next_stage(LADDER, 1).title == "Managers"

    def test_gaps_and_order_do_not_matter(self) -> None:
        assert next_stage([Stage(30, "Top"), Stage(10, "Foot"), Stage(20, "Middle")], 10).title == "Middle"

    def test_one_further_up(self) -> None:
        assert next_stage(LADDER, 1, 4).title == "Partnership chair"

    @pytest.mark.parametrize(
        ("current", "to", "why"),
        [(4, None, "top of its ladder"), (2, 1, "only climbs"), (2, 2, "only climbs"), (2, 9, "no stage 9")],
    )
    def test_refused(self, current: int, to: int | None, why: str) -> None:
        with pytest.raises(TransitionRefused, match=why):
            next_stage(LADDER, current, to)


class TestRaised:
    def test_at_the_first_stage_with_its_clock_running(self) -> None:
        assert raised(LADDER, FRIDAY) == OPEN

    def test_further_up_with_a_reason(self) -> None:
        found = raised(LADDER, FRIDAY, at=3, reason="Both managers are away.")
        assert found == Standing(State.OPEN, 3, date(2018, 8, 29))

    def test_further_up_without_a_reason(self) -> None:
        with pytest.raises(TransitionRefused, match="Say why the stages below Senior officers"):
            raised(LADDER, FRIDAY, at=3, reason="  ")

    def test_on_no_ladder(self) -> None:
        with pytest.raises(TransitionRefused, match="no stages"):
            raised([], FRIDAY)

    def test_at_no_stage(self) -> None:
        with pytest.raises(TransitionRefused, match="no stage 9"):
            raised(LADDER, FRIDAY, at=9, reason="why not")


class TestMoved:
    @pytest.mark.parametrize(
        ("event", "before", "after"),
        [
            (Event.ANSWERED, State.OPEN, State.ANSWERED),
            (Event.RESOLVED, State.OPEN, State.RESOLVED),
            (Event.RESOLVED, State.ANSWERED, State.RESOLVED),
            (Event.WITHDRAWN, State.OPEN, State.WITHDRAWN),
            (Event.WITHDRAWN, State.ANSWERED, State.WITHDRAWN),
            (Event.REFERRED, State.OPEN, State.REFERRED),
            (Event.REFERRED, State.ANSWERED, State.REFERRED),
        ],
    )
    def test_a_step_that_stays_at_its_stage(self, event: Event, before: State, after: State) -> None:
        found = moved(event, replace(OPEN, state=before), LADDER, AFTER, words="Because.")
        assert found == Standing(after, 1, OPEN.answer_due_on)

    @pytest.mark.parametrize("before", [State.ANSWERED, State.RESOLVED, State.WITHDRAWN, State.REFERRED])
    def test_reopening_starts_the_stages_clock_again(self, before: State) -> None:
        now = Standing(before, 2, date(2018, 8, 1))
        found = moved(Event.REOPENED, now, LADDER, date(2018, 9, 3), words="It came back.")
        assert found == Standing(State.OPEN, 2, date(2018, 9, 10))

    @pytest.mark.parametrize(
        ("event", "before"),
        [
            (Event.RAISED, State.OPEN),
            (Event.ANSWERED, State.ANSWERED),
            (Event.REOPENED, State.OPEN),
            *(
                (event, ended)
                for ended in (State.RESOLVED, State.WITHDRAWN, State.REFERRED)
                for event in (
                    Event.ANSWERED,
                    Event.CLIMBED,
                    Event.RESOLVED,
                    Event.WITHDRAWN,
                    Event.REFERRED,
                )
            ),
        ],
    )
    def test_a_step_that_cannot_follow(self, event: Event, before: State) -> None:
        with pytest.raises(
            TransitionRefused, match=f"that is {before.value} cannot be {event.value}; it can"
        ):
            moved(event, replace(OPEN, state=before), LADDER, AFTER, words="Because.")

    @pytest.mark.parametrize(
        ("event", "wanted"),
        [
            (Event.ANSWERED, "the answer"),
            (Event.RESOLVED, "what resolved it"),
            (Event.WITHDRAWN, "why it is withdrawn"),
            (Event.REFERRED, "to whom"),
        ],
    )
    @pytest.mark.parametrize("words", [None, "", " \n"])
    def test_a_step_without_its_words(self, event: Event, wanted: str, words: str | None) -> None:
        with pytest.raises(TransitionRefused, match=f"Say {wanted}"):
            moved(event, OPEN, LADDER, AFTER, words=words)

    def test_only_climbing_changes_the_stage(self) -> None:
        with pytest.raises(TransitionRefused, match="Only climbing"):
            moved(Event.ANSWERED, OPEN, LADDER, AFTER, words="Done.", to=2)

    @given(st.sampled_from(State), st.sampled_from(Event), st.integers(1, 4), st.booleans())
    def test_what_may_follow_is_what_the_table_says(
        self, state: State, event: Event, stage: int, late: bool
    ) -> None:
        now = Standing(state, stage, FRIDAY if late else None)
        allowed = event in allowed_steps(state) and not (event is Event.CLIMBED and stage == 4)
        try:
            found = moved(event, now, LADDER, AFTER, words="Because.")
        except TransitionRefused:
            assert not allowed
        else:
            assert allowed
            assert found.state is STEPS[event].to
            assert found.stage == (stage + 1 if event is Event.CLIMBED else stage)


class TestClimbing:
    def test_on_no_answer_in_time(self) -> None:
        assert moved(Event.CLIMBED, OPEN, LADDER, AFTER) == Standing(State.OPEN, 2, date(2018, 9, 6))

    def test_on_an_unsatisfactory_answer(self) -> None:
        found = moved(Event.CLIMBED, ANSWERED, LADDER, date(2018, 8, 28))
        assert found == Standing(State.OPEN, 2, date(2018, 9, 4))

    def test_to_a_stage_without_a_limit(self) -> None:
        now = Standing(State.ANSWERED, 3, FRIDAY)
        assert moved(Event.CLIMBED, now, LADDER, AFTER) == Standing(State.OPEN, 4, None)

    def test_while_the_stage_still_has_time_needs_a_reason(self) -> None:
        due_day = date(2018, 8, 29)
        with pytest.raises(TransitionRefused, match="Say why Practitioners is bypassed"):
            moved(Event.CLIMBED, OPEN, LADDER, due_day)
        assert moved(Event.CLIMBED, OPEN, LADDER, due_day, words="A child is at risk.").stage == 2

    def test_past_a_stage_needs_a_reason(self) -> None:
        with pytest.raises(TransitionRefused, match="Say why the stages below Senior officers are bypassed"):
            moved(Event.CLIMBED, OPEN, LADDER, AFTER, to=3)
        assert moved(Event.CLIMBED, OPEN, LADDER, AFTER, to=3, words="Managers agree it is stuck.").stage == 3

    def test_from_a_stage_that_owes_no_answer(self) -> None:
        informal = [Stage(1, "Informal", response_required=False), Stage(2, "Team manager", 5)]
        assert moved(Event.CLIMBED, Standing(State.OPEN, 1, None), informal, AFTER).stage == 2

    def test_from_the_top(self) -> None:
        with pytest.raises(TransitionRefused, match="resolve, refer or withdraw"):
            moved(Event.CLIMBED, Standing(State.ANSWERED, 4, None), LADDER, AFTER)

    def test_from_a_stage_the_ladder_does_not_have(self) -> None:
        with pytest.raises(TransitionRefused, match="no stage 9"):
            moved(Event.CLIMBED, Standing(State.ANSWERED, 9, None), LADDER, AFTER)


class TestShippedLadders:
    def test_inter_agency(self) -> None:
        (ladder,) = (ladder for ladder in SHIPPED_LADDERS if ladder.ref == "inter-agency")
        assert [stage.working_days for stage in ladder.stages] == [2, 5, 2, None]
        assert ladder.is_enabled

    def test_iro_dispute_resolution_is_there_but_disabled(self) -> None:
        (ladder,) = (ladder for ladder in SHIPPED_LADDERS if "IRO" in ladder.title)
        assert [stage.working_days for stage in ladder.stages] == [None, 5, 5, 5, 5]
        assert (ladder.overall_working_days, ladder.is_enabled) == (20, False)

    @pytest.mark.parametrize("ref", ["overdue-action", "kpi-off-target", "late-feed"])
    def test_our_own_are_labelled_so(self, ref: str) -> None:
        (ladder,) = (ladder for ladder in SHIPPED_LADDERS if ladder.ref == ref)
        assert "Turnstone's own" in ladder.title

    @pytest.mark.parametrize("ladder", SHIPPED_LADDERS, ids=lambda ladder: str(ladder.ref))
    def test_each_climbs_from_foot_to_top_unanswered(self, ladder: ShippedLadder) -> None:
        stages = [
            Stage(place, stage.title, stage.working_days, stage.response_required)
            for place, stage in enumerate(ladder.stages, start=1)
        ]
        today = FRIDAY
        now = raised(stages, today)
        while now.stage < len(stages):
            today = (now.answer_due_on or today) + timedelta(days=1)
            now = moved(Event.CLIMBED, now, stages, today)
        assert stage_at(stages, now.stage) is stages[-1]
