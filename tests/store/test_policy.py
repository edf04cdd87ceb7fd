"""Versions of a policy: dense, never changed, one writer at a time."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.errors import ConflictError
from nrem.policy.params import Policy
from nrem.policy.params_fade import TierPolicy
from nrem.store import engine, policy
from tests.world import NOW, Org

MICROSECOND = timedelta(microseconds=1)
STRICT = Policy(tiers=TierPolicy(short_idle_days=2))
LAX = Policy(tiers=TierPolicy(short_idle_days=20))


def _set(org: Org, wanted: Policy, *, now: object = NOW, expected: int | None = None) -> int:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        return policy.add(
            conn,
            org.number,
            wanted,
            now=now,  # type: ignore[arg-type]
            expected_version=expected,
        )


def test_org_starts_with_the_defaults_as_version_0(org: Org) -> None:
    with org.begin() as conn:
        found = policy.newest(conn, org.number)

        assert (found.number, found.in_force_since) == (0, None)
        assert found.policy == Policy.default()
        assert policy.get(conn, org.number, 0) == found
        assert policy.history(conn, org.number, limit=9) == []


def test_versions_count_from_one_and_the_newest_is_in_force(org: Org) -> None:
    numbers = [_set(org, STRICT), _set(org, LAX, now=NOW + timedelta(days=1))]

    with org.begin() as conn:
        newest = policy.newest(conn, org.number)
        history = policy.history(conn, org.number, limit=9)
    assert numbers == [1, 2]
    assert (newest.number, newest.policy) == (2, LAX)
    assert newest.in_force_since == NOW + timedelta(days=1)
    assert [(one.number, one.policy) for one in history] == [(2, LAX), (1, STRICT)]


def test_policy_holds_from_its_instant_on_and_not_before(org: Org) -> None:
    _set(org, STRICT)

    with org.begin() as conn:
        timeline = policy.timeline(conn, org.number)
    assert timeline.at(NOW - MICROSECOND) == Policy.default()
    assert timeline.at(NOW) == STRICT


@pytest.mark.parametrize("later", [timedelta(0), -timedelta(days=1)], ids=["same", "earlier"])
def test_version_never_comes_into_force_before_the_one_it_replaces(
    org: Org, later: timedelta
) -> None:
    _set(org, STRICT)

    _set(org, LAX, now=NOW + later)

    with org.begin() as conn:
        assert policy.newest(conn, org.number).in_force_since == NOW + MICROSECOND


def test_policy_that_is_in_force_makes_no_version(org: Org) -> None:
    _set(org, STRICT)
    org.world.do("DELETE FROM redues")

    again = _set(org, replace(STRICT), now=NOW + timedelta(days=1))

    assert again == 1
    assert org.column("SELECT version FROM policies") == [1]
    assert org.column("SELECT after_id FROM redues") == []


def test_version_that_is_expected_is_followed(org: Org) -> None:
    _set(org, STRICT)

    assert _set(org, LAX, expected=1) == 2


@pytest.mark.parametrize("expected", [0, 2])
def test_version_that_is_not_the_expected_one_is_kept(org: Org, expected: int) -> None:
    _set(org, STRICT)

    with pytest.raises(ConflictError) as refused:
        _set(org, LAX, expected=expected)

    assert (refused.value.error_code, refused.value.field) == (
        "version_conflict",
        "expected_version",
    )
    assert org.column("SELECT max(version) FROM policies") == [1]


def test_two_writers_at_once_make_two_versions_and_neither_fails(org: Org) -> None:
    done: list[int] = []
    first = engine.begin(org.world.api, org_id=org.number, now=NOW)
    conn = first.__enter__()
    policy.add(conn, org.number, STRICT, now=NOW)
    second = threading.Thread(target=lambda: done.append(_set(org, LAX)))

    second.start()
    second.join(0.3)
    waited = second.is_alive()
    first.__exit__(None, None, None)
    second.join(20)

    assert waited
    assert done == [2]
    assert org.column("SELECT version FROM policies ORDER BY version") == [1, 2]


def test_second_of_two_writers_with_one_expectation_is_refused(org: Org) -> None:
    refused: list[str] = []
    first = engine.begin(org.world.api, org_id=org.number, now=NOW)
    conn = first.__enter__()
    policy.add(conn, org.number, STRICT, now=NOW, expected_version=0)

    def write() -> None:
        try:
            _set(org, LAX, expected=0)
        except ConflictError as error:
            refused.append(error.error_code)

    second = threading.Thread(target=write)
    second.start()
    second.join(0.3)
    first.__exit__(None, None, None)
    second.join(20)

    assert refused == ["version_conflict"]
    assert org.column("SELECT version FROM policies") == [1]


def test_writers_of_two_orgs_do_not_wait_for_each_other(org: Org) -> None:
    other = org.world.found("other")

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        policy.add(conn, org.number, STRICT, now=NOW)
        number = _set(other, STRICT)

    assert number == 1


def test_version_of_another_org_is_not_found(org: Org) -> None:
    other = org.world.found("other")
    _set(other, STRICT)

    with org.begin() as conn:
        assert policy.get(conn, org.number, 1) is None
        assert policy.newest(conn, org.number).number == 0


@pytest.mark.parametrize("number", [-1, 2, 2**31, 2**70])
def test_number_that_no_version_has_is_not_found(org: Org, number: int) -> None:
    _set(org, STRICT)

    with org.begin() as conn:
        assert policy.get(conn, org.number, number) is None


def test_version_keeps_its_defaults_written_out(org: Org) -> None:
    _set(org, STRICT)

    assert org.column("SELECT body FROM policies") == [STRICT.to_json()]
