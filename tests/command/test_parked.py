"""`nrem parked`: what was set aside is listed, shown, given another chance, or given up."""

import pytest

from nrem.command import parked
from nrem.config import Settings
from nrem.errors import NotFoundError
from nrem.store import engine, inbox, park
from nrem.store.inbox import Item
from tests.api.serving import Caller

MEMORY = {"type": "memory", "agent_id": "agent", "content": "Ann moved to Kyiv."}


@pytest.fixture
def event(caller: Caller) -> str:
    """An event that the pass `score` gave up."""
    (sent,) = caller.send(MEMORY)
    ((number,),) = caller.world.ask("SELECT id FROM events WHERE org_id = %(o)s", o=caller.org)
    with engine.begin(caller.world.worker, org_id=caller.org) as conn:
        items = inbox.claim(
            conn, caller.org, "score", owner="me", limit=9, lease_seconds=9, attempts=(0, 9)
        )
        inbox.complete(conn, caller.org, "score", items, owner="me")
        item = Item(kind="event", item_id=number, session_id=None, attempts=5)
        park.add(conn, caller.org, "score", [item], reason="failed", error_class="ValueError")
    return sent


def mine(settings: Settings, caller: Caller) -> list[dict[str, object]]:
    return [one for one in parked.read(settings) if one["org"] == caller.org]


def test_nothing_set_aside_is_said() -> None:
    assert parked.describe([]) == "nothing is set aside"


def test_parked_work_is_listed_with_its_reason(
    settings: Settings, caller: Caller, event: str
) -> None:
    (found,) = mine(settings, caller)

    assert (found["pass"], found["reason"], found["error"]) == ("score", "failed", "ValueError")
    assert str(found["id"]).startswith("prk_")
    assert str(found["id"]) in parked.describe([found])


def test_parked_work_is_shown_by_its_id(settings: Settings, caller: Caller, event: str) -> None:
    (listed,) = mine(settings, caller)

    assert parked.read(settings, str(listed["id"])) == [listed]


def test_replayed_work_is_done(settings: Settings, caller: Caller, event: str) -> None:
    (listed,) = mine(settings, caller)

    parked.replay(settings, str(listed["id"]))

    caller.run("score")
    assert caller.become(event) == ("scored", None)
    assert mine(settings, caller) == []


def test_dropped_work_is_given_up_with_its_reason(
    settings: Settings, caller: Caller, event: str
) -> None:
    (listed,) = mine(settings, caller)

    parked.drop(settings, str(listed["id"]))

    caller.run("score")
    assert caller.become(event) == ("dropped", "failed")
    assert mine(settings, caller) == []


@pytest.mark.parametrize("wrong", ["prk_0000000000000", "prk_zzzzzzzzzzzzz", "mem_1", "1", ""])
def test_unknown_id_is_refused_with_the_way_to_find_one(settings: Settings, wrong: str) -> None:
    for act in (parked.read, parked.replay, parked.drop):
        with pytest.raises(NotFoundError, match="nrem parked list"):
            act(settings, wrong)
