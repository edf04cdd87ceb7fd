"""A provider in trouble: limited, overloaded, silent, broken and cut replies, by chance."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from tests.llm.asking import Asking
from tests.llm.messages_api import Faults
from tests.world import NOW, Org, end, turn

SESSIONS = 40
TROUBLE = Faults(
    seed=7,
    limited=0.30,
    overloaded=0.10,
    hanging=0.10,
    broken=0.10,
    truncated=0.05,
    retry_after=30,
    hang_seconds=0.3,
)
_MOST_ROUNDS = 600
_ROUND = timedelta(seconds=20)


def _talk(org: Org) -> None:
    """One session for each of many people, so that each is a stream of its own."""
    for at in range(SESSIONS):
        place = {"session": f"s{at}", "user": f"user{at}"}
        org.append(turn(f"I moved to Lisbon with {at + 2} cats.", **place), end(**place))
    org.world.drain("score")


def _drain(asking: Asking, org: Org) -> list[tuple[datetime, int]]:
    """Let time pass until all is done; at which instant how many calls had been made."""
    told = []
    for at in range(_MOST_ROUNDS):
        now = NOW + at * _ROUND
        asking.drain("consolidate", now=now)
        told.append((now, len(asking.api.calls)))
        if not org.column("SELECT count(*) FROM sessions WHERE state = 'ended'")[0]:
            return told
    return told


def test_everything_completes_and_nothing_wrong_is_written(asking: Asking, org: Org) -> None:
    _talk(org)
    asking.api.faults = TROUBLE

    _drain(asking, org)

    assert org.column("SELECT count(*) FROM sessions WHERE state = 'consolidated'") == [SESSIONS]
    assert org.column("SELECT count(*) FROM parked") == [0]
    assert len(org.memories()) == SESSIONS
    assert all("moved to Lisbon with" in one for one in org.memories())
    kinds = Counter(org.column("SELECT status FROM llm_calls"))
    assert {"ok", "limited", "overloaded", "timeout", "invalid", "truncated"} <= set(kinds)
    assert sum(kinds.values()) == len(asking.api.calls)


def test_no_call_is_made_before_the_provider_said(asking: Asking, org: Org) -> None:
    _talk(org)
    asking.api.faults = TROUBLE

    _drain(asking, org)

    rows = org.ask("SELECT status, started_at FROM llm_calls ORDER BY id")
    assert len(rows) > SESSIONS
    early = [
        (one.started_at, two.started_at)
        for one, two in pairwise(rows)
        if one.status == "limited"
        and two.started_at < one.started_at + timedelta(seconds=TROUBLE.retry_after)
    ]
    assert not early


def test_every_paid_reply_is_on_the_books_and_none_was_paid_twice(asking: Asking, org: Org) -> None:
    _talk(org)
    asking.api.faults = TROUBLE

    _drain(asking, org)

    paid = org.ask(
        "SELECT status, cost_micros, tokens_in, tokens_out, cache_read, cache_write "
        "FROM llm_calls WHERE status IN ('ok', 'invalid', 'truncated')"
    )
    assert len(paid) == sum(
        one.answer.status == 200 and not one.answer.hang_seconds for one in asking.api.calls
    )
    assert all(row.cost_micros > 0 for row in paid)
    assert org.column("SELECT sum(micros)::bigint FROM llm_spend") == [
        sum(row.cost_micros for row in paid)
    ]
    good = [row for row in paid if row.status == "ok"]
    offline = org.column(
        "SELECT count(*) FROM runs WHERE outcome = 'applied' AND engine = 'offline@1' "
        "AND pass = 'consolidate'"
    )
    assert len(good) + offline[0] == SESSIONS


def test_budget_is_overshot_by_no_call(asking: Asking, org: Org) -> None:
    _talk(org)
    asking.api.faults = TROUBLE
    budget = 20_000
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        "VALUES (%(org)s, 1, jsonb_build_object('llm', "
        "jsonb_build_object('daily_budget_usd', %(usd)s::float8)), %(since)s)",
        org=org.number,
        usd=budget / 1_000_000,
        since=NOW - timedelta(days=1),
    )

    _drain(asking, org)

    (spent,) = org.column("SELECT sum(micros)::bigint FROM llm_spend GROUP BY day ORDER BY day")[:1]
    assert spent <= budget
    assert org.column("SELECT count(*) FROM sessions WHERE state = 'consolidated'") == [SESSIONS]
