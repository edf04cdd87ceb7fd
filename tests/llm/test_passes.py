"""The passes that may ask a model, under each of the three providers."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.llm.telling import calls, runs, tell
from tests.world import NOW, Org, end, memory, turn

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFLINE: dict[str, Any] = {"mode": "offline"}
REPLAY: dict[str, Any] = {"mode": "replay"}
LISBON = "I moved to Lisbon on 3 May 2025 with my two cats."
PEANUTS = "I'm allergic to peanuts and to cashew nuts."
TEA = (
    "User drinks green tea in the morning",
    "In the early morning the user drinks green tea in the morning",
    "Again the user drinks green tea in the morning",
)


def _store_tea(org: Org) -> None:
    for at, content in enumerate(TEA):
        org.append(memory(content, occurred_at=NOW + at * HOUR, session="aab"[at]))
    for name in ("score", "embed"):
        org.world.drain(name)


def test_consolidate_keeps_what_a_model_says_and_cites(asking: Asking, org: Org) -> None:
    tell(org, LISBON, "ok", PEANUTS)

    asking.drain("consolidate")

    assert org.memories() == [f"The user said: {LISBON}", f"The user said: {PEANUTS}"]
    assert len(asking.api.calls) == 1
    ((outcome, engine, reason),) = runs(org, "consolidate")
    assert (outcome, reason) == ("applied", None)
    assert engine.startswith("claude-haiku-5-5@")


def test_consolidate_names_the_turns_behind_each_memory(asking: Asking, org: Org) -> None:
    tell(org, LISBON, PEANUTS)

    asking.drain("consolidate")

    cited = org.column(
        "SELECT e.body ->> 'content' FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE d.org_id = %(org)s ORDER BY d.child_id"
    )
    assert cited == [LISBON, PEANUTS]


def test_consolidate_adds_what_a_model_left_out(asking: Asking, org: Org) -> None:
    tell(org, LISBON, PEANUTS)
    said = "The user moved to Lisbon on 3 May 2025 with two cats."
    asking.api.script.append(Answer(text=json.dumps({"memories": [{"text": said, "turns": [1]}]})))

    asking.drain("consolidate")

    assert org.memories() == [said, f"User: {PEANUTS}"]
    assert [outcome for outcome, _, _ in runs(org, "consolidate")] == ["applied"]


def test_consolidate_without_a_key_asks_nobody(asking: Asking, org: Org) -> None:
    tell(org, LISBON)

    asking.drain("consolidate", **OFFLINE)

    assert asking.api.calls == []
    assert [engine for _, engine, _ in runs(org, "consolidate")] == ["offline@1"]


def test_consolidate_replays_a_recorded_run_for_nothing(asking: Asking, org: Org) -> None:
    tell(org, LISBON, PEANUTS)
    asking.drain("consolidate")
    before = org.memories("content, importance, trust, occurred_at")
    org.do("DELETE FROM memories")
    org.do("DELETE FROM effects WHERE step = 'consolidate'")
    org.do("UPDATE sessions SET state = 'ended', run_id = NULL")
    org.world.do("UPDATE leases SET due_at = '-infinity' WHERE pass = 'consolidate'")
    org.world.wake("consolidate")

    asking.drain("consolidate", **REPLAY)

    assert org.memories("content, importance, trust, occurred_at") == before
    assert len(asking.api.calls) == 1
    assert calls(org) == ["ok"]
    first, again = runs(org, "consolidate")
    assert first == again


def test_replay_of_what_was_never_asked_fails_and_says_so(asking: Asking, org: Org) -> None:
    tell(org, LISBON)

    outcome = asking.step("consolidate", **REPLAY)

    assert outcome is not None
    assert (outcome.outcome, outcome.changes.reason) == ("failed", "not_in_the_ledger")
    assert asking.api.calls == []
    assert org.memories() == []


def test_promote_makes_knowledge_of_what_a_model_finds_alike(asking: Asking, org: Org) -> None:
    _store_tea(org)

    asking.drain("promote", now=NOW + DAY)

    assert org.memories(where="type = 'semantic'") == [TEA[0]]
    assert [engine.partition("@")[0] for _, engine, _ in runs(org, "promote")] == [
        "claude-sonnet-5-5"
    ]


def test_promote_leaves_out_what_says_too_little_of_its_evidence(asking: Asking, org: Org) -> None:
    _store_tea(org)
    told = {"text": "The user drinks", "kind": "semantic", "episodes": [1, 2, 3]}
    asking.api.script.append(Answer(text=json.dumps({"knowledge": [told]})))

    asking.drain("promote", now=NOW + DAY)

    assert [outcome for outcome, _, _ in runs(org, "promote")] == ["noop"]


def test_promote_without_a_key_asks_nobody(asking: Asking, org: Org) -> None:
    _store_tea(org)

    asking.drain("promote", now=NOW + DAY, **OFFLINE)

    assert asking.api.calls == []
    assert len(org.memories(where="type = 'semantic'")) == 1


def test_promote_replays_a_recorded_run_for_nothing(asking: Asking, org: Org) -> None:
    _store_tea(org)
    asking.drain("promote", now=NOW + DAY)
    columns = "content, importance, trust, occurred_at, metadata"
    before = org.memories(columns, where="type = 'semantic'")
    org.do("DELETE FROM edges")
    org.do("DELETE FROM memories WHERE type = 'semantic'")
    org.do("INSERT INTO promote_queue SELECT org_id, subject_id, id FROM memories")
    org.world.do("UPDATE leases SET due_at = '-infinity' WHERE pass = 'promote'")
    org.world.wake("promote")

    asking.drain("promote", now=NOW + DAY, **REPLAY)

    assert org.memories(columns, where="type = 'semantic'") == before
    assert len(asking.api.calls) == 1


def test_promote_does_not_pay_to_hear_of_too_few_episodes(asking: Asking, org: Org) -> None:
    org.append(memory(TEA[0], session="a"))
    org.world.drain("score")

    asking.drain("promote", now=NOW + DAY)

    assert asking.api.calls == []


def test_row_of_the_ledger_holds_tokens_and_money_and_no_words(asking: Asking, org: Org) -> None:
    tell(org, LISBON)

    asking.drain("consolidate")

    (row,) = org.ask("SELECT * FROM llm_calls WHERE org_id = %(org)s")
    assert (row[2], row.status, row.request_id) == ("consolidate", "ok", "req_1")
    assert row.tokens_in > 0
    assert row.tokens_out > 0
    assert row.cache_write > 0
    assert row.cost_micros == 1 + int(
        0.1 * row.tokens_in + 0.5 * row.tokens_out + 0.125 * row.cache_write
    )
    assert row.run_id == org.column("SELECT id FROM runs WHERE pass = 'consolidate'")[0]
    assert b"Lisbon" not in bytes(row.request)
    assert b"Lisbon" not in bytes(row.reply)
    (spent,) = org.ask("SELECT micros, calls, items FROM llm_spend WHERE org_id = %(org)s")
    assert tuple(spent) == (row.cost_micros, 1, 1)


def test_cost_stands_in_the_run(asking: Asking, org: Org) -> None:
    tell(org, LISBON)

    asking.drain("consolidate")

    (detail,) = org.column("SELECT detail FROM runs WHERE pass = 'consolidate'")
    assert detail["cost_usd"] == calls(org, "cost_micros")[0] / 1_000_000


def test_no_transaction_is_open_while_a_model_is_asked(asking: Asking, org: Org) -> None:
    tell(org, LISBON)
    seen: list[Any] = []
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND usename = 'nrem_worker' AND state LIKE 'idle in transaction%%'"
    )
    asking.api.meanwhile = lambda: seen.append(org.world.ask(question)[0][0])

    asking.drain("consolidate")

    assert seen == [0]


def test_request_names_no_row_and_no_id_of_a_caller(asking: Asking, org: Org) -> None:
    org.append(turn(LISBON, user="alice@example.org", session="s-1"))
    org.append(end("s-1", user="alice@example.org"))
    org.world.drain("score")

    asking.drain("consolidate")

    ((call,)) = asking.api.calls
    assert "alice" not in str(call.request)
    assert "s-1" not in str(call.request)


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_call_is_kept_as_long_as_its_run(asking: Asking, org: Org, days: int, left: int) -> None:
    tell(org, LISBON)
    asking.drain("consolidate")

    org.world.drain("expire", now=NOW + timedelta(days=days))

    assert len(calls(org)) == left
