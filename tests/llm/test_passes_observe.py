"""observe and reflect, under each of the three providers."""

from datetime import timedelta
from typing import Any

import pytest

from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.llm.telling import calls, runs, tell
from tests.world import NOW, Org
from worker.passes import BY_NAME
from worker.runner import rehearse

DAY = timedelta(days=1)
OFFLINE: dict[str, Any] = {"mode": "offline"}
REPLAY: dict[str, Any] = {"mode": "replay"}
LISBON = "I moved to Lisbon on 3 May 2025 with my two cats."
PEANUTS = "I'm allergic to peanuts and to cashew nuts."


def _observed(org: Org) -> list[Any]:
    columns = "text, priority, observation_date, referenced_date, trust, ordinal"
    rows = org.ask(f"SELECT {columns} FROM observations ORDER BY subject_id, ordinal")  # noqa: S608
    return [tuple(row) for row in rows]


def test_observe_notes_what_a_model_says(asking: Asking, org: Org) -> None:
    tell(org, LISBON, "ok", PEANUTS)

    asking.drain("observe")

    assert [row[0] for row in _observed(org)] == [LISBON, PEANUTS]
    assert [engine.partition("@")[0] for _, engine, _ in runs(org, "observe")] == [
        "claude-haiku-5-5"
    ]
    (subject_id,) = org.column("SELECT DISTINCT subject_id FROM observations")
    assert calls(org, "subject_id") == [subject_id]


def test_observe_without_a_key_asks_nobody(asking: Asking, org: Org) -> None:
    tell(org, LISBON)

    asking.drain("observe", **OFFLINE)

    assert asking.api.calls == []
    assert len(_observed(org)) == 1


def test_observe_replays_a_recorded_run_for_nothing(asking: Asking, org: Org) -> None:
    tell(org, LISBON, PEANUTS)
    setting = org.world.setting(tools=asking.tools(), only_org=org.number)
    rehearse(setting, BY_NAME["observe"])
    assert (len(asking.api.calls), _observed(org)) == (1, [])

    asking.drain("observe", **REPLAY)

    assert [row[0] for row in _observed(org)] == [LISBON, PEANUTS]
    assert len(asking.api.calls) == 1


def test_observe_says_when_rules_note_for_want_of_money(asking: Asking, org: Org) -> None:
    tell(org, LISBON)
    asking.api.script.append(Answer(status=402, error="billing_error"))

    asking.drain("observe")

    assert runs(org, "observe") == [("applied", "offline@1", "model_spend_limit")]


@pytest.mark.parametrize("mode", ["auto", "offline"])
def test_reflect_shortens_a_log_under_each_provider(asking: Asking, org: Org, mode: str) -> None:
    tell(org, LISBON, PEANUTS)
    asking.drain("observe", **OFFLINE)
    now = NOW + DAY
    org.world.tick("reflect", "request:now", now=now)
    asking.api.script.append(Answer(text='{"edits": []}'))

    asking.drain("reflect", now=now, mode=mode)

    assert len(_observed(org)) == 2
    assert len(asking.api.calls) == (mode == "auto")
