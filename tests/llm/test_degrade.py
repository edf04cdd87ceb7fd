"""What a pass does without a model: rules propose, or the work waits."""

import json
from datetime import timedelta
from typing import Any

from nrem.policy.budget import Fallback, LlmPolicy
from tests.llm.asking import Asking
from tests.llm.messages_api import Answer, broke, limited, overloaded
from tests.world import NOW, Org, end, turn

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LISBON = "I moved to Lisbon on 3 May 2025 with my two cats."


def _policy(org: Org, **llm: Any) -> None:  # noqa: ANN401
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        "VALUES (%(org)s, 1, jsonb_build_object('llm', %(llm)s::jsonb), %(since)s)",
        org=org.number,
        llm=json.dumps(llm),
        since=NOW - DAY,
    )


def _tell(org: Org) -> None:
    org.append(turn(LISBON, session="s"), end("s"))
    org.world.drain("score")


def _last_run(org: Org) -> tuple[Any, ...]:
    (row,) = org.ask(
        "SELECT outcome, engine, reason FROM runs WHERE org_id = %(org)s ORDER BY id DESC LIMIT 1"
    )
    return tuple(row)


def test_without_money_rules_propose_and_the_run_says_so(asking: Asking, org: Org) -> None:
    _policy(org, daily_budget_usd=0)
    _tell(org)

    asking.drain("consolidate")

    assert asking.api.calls == []
    assert _last_run(org) == ("applied", "offline@1", "budget_of_the_day_spent")
    assert len(org.memories()) == 1


def test_without_money_the_work_waits_for_the_next_day_if_the_policy_says_so(
    asking: Asking, org: Org
) -> None:
    _policy(org, daily_budget_usd=0, fallback="defer")
    _tell(org)

    asking.drain("consolidate")

    assert _last_run(org) == ("deferred", None, "budget_of_the_day_spent")
    assert org.column("SELECT due_at FROM leases WHERE pass = 'consolidate'") == [
        (NOW + DAY).replace(hour=0)
    ]
    assert org.memories() == []


def test_spend_limit_of_the_account_is_never_tried_again_that_day(asking: Asking, org: Org) -> None:
    _tell(org)
    asking.api.script.append(broke())
    asking.drain("consolidate")
    assert _last_run(org) == ("applied", "offline@1", "model_spend_limit")

    org.append(turn("I sold my boat in Porto.", session="t"), end("t"))
    org.world.drain("score")
    asking.drain("consolidate", now=NOW + 2 * MINUTE)

    assert len(asking.api.calls) == 1
    assert len(org.memories()) == 2


def test_wrong_key_degrades_and_is_not_tried_at_every_step(asking: Asking, org: Org) -> None:
    _tell(org)
    asking.api.script.append(Answer(status=401, error="authentication_error"))

    asking.drain("consolidate")

    assert _last_run(org) == ("applied", "offline@1", "model_denied")


def test_limited_call_is_made_again_when_the_provider_said(asking: Asking, org: Org) -> None:
    _tell(org)
    asking.api.script.append(limited("30"))

    asking.drain("consolidate")
    asking.drain("consolidate", now=NOW + timedelta(seconds=29))
    assert len(asking.api.calls) == 1
    assert _last_run(org) == ("deferred", None, "model_limited")
    asking.drain("consolidate", now=NOW + timedelta(seconds=34))

    assert len(asking.api.calls) == 2
    assert len(org.memories()) == 1


def test_waiting_for_a_provider_is_no_failed_try(asking: Asking, org: Org) -> None:
    _policy(org, max_waits=100)
    _tell(org)
    asking.api.script += [overloaded()] * 7

    for at in range(8):
        asking.drain("consolidate", now=NOW + 10 * at * MINUTE)

    assert org.column("SELECT count(*) FROM parked") == [0]
    assert len(org.memories()) == 1
    assert len(asking.api.calls) == 8


def test_fallback_is_read_from_the_policy() -> None:
    assert LlmPolicy().fallback is Fallback.OFFLINE
