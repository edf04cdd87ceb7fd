"""Changing a memory in the database: when it takes effect, and in which order."""

from datetime import timedelta

import pytest

from nrem.errors import NotFoundError
from nrem.policy.change import archived, forgotten
from tests.store.past import HOUR, alter, edit, restore, then
from tests.store.recalling import contents, keep, recall
from tests.world import NOW, Org

DAY = timedelta(days=1)
TEXT = "a grey parrot"
STANDING = "state, state_since, facts_since, last_access"


def crossings(org: Org) -> list[tuple[object, ...]]:
    rows = org.ask("SELECT before, after, at FROM crossings WHERE org_id = %(org)s ORDER BY id")
    return [tuple(row) for row in rows]


def test_new_importance_forgets_from_its_own_instant_on_and_not_before(org: Org) -> None:
    keep(org, TEXT, importance=0.9)
    (number,) = org.memories("id")

    edit(org, number, NOW + 20 * DAY, importance=0.01)
    # which first writes down what has happened
    restore(org, number, NOW + 25 * DAY)

    assert crossings(org) == [
        ("live", "forgotten", NOW + 20 * DAY),
        ("forgotten", "live", NOW + 25 * DAY),
    ]
    assert contents(then(org, TEXT, NOW + 19 * DAY, now=NOW + 25 * DAY)) == [TEXT]


def test_due_time_follows_what_decides_it(org: Org) -> None:
    keep(org, TEXT, tier="short", importance=0.9)
    (number,) = org.memories("id")
    (first,) = org.memories("due_at")

    edit(org, number, NOW + HOUR, tier="long")
    (raised,) = org.memories("due_at")
    edit(org, number, NOW + 2 * HOUR, metadata={"k": 1})

    assert first == NOW + 7 * DAY
    assert raised == NOW + 30 * DAY
    assert org.memories("due_at") == [raised]


def test_change_that_waited_for_a_later_one_comes_after_it(org: Org) -> None:
    keep(org, TEXT)
    (number,) = org.memories("id")
    alter(org, number, archived, NOW + 2 * HOUR)

    # its transaction began before the other's, and got the lock after it
    restore(org, number, NOW + HOUR)

    later = NOW + 2 * HOUR
    assert org.memories(STANDING) == [("live", later, later, later)]
    assert crossings(org) == [("live", "archived", later), ("archived", "live", later)]
    assert contents(recall(org, TEXT, now=NOW + 3 * HOUR)) == [TEXT]


@pytest.mark.parametrize(("after", "is_there"), [(30 * DAY - HOUR, True), (30 * DAY, False)])
def test_purge_takes_effect_before_any_sweep(org: Org, after: timedelta, is_there: bool) -> None:  # noqa: FBT001
    keep(org, TEXT)
    (number,) = org.memories("id")
    alter(org, number, forgotten, NOW)

    if is_there:
        restore(org, number, NOW + after)
    else:
        with pytest.raises(NotFoundError):
            restore(org, number, NOW + after)

    assert org.memories("state") == ["live" if is_there else "forgotten"]
