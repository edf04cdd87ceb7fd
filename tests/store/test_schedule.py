"""The projection of policies for the scheduler: what differs from the default, since when."""

from datetime import timedelta
from typing import Any

from nrem.policy.params import Policy
from nrem.store import engine, policy, schedule
from tests.world import NOW, Org

HOUR = timedelta(hours=1)


def _set(org: Org, *, now: Any = NOW, **schedules: object) -> int:  # noqa: ANN401
    with engine.begin(org.world.api, org_id=org.number, now=now) as conn:
        return policy.add(conn, org.number, Policy.from_json({"schedules": schedules}), now=now)


def _rows(org: Org) -> list[tuple[Any, ...]]:
    rows = org.ask(
        "SELECT pass, cron, timezone, paused, set_at FROM schedules "
        "WHERE org_id = %(org)s ORDER BY pass"
    )
    return [tuple(row) for row in rows]


def test_default_leaves_no_row(org: Org) -> None:
    _set(org, decay={"cron": "17 * * * *"})

    assert _rows(org) == []


def test_what_differs_has_a_row(org: Org) -> None:
    _set(org, decay={"paused": True}, embed={"cron": "* * * * *", "timezone": "Asia/Tokyo"})

    assert _rows(org) == [
        ("decay", "17 * * * *", "UTC", True, NOW),
        ("embed", "* * * * *", "Asia/Tokyo", False, NOW),
    ]


def test_change_is_dated_and_what_stays_keeps_its_instant(org: Org) -> None:
    _set(org, decay={"paused": True}, embed={"paused": True})

    _set(org, now=NOW + HOUR, decay={"paused": True}, embed={"cron": "5 * * * *"})

    assert [(row[0], row[4]) for row in _rows(org)] == [("decay", NOW), ("embed", NOW + HOUR)]


def test_row_goes_with_the_difference(org: Org) -> None:
    _set(org, decay={"paused": True}, embed={"paused": True})

    _set(org, embed={"paused": True})

    assert [row[0] for row in _rows(org)] == ["embed"]


def test_scheduler_sees_the_rows_of_every_org(org: Org) -> None:
    other = org.world.found("other")
    _set(org, decay={"paused": True})
    _set(other, decay={"cron": "0 3 * * *"})

    with engine.begin(org.world.worker) as conn:
        found = schedule.read_all(conn)

    assert [(one.org_id, one.pass_name, one.cron, one.is_paused) for one in found] == [
        (org.number, "decay", "17 * * * *", True),
        (other.number, "decay", "0 3 * * *", False),
    ]


def test_each_version_is_in_force_from_its_instant_on(org: Org) -> None:
    versions = [
        _set(org, decay={"cron": "0 3 * * *"}),
        _set(org, now=NOW + HOUR, decay={"paused": True}),
    ]

    with engine.begin(org.world.api, org_id=org.number) as conn:
        found = policy.newest(conn, org.number)

    assert versions == [1, 2]
    assert (found.number, found.policy.schedules.decay.paused) == (2, True)
    assert org.column("SELECT created_at FROM policies ORDER BY version") == [NOW, NOW + HOUR]
