"""The other passes that gather: appraise, observe and reflect."""

import json
from datetime import timedelta
from typing import Any

from tests.llm.asking import Asking
from tests.world import NOW, Org, end, memory, turn

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
DOUBTFUL = tuple(f"The {thing} door sticks in damp weather" for thing in ("oven", "car", "attic"))
SAID = (
    "I moved to Lisbon on 3 May 2025 with my two cats.",
    "I'm allergic to peanuts and to cashew nuts.",
    "My sister Jana works as a nurse in Graz.",
)


def _night(asking: Asking, name: str, *, now: Any) -> None:  # noqa: ANN401
    """A tick, the batch it leads to, and its replies."""
    asking.world.tick(name, now=now)
    asking.drain(name, now=now)
    _answer(asking, name, now=now)


def _answer(asking: Asking, name: str, *, now: Any) -> None:  # noqa: ANN401
    asking.drain("batch", now=now + 2 * MINUTE)
    asking.api.batches.finish()
    asking.drain("batch", now=now + HOUR)
    asking.drain(name, now=now + HOUR)


def _batches(asking: Asking) -> list[int]:
    return [len(one.requests) for one in asking.api.batches.held]


def _outcomes(org: Org, name: str) -> list[tuple[Any, ...]]:
    rows = org.ask(
        "SELECT outcome, reason FROM runs WHERE org_id = %(org)s AND pass = %(name)s ORDER BY id",
        name=name,
    )
    return [tuple(row) for row in rows]


def test_appraise_asks_about_each_memory_alone(asking: Asking, org: Org) -> None:
    org.append(*map(memory, DOUBTFUL))
    asking.drain("score")

    _night(asking, "appraise", now=NOW)

    assert _batches(asking) == [3]
    assert org.memories("importance") == [0.6] * 3
    assert asking.api.calls == []


def test_opinion_of_a_batch_is_used_in_whatever_company_a_memory_is(
    asking: Asking, org: Org
) -> None:
    org.append(*map(memory, DOUBTFUL))
    asking.drain("score")
    asking.world.tick("appraise", now=NOW)
    asking.drain("appraise")
    org.append(memory("The cellar door sticks in damp weather"), now=NOW + MINUTE)
    asking.drain("score", now=NOW + MINUTE)
    org.world.do("UPDATE inbox SET due_at = %(at)s WHERE pass = 'appraise'", at=NOW + HOUR)

    _answer(asking, "appraise", now=NOW)

    assert _batches(asking) == [3]
    (call,) = asking.api.calls
    shown = json.loads(call.request["messages"][0]["content"])["memories"]
    assert [one["text"] for one in shown] == ["The cellar door sticks in damp weather"]
    assert org.memories("importance") == [0.6] * 4


def test_all_persons_of_a_window_are_gathered_at_once(asking: Asking, org: Org) -> None:
    for user, said in zip(("ana", "ben", "cyd"), SAID, strict=True):
        org.append(turn(said, user=user, thread="all"))
    asking.drain("score")

    _night(asking, "observe", now=NOW + MINUTE)

    assert _batches(asking) == [3]
    assert asking.api.calls == []
    assert len(org.column("SELECT id FROM observations WHERE org_id = %(org)s")) == 3
    assert _outcomes(org, "observe") == [("deferred", "batched"), ("applied", None)]


def test_walk_over_a_log_goes_on_in_the_next_batch(asking: Asking, org: Org) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES (%(org)s, 1, "
        """'{"llm": {"batch_min": 1}, "reflect": {"batch_tokens": 256}}', %(since)s)""",
        org=org.number,
        since=NOW - 9 * DAY,
    )
    for at in range(24):
        said = f"I bought {at} red bicycles in Porto on day {at} and gave them to friend {at}."
        org.append(turn(said, session=f"s{at}"), end(f"s{at}"), now=NOW - DAY)
    asking.drain("observe", mode="offline")

    _night(asking, "reflect", now=NOW)
    _answer(asking, "reflect", now=NOW + 2 * HOUR)

    assert _batches(asking) == [1, 1]
    assert asking.api.calls == []
    assert _outcomes(org, "reflect")[:4] == [
        ("deferred", "batched"),
        ("noop", "nothing_to_shorten"),
        ("deferred", "batched"),
        ("noop", "nothing_to_shorten"),
    ]


def test_same_log_is_the_same_request_on_another_day(asking: Asking, org: Org) -> None:
    for at, said in enumerate(SAID):
        org.append(turn(said, session=f"s{at}"), end(f"s{at}"), now=NOW - DAY)
    asking.drain("observe", mode="offline")
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) VALUES (%(org)s, 1, "
        """'{"llm": {"batch_min": 1}}', %(since)s)""",
        org=org.number,
        since=NOW - 9 * DAY,
    )
    asking.world.tick("reflect", now=NOW)
    asking.drain("reflect")

    _answer(asking, "reflect", now=NOW + 20 * HOUR)

    assert _batches(asking) == [1]
    assert asking.api.calls == []
    assert _outcomes(org, "reflect")[-1] == ("noop", "nothing_to_shorten")
