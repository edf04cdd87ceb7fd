"""A provider in trouble: limited, overloaded, silent, broken and cut replies, by chance."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from tests.extent import rounds
from tests.llm.asking import Asking, asking
from tests.llm.messages_api import Faults
from tests.postgres import Database, created
from tests.world import NOW, Org, connected, end, turn

SESSIONS = rounds(14, 24)
# So many that the money does not last.
_SPENT_SESSIONS = 24
TROUBLE = Faults(
    seed=7,
    limited=0.30,
    overloaded=0.10,
    hanging=0.10,
    broken=0.10,
    truncated=0.05,
    retry_after=30,
    hang_seconds=2.0,
)
# Room for one worst case and about ten real ones, with replies of at most so many tokens.
BUDGET_MICROS = 550
_MAX_TOKENS = 256
# Less than a hanging call takes, and time enough for any other on a busy machine.
_TIMEOUT_SECONDS = 1.5
_MOST_ROUNDS = 400
_ROUND = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class Told:
    """A day on which everything was tried until it was done."""

    org: Org
    process: Asking


@contextmanager
def _a_day(
    cluster: EmbeddedPostgres,
    template: Database,
    place: pytest.TempPathFactory,
    *,
    sessions: int,
    budget_usd: float,
) -> Iterator[Told]:
    """One session for each of many people, so that each is a stream of its own."""
    with (
        created(cluster, template.name) as database,
        connected(database) as world,
        asking(world, place.mktemp("data")) as process,
    ):
        org = world.found("org")
        world.do(
            "INSERT INTO policies (org_id, version, body, created_at) "
            "VALUES (%(org)s, 1, jsonb_build_object('llm', "
            "jsonb_build_object('daily_budget_usd', %(usd)s::float8)), %(since)s)",
            org=org.number,
            usd=budget_usd,
            since=NOW - timedelta(days=1),
        )
        for at in range(sessions):
            names = {"session": f"s{at}", "user": f"user{at}"}
            org.append(turn(f"I moved to Lisbon with {at + 2} cats.", **names), end(**names))
        world.drain("score")
        process.api.faults = TROUBLE
        _let_pass(process, org)
        yield Told(org=org, process=process)


def _let_pass(process: Asking, org: Org) -> None:
    for at in range(_MOST_ROUNDS):
        process.drain(
            "consolidate",
            now=NOW + at * _ROUND,
            max_tokens=_MAX_TOKENS,
            timeout_seconds=_TIMEOUT_SECONDS,
        )
        if not org.column("SELECT count(*) FROM sessions WHERE state = 'ended'")[0]:
            return


@pytest.fixture(scope="module")
def told(
    cluster: EmbeddedPostgres, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    with _a_day(cluster, template, tmp_path_factory, sessions=SESSIONS, budget_usd=1.0) as found:
        yield found


def test_everything_completes_and_nothing_wrong_is_written(told: Told) -> None:
    org = told.org

    done = org.column("SELECT count(*) FROM sessions WHERE state = 'consolidated'")

    assert done == [SESSIONS]
    assert org.column("SELECT count(*) FROM parked") == [0]
    assert len(org.memories()) == SESSIONS
    assert all("moved to Lisbon with" in one for one in org.memories())


def test_every_kind_of_trouble_was_met_and_is_on_the_books(told: Told) -> None:
    kinds = Counter(told.org.column("SELECT status FROM llm_calls"))

    assert {"ok", "limited", "overloaded", "timeout", "invalid", "truncated"} == set(kinds)
    assert sum(kinds.values()) == len(told.process.api.calls)


def test_no_call_is_made_before_the_provider_said(told: Told) -> None:
    rows = told.org.ask("SELECT status, started_at FROM llm_calls ORDER BY id")
    wait = timedelta(seconds=TROUBLE.retry_after)

    early = [
        one.started_at
        for one, two in pairwise(rows)
        if one.status == "limited" and two.started_at < one.started_at + wait
    ]

    assert len(rows) > SESSIONS
    assert not early


def test_every_paid_reply_is_on_the_books_and_no_good_one_was_paid_twice(told: Told) -> None:
    org = told.org

    paid = org.ask(
        "SELECT status, cost_micros, request_hash FROM llm_calls "
        "WHERE status IN ('ok', 'invalid', 'truncated')"
    )

    answered = [one.answer for one in told.process.api.calls if one.answer.status == 200]
    assert len(paid) == sum(not one.hang_seconds for one in answered)
    assert all(row.cost_micros > 0 for row in paid)
    assert org.column("SELECT sum(micros)::bigint FROM llm_spend") == [
        sum(row.cost_micros for row in paid)
    ]
    good = [bytes(row.request_hash) for row in paid if row.status == "ok"]
    assert len(good) == len(set(good))


def test_runs_say_who_proposed(told: Told) -> None:
    engines = Counter(
        told.org.column(
            "SELECT split_part(engine, '@', 1) FROM runs "
            "WHERE pass = 'consolidate' AND outcome = 'applied'"
        )
    )
    good = told.org.column("SELECT count(*) FROM llm_calls WHERE status = 'ok'")

    assert sum(engines.values()) == SESSIONS
    assert [engines["claude-haiku-5-5"]] == good


def test_budget_is_never_overshot(
    cluster: EmbeddedPostgres, template: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    usd = BUDGET_MICROS / 1_000_000

    with _a_day(
        cluster, template, tmp_path_factory, sessions=_SPENT_SESSIONS, budget_usd=usd
    ) as told:
        done = told.org.column("SELECT count(*) FROM sessions WHERE state = 'consolidated'")
        spent = told.org.column("SELECT max(micros) FROM llm_spend")
        reasons = set(told.org.column("SELECT reason FROM runs WHERE outcome = 'applied'"))

    assert done == [_SPENT_SESSIONS]
    assert 0 < spent[0] <= BUDGET_MICROS
    assert "budget_of_the_day_spent" in reasons
