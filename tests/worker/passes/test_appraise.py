"""The pass appraise: what a score is not sure of gets a second opinion, from a model."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nrem.policy.appraise import is_doubtful
from nrem.policy.params import Policy
from tests.llm.asking import Asking
from tests.llm.asking import asking as started
from tests.llm.messages_api import Answer
from tests.store.reverting import last_run, undo
from tests.world import NOW, Org, World, memory
from worker.passes.appraise import APPRAISE
from worker.runner import rehearse

DAY = timedelta(days=1)
DOUBTFUL = "The kitchen door sticks in damp weather"
CLEAR = "Remember: I am allergic to peanuts since 3 May 2019"


@pytest.fixture
def asking(world: World, tmp_path: Path) -> Iterator[Asking]:
    with started(world, tmp_path / "data") as found:
        yield found


def _store(asking: Asking, org: Org, *contents: str, **given: Any) -> None:  # noqa: ANN401
    org.append(*(memory(one, **given) for one in contents))
    asking.drain("score")


def _importances(org: Org) -> list[float]:
    return org.memories("importance")


def _opinion(importance: float) -> Answer:
    return Answer(text=json.dumps({"opinions": [{"id": 1, "importance": importance}]}))


def test_examples_are_what_they_are_called(org: Org) -> None:
    org.append(memory(DOUBTFUL), memory(CLEAR))
    org.world.drain("score")

    told = [is_doubtful(one, Policy.default().appraise) for one in _importances(org)]

    assert told == [True, False]


def test_doubtful_importance_becomes_what_a_model_thinks(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL, CLEAR)
    _, clear = _importances(org)

    asking.drain("appraise")

    assert _importances(org) == [0.6, clear]
    assert len(asking.api.calls) == 1


def test_opinion_is_a_new_version_and_no_gift_of_a_caller(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    (before,) = _importances(org)

    asking.drain("appraise")

    assert org.memories("version, importance_given") == [(2, False)]
    assert org.column("SELECT importance FROM memory_versions") == [before]


def test_importance_moves_no_further_than_the_policy_allows(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    (before,) = _importances(org)
    asking.api.script.append(_opinion(1.0))

    asking.drain("appraise")

    assert _importances(org) == [pytest.approx(before + 0.3)]


def test_importance_that_was_given_is_nobodys_to_judge(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL, importance=0.4)

    asking.drain("appraise")

    assert asking.api.calls == []
    assert _importances(org) == [0.4]


def test_memory_that_changed_meanwhile_keeps_what_it_has(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    asking.api.meanwhile = lambda: org.do("UPDATE memories SET importance = 0.9")

    asking.drain("appraise")

    assert _importances(org) == [0.9]


def test_pinned_memory_is_left_alone(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    org.do("UPDATE memories SET pinned = true")

    outcomes = asking.drain("appraise")

    assert asking.api.calls == []
    assert [one.changes.reason for one in outcomes if one.run_id] == ["nothing_left_to_appraise"]


def test_each_request_holds_the_words_of_one_person(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL, user="alice")
    _store(asking, org, "The cellar door sticks in wet weather", user="bob")

    asking.drain("appraise")

    shown = [one.request["messages"][0]["content"] for one in asking.api.calls]
    assert ["kitchen" in one for one in shown] == [True, False]
    assert ["cellar" in one for one in shown] == [False, True]


def test_due_time_follows_the_new_importance(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    asking.api.script.append(_opinion(0.0))

    asking.drain("appraise")
    (low,) = org.memories("due_at")
    org.world.drain("decay", now=low)

    assert org.memories("state") != ["live"]


def test_without_a_model_nothing_is_queued(asking: Asking, org: Org) -> None:
    org.append(memory(DOUBTFUL))
    org.world.drain("score")

    assert org.column("SELECT count(*) FROM inbox WHERE pass = 'appraise'") == [0]


def test_what_waits_when_the_key_is_taken_away_is_let_go_and_the_run_says_why(
    asking: Asking, org: Org
) -> None:
    _store(asking, org, DOUBTFUL)
    before = _importances(org)

    (outcome, *_) = asking.drain("appraise", mode="offline")

    assert (outcome.outcome, outcome.changes.engine, outcome.changes.reason) == (
        "noop",
        "offline@1",
        "no_model",
    )
    assert _importances(org) == before
    assert org.column("SELECT count(*) FROM inbox WHERE pass = 'appraise'") == [0]


def test_replay_of_a_recorded_run_gives_the_same_for_nothing(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    setting = org.world.setting(tools=asking.tools(), only_org=org.number)
    shown = rehearse(setting, APPRAISE)[0].changes.diff

    asking.drain("appraise", mode="replay")

    assert [one.after for one in shown] == ["importance 0.6"]
    assert _importances(org) == [0.6]
    assert len(asking.api.calls) == 1


def test_model_that_names_another_memory_changes_none(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    before = _importances(org)
    asking.api.script.append(Answer(text='{"opinions": [{"id": 7, "importance": 1}]}'))

    outcome = asking.step("appraise")

    assert outcome is not None
    assert (outcome.outcome, outcome.changes.reason) == ("failed", "reply_names_what_was_not_shown")
    assert _importances(org) == before


def test_limited_call_puts_the_memories_off_and_counts_no_try(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    asking.api.script.append(Answer(status=429, headers={"retry-after": "30"}))

    outcome = asking.step("appraise")

    assert outcome is not None
    assert (outcome.outcome, outcome.changes.reason) == ("deferred", "model_limited")
    ((attempts, due_at),) = org.ask("SELECT attempts, due_at FROM inbox WHERE pass = 'appraise'")
    assert attempts == 0
    assert due_at >= NOW + timedelta(seconds=30)


def test_run_can_be_undone(asking: Asking, org: Org) -> None:
    _store(asking, org, DOUBTFUL)
    before = _importances(org)
    asking.drain("appraise")
    run_id = last_run(org, "appraise")

    assert _importances(org) == [0.6]
    undo(org, run_id)

    assert _importances(org) == before
