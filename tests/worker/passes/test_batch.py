"""batch: gathered requests go out once, and their replies come in once."""

import json
from datetime import timedelta

import pytest

from tests.llm.batching import KNOWN, MINUTE, NIGHT, READY, SENT, Night
from worker.passes import BY_NAME
from worker.runner import rehearse

SECOND = timedelta(seconds=1)
WAITS = ("deferred", "batched")
DONE = ("applied", None)


def test_scheduled_requests_of_one_model_are_asked_in_one_batch(night: Night) -> None:
    night.gather()
    night.send()

    (held,) = night.asking.api.batches.held
    assert len(held.requests) == 3
    assert {one["params"]["model"] for one in held.requests} == {"claude-sonnet-5-5"}
    assert night.asking.api.calls == []
    assert night.runs() == [WAITS] * 3


def test_requests_of_a_batch_share_a_prefix_that_is_marked_for_the_cache(night: Night) -> None:
    night.gather()
    night.send()

    (held,) = night.asking.api.batches.held
    prefixes = {
        json.dumps([one["params"]["system"], one["params"]["output_config"]])
        for one in held.requests
    }
    assert len(prefixes) == 1
    assert '"cache_control": {"type": "ephemeral"}' in prefixes.pop()


def test_replies_of_a_batch_are_applied_by_who_waits_for_them(night: Night) -> None:
    night.gather()
    night.send()

    night.deliver()
    night.drain("promote", READY)

    assert night.known() == KNOWN
    assert night.runs()[3:] == [DONE] * 3
    assert night.calls() == ["ok"] * 3
    assert night.asking.api.calls == []
    assert night.asking.api.batches.paid == 3


def test_batch_costs_half(night: Night) -> None:
    night.gather()
    night.send()
    night.deliver()

    rows = night.org.ask("SELECT * FROM llm_calls WHERE org_id = %(org)s")
    for row in rows:
        whole = 2.0 * row.tokens_in + 10.0 * row.tokens_out
        whole += 2.5 * row.cache_write + 0.1 * row.cache_read
        assert row.cost_micros == pytest.approx(whole / 2, abs=1)
    (spent,) = night.org.ask("SELECT * FROM llm_spend WHERE org_id = %(org)s")
    assert spent.micros == spent.batch_micros == sum(row.cost_micros for row in rows)
    assert (spent.calls, spent.batch_calls, spent.items) == (3, 3, 3)


def test_run_that_uses_a_reply_shows_what_it_cost(night: Night) -> None:
    night.gather()
    night.send()
    night.deliver()
    night.drain("promote", READY)

    details = night.org.column(
        "SELECT detail FROM runs WHERE org_id = %(org)s AND pass = 'promote' "
        "AND outcome = 'applied' ORDER BY id"
    )
    costs = night.org.column("SELECT cost_micros FROM llm_calls WHERE org_id = %(org)s")
    assert sorted(one["cost_usd"] * 1_000_000 for one in details) == pytest.approx(sorted(costs))


def test_half_of_the_worst_case_is_reserved_until_the_answer_comes(night: Night) -> None:
    night.gather()

    reserved = night.org.column(
        "SELECT reserved_micros FROM llm_calls WHERE org_id = %(org)s AND status = 'reserved'"
    )
    assert len(reserved) == 3
    assert all(8_192 * 10 / 2 < one < 8_192 * 10 for one in reserved)


def test_nothing_is_sent_before_the_last_request_is_a_minute_old(night: Night) -> None:
    night.gather()

    night.send(NIGHT + MINUTE - SECOND)
    assert night.asking.api.batches.asked == []
    night.send(NIGHT + MINUTE)

    assert night.asking.api.batches.asked == ["POST /v1/messages/batches"]


def test_batch_that_is_not_done_is_looked_at_ever_later(night: Night) -> None:
    night.gather()
    night.send()

    looks = []
    for minute in range(60):
        before = len(night.asking.api.batches.asked)
        night.drain("batch", SENT + minute * MINUTE)
        if len(night.asking.api.batches.asked) > before:
            looks.append(minute)

    assert looks == [1, 3, 6, 10, 16, 24, 34, 44, 54]


def test_what_nobody_scheduled_is_asked_at_once(night: Night) -> None:
    night.drain("promote", NIGHT)

    assert len(night.asking.api.calls) == 3
    assert night.batch() == []


def test_org_that_opted_out_is_asked_for_at_once(night: Night) -> None:
    night.policy(batch="never")

    night.gather()

    assert len(night.asking.api.calls) == 3
    assert night.known() == KNOWN
    assert night.batch() == []


def test_too_few_requests_are_made_at_once(night: Night) -> None:
    night.policy(batch_min=4)
    night.gather()

    night.send()
    night.drain("promote", SENT)

    assert night.asking.api.batches.held == []
    assert len(night.asking.api.calls) == 3
    assert night.known() == KNOWN
    assert night.runs("batch") == [("applied", "too_few_requests")]
    assert night.runs()[3:] == [("applied", "batch_gave_no_answer")] * 3


def test_batches_hold_no_more_than_half_of_the_money_of_a_day(night: Night) -> None:
    night.policy(batch_min=1, daily_budget_usd=0.2)

    night.gather()

    assert night.runs() == [WAITS, WAITS, ("deferred", "money_is_held_by_batches")]
    night.send()
    night.deliver()
    night.drain("promote", READY)
    night.send(READY + 2 * MINUTE)
    assert [len(one.requests) for one in night.asking.api.batches.held] == [2, 1]


def test_rehearsal_gathers_nothing(night: Night) -> None:
    tools = night.asking.tools()
    setting = night.org.world.setting(now=NIGHT, tools=tools, only_org=night.org.number)

    rehearse(setting, BY_NAME["promote"])

    assert night.batch() == []


def test_request_that_waits_is_not_made_twice_by_who_asks_meanwhile(night: Night) -> None:
    night.gather()
    night.send()

    night.org.world.tick("promote", "request:now", now=SENT)
    night.drain("promote", SENT)
    night.org.world.do("UPDATE leases SET due_at = %(at)s WHERE pass = 'promote'", at=SENT)
    night.org.world.wake("promote")
    night.drain("promote", SENT)

    assert night.asking.api.calls == []
    assert night.runs()[3:] == [("noop", "nothing_due"), WAITS, WAITS, WAITS]
