"""What a preview tells is what happens: the same memories change when the policy is set."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from nrem.policy.policy_preview import DAYS
from tests.api.admin import admin, administrator
from tests.api.serving import Caller, Service
from tests.world import TOOLS
from worker.passes import BY_NAME
from worker.runner import Cause, Setting, drain

__all__ = ["admin"]

PATH = "/v1/admin/policy"
SHARP: dict[str, Any] = {
    "decay": {
        "episodic": {"kind": "step", "steps": [[1, 0.5], [10, 0.04], [45, 0]]},
        "working": {"stability_days": 0.5},
        "forget_below": 0.1,
        "archived_retention_days": 20,
    },
    "tiers": {"short_idle_days": 2, "long_idle_days": 25},
    "expire": {"forgotten_retention_days": 12},
}
GENTLE: dict[str, Any] = {
    "decay": {"forget_below": 0, "archived_retention_days": 400},
    "tiers": {"short_idle_days": 300, "long_idle_days": 300},
}


def _preview(admin: Caller, **asked: object) -> dict[str, Any]:
    answer = admin.post(f"{PATH}:preview", asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _populate(caller: Caller) -> None:
    """Memories of every type and tier, of many ages, some used, archived, forgotten and held."""
    caller.send(
        *(
            {
                "type": "memory",
                "agent_id": "agent",
                "content": f"{memory_type} {tier} {importance} {index}",
                "memory_type": memory_type,
                "tier": tier,
                "importance": importance,
                **({"ttl_seconds": 50 * 86_400} if index == 3 else {}),
            }
            for memory_type in ("working", "episodic", "semantic")
            for tier in ("short", "long", "permanent")
            for importance in (0.03, 0.2, 0.6, 0.95)
            for index in range(4)
        )
    )
    caller.run("score")
    mine = {"o": caller.org}
    caller.world.do(
        "UPDATE memories SET recorded_at = past, valid_from = past, last_access = past, "
        "state_since = past, facts_since = past, due_at = past "
        "FROM (SELECT id, now() - (id * 7919 %% 60) * interval '1 day' AS past FROM memories "
        "WHERE org_id = %(o)s) AS p WHERE org_id = %(o)s AND memories.id = p.id",
        **mine,
    )
    caller.world.do(
        "INSERT INTO accesses (org_id, memory_id, at) SELECT org_id, id, "
        "now() - interval '1 hour' FROM memories WHERE org_id = %(o)s AND id %% 11 = 0",
        **mine,
    )
    caller.world.do(
        "INSERT INTO holds (org_id, kind, ref_id, reference, placed_at) SELECT org_id, 'memory', "
        "id, 'case', now() FROM memories WHERE org_id = %(o)s AND id %% 5 = 0",
        **mine,
    )
    # Half of them as the passes would have written them down, half behind.
    caller.world.do(
        "UPDATE memories SET due_at = 'infinity' WHERE org_id = %(o)s AND id %% 2 = 0", **mine
    )
    _make_due(caller, "decay")
    caller.run("decay")


def _make_due(caller: Caller, name: str) -> None:
    """As a tick does."""
    caller.world.do(
        "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(o)s, %(p)s, '-infinity') "
        "ON CONFLICT (org_id, pass) DO UPDATE SET due_at = '-infinity'",
        o=caller.org,
        p=name,
    )


def _run(caller: Caller, now: datetime) -> None:
    for name in ("redue", "decay", "expire"):
        _make_due(caller, name)
        setting = Setting(
            database=caller.world.worker,
            tools=TOOLS,
            cause=Cause(name="command"),
            only_org=caller.org,
            now=now,
        )
        drain(setting, BY_NAME[name])


def _states(caller: Caller) -> dict[int, str]:
    rows = caller.world.ask("SELECT id, state FROM memories WHERE org_id = %(o)s", o=caller.org)
    return {row[0]: row[1] for row in rows}


def _entered(before: dict[int, str], after: dict[int, str]) -> dict[str, int]:
    found = Counter(state for number, state in after.items() if state != before[number])
    verbs = {"archive": "archived", "forget": "forgotten", "purge": "purged"}
    return {verb: found[state] for verb, state in verbs.items()}


def _read_all(caller: Caller) -> datetime:
    """Write down what has come until now; answers that instant."""
    ((now,),) = caller.world.ask("SELECT clock_timestamp()")
    caller.world.do("UPDATE memories SET due_at = state_since WHERE org_id = %(o)s", o=caller.org)
    _run(caller, now)
    return datetime.fromisoformat(now.isoformat())


@pytest.mark.parametrize("wanted", [SHARP, GENTLE, {}], ids=["sharp", "gentle", "the same"])
def test_preview_counts_what_happens_when_the_policy_is_set(
    admin: Caller, caller: Caller, wanted: dict[str, Any]
) -> None:
    _populate(caller)
    known = _states(caller)

    shown = _preview(admin, policy=wanted)

    _read_all(caller)
    today = _states(caller)
    since = admin.client.put(PATH, json={"policy": wanted}).json()["in_force_since"]
    at = datetime.fromisoformat(since) if since else _read_all(caller)
    _run(caller, at + timedelta(microseconds=1))
    at_once = _states(caller)
    _run(caller, at + timedelta(days=DAYS))
    assert shown["is_complete"]
    assert shown["scanned"] == len(known)
    assert set(known.values()) == {"live", "archived", "forgotten"}
    assert shown["now"] == _entered(today, at_once)
    assert shown["next_30_days"]["after"] == _entered(today, _states(caller))
    assert sum(shown["next_30_days"]["after"].values()) > 0


def test_preview_counts_what_happens_when_nothing_is_set(admin: Caller, caller: Caller) -> None:
    _populate(caller)

    shown = _preview(admin, policy=SHARP)

    now = _read_all(caller)
    today = _states(caller)
    _run(caller, now + timedelta(days=DAYS))
    assert shown["next_30_days"]["before"] == _entered(today, _states(caller))
    assert shown["next_30_days"]["before"] != shown["next_30_days"]["after"]


def test_preview_changes_nothing(admin: Caller, caller: Caller) -> None:
    _populate(caller)
    rows = "SELECT xmin::text, m::text FROM memories AS m WHERE org_id = %(o)s ORDER BY id"
    before = [tuple(row) for row in caller.world.ask(rows, o=caller.org)]

    _preview(admin, policy=SHARP)

    assert [tuple(row) for row in caller.world.ask(rows, o=caller.org)] == before
    assert admin.get(PATH).json()["version"] == 0


def test_policy_in_force_changes_nothing_for_anyone(admin: Caller, caller: Caller) -> None:
    _populate(caller)

    shown = _preview(admin, changes={})

    assert shown["scanned"] == shown["unchanged"] == caller.count("memories")
    assert shown["now"] == {"archive": 0, "forget": 0, "purge": 0}
    assert shown["next_30_days"]["before"] == shown["next_30_days"]["after"]


@pytest.mark.parametrize("limit", [1, 8, 9, 10])
def test_pages_of_a_preview_add_up_to_the_whole(admin: Caller, caller: Caller, limit: int) -> None:
    for index in range(9):
        caller.store(f"fact {index}", memory_type="episodic", tier="short", importance=1)
    whole = _preview(admin, policy=_IDLE)
    pages = [_preview(admin, policy=_IDLE, limit=limit)]

    while pages[-1]["next_cursor"]:
        assert not pages[-1]["is_complete"]
        pages.append(_preview(admin, policy=_IDLE, limit=limit, cursor=pages[-1]["next_cursor"]))

    assert pages[-1]["is_complete"]
    assert [page["scanned"] for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert sum(page["scanned"] for page in pages) == whole["scanned"] == 9
    archived = [page["next_30_days"]["after"]["archive"] for page in pages]
    assert sum(archived) == whole["next_30_days"]["after"]["archive"] == 9


_IDLE = {"tiers": {"short_idle_days": 1}}


def test_changes_are_tried_on_the_policy_in_force(admin: Caller, caller: Caller) -> None:
    caller.store("fact", memory_type="episodic", tier="short", importance=1)
    admin.client.put(
        PATH, json={"policy": {"tiers": {"short_idle_days": 60, "long_idle_days": 60}}}
    )

    patched = _preview(admin, changes={"decay": {"forget_below": 0}})
    whole = _preview(admin, policy={"decay": {"forget_below": 0}})

    assert patched["next_30_days"]["after"]["archive"] == 0
    assert whole["next_30_days"]["after"]["archive"] == 1


@pytest.mark.parametrize(("cap", "surplus"), [(0, 0), (1, 2), (3, 0)])
def test_memories_beyond_a_cap_are_told(
    admin: Caller, caller: Caller, cap: int, surplus: int
) -> None:
    for index in range(3):
        caller.store(f"fact {index}", memory_type="semantic")
    caller.store("of somebody else", memory_type="semantic", user_id="ann")
    wanted = {"expire": {"max_live_memories": cap}}

    shown = _preview(admin, policy=wanted)

    assert shown["over_cap"] == surplus
    admin.client.put(PATH, json={"policy": wanted})
    ((now,),) = caller.world.ask("SELECT clock_timestamp()")
    _run(caller, now)
    assert Counter(_states(caller).values())["forgotten"] == surplus


def test_preview_looks_at_no_other_org(admin: Caller, caller: Caller, service: Service) -> None:
    caller.store("fact", memory_type="episodic")

    with administrator(service) as other:
        shown = _preview(other, policy=SHARP)

    assert (shown["scanned"], shown["over_cap"]) == (0, 0)
