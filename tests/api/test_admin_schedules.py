"""Schedules over the admin listener: read, set, pause, resume, run now; changes are versions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx2
import pytest

from nrem.clock import utc_now
from nrem.policy.schedule import PASSES
from nrem.store import key
from tests.api.serving import Caller, Service


@pytest.fixture
def admin(service: Service, caller: Caller) -> Iterator[httpx2.Client]:
    """A client of the admin listener, with an admin key of the caller's org."""
    with _admin(service, caller.org) as client:
        yield client


@contextmanager
def _admin(
    service: Service, org: int, scopes: tuple[str, ...] = key.ADMIN_SCOPES
) -> Iterator[httpx2.Client]:
    with service.caller(org, scopes) as holder, service.client(holder.key) as client:
        client.base_url = httpx2.URL(service.admin_url)
        yield client


def _schedules(admin: httpx2.Client) -> dict[str, dict[str, object]]:
    answer = admin.get("/v1/admin/schedules")
    assert answer.status_code == 200, answer.text
    return {its["pass"]: its for its in answer.json()["schedules"]}


def _set(admin: httpx2.Client, **fields: object) -> httpx2.Response:
    return admin.put("/v1/admin/schedules/decay", json=fields)


def test_every_pass_is_listed_with_its_default(admin: httpx2.Client) -> None:
    found = _schedules(admin)

    assert tuple(found) == PASSES
    decay = found["decay"]
    assert (decay["cron"], decay["timezone"], decay["paused"]) == ("17 * * * *", "UTC", False)
    assert decay["is_default"] is True
    assert decay["last_at"] is decay["last_outcome"] is decay["last_run_id"] is None


def test_next_instant_is_ahead_and_on_time(admin: httpx2.Client) -> None:
    next_at = datetime.fromisoformat(str(_schedules(admin)["decay"]["next_at"]))

    assert utc_now() - timedelta(minutes=1) < next_at < utc_now() + timedelta(hours=1, minutes=1)
    assert next_at.minute == 17


def test_schedule_that_is_set_is_read_back(admin: httpx2.Client) -> None:
    answer = _set(admin, cron="30 3 * * mon-fri", timezone="Europe/Berlin")

    assert answer.status_code == 200
    decay = _schedules(admin)["decay"]
    assert answer.json() == {"schedule": decay, "policy_version": 1}
    assert (decay["cron"], decay["timezone"]) == ("30 3 * * mon-fri", "Europe/Berlin")
    assert decay["is_default"] is False


def test_schedule_without_a_zone_keeps_its_own(admin: httpx2.Client) -> None:
    _set(admin, cron="30 3 * * *", timezone="Europe/Berlin")

    _set(admin, cron="45 3 * * *")

    assert _schedules(admin)["decay"]["timezone"] == "Europe/Berlin"


def test_scheduler_is_told(admin: httpx2.Client, caller: Caller) -> None:
    _set(admin, cron="30 3 * * *")

    rows = caller.world.ask(
        "SELECT pass, cron, paused FROM schedules WHERE org_id = %(org)s", org=caller.org
    )
    assert [tuple(row) for row in rows] == [("decay", "30 3 * * *", False)]


def test_each_change_is_a_version_of_the_policy(admin: httpx2.Client, caller: Caller) -> None:
    versions = [
        _set(admin, cron="30 3 * * *").json()["policy_version"],
        admin.post("/v1/admin/schedules/decay:pause").json()["policy_version"],
        admin.post("/v1/admin/schedules/decay:resume").json()["policy_version"],
    ]

    assert versions == [1, 2, 3]
    assert caller.count("policies") == 3
    assert admin.get("/v1/admin/schedules").json()["policy_version"] == 3


def test_change_to_what_is_so_already_makes_no_version(
    admin: httpx2.Client, caller: Caller
) -> None:
    _set(admin, cron="17 * * * *")
    admin.post("/v1/admin/schedules/decay:resume")

    assert caller.count("policies") == 0


def test_other_settings_survive_a_change(admin: httpx2.Client, caller: Caller) -> None:
    caller.world.do(
        "INSERT INTO policies (org_id, version, body) "
        """VALUES (%(org)s, 1, '{"tiers": {"short_idle_days": 5}}')""",
        org=caller.org,
    )

    _set(admin, cron="30 3 * * *")

    rows = caller.world.ask(
        "SELECT body->'tiers'->'short_idle_days' FROM policies "
        "WHERE org_id = %(org)s AND version = 2",
        org=caller.org,
    )
    assert rows[0][0] == 5


def test_pause_and_resume_are_durable(admin: httpx2.Client) -> None:
    paused = admin.post("/v1/admin/schedules/decay:pause").json()["schedule"]
    kept = _schedules(admin)["decay"]
    admin.post("/v1/admin/schedules/decay:resume", json={})

    assert paused == kept
    assert (paused["paused"], paused["next_at"]) == (True, None)
    assert _schedules(admin)["decay"]["paused"] is False


def test_changes_at_the_same_time_are_all_kept(admin: httpx2.Client) -> None:
    def plan(name: str) -> int:
        return admin.put(f"/v1/admin/schedules/{name}", json={"cron": "1 1 1 1 *"}).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(plan, PASSES))

    assert set(statuses) == {200}
    assert {its["cron"] for its in _schedules(admin).values()} == {"1 1 1 1 *"}


@pytest.mark.parametrize(("expected", "status"), [(0, 200), (1, 409)])
def test_change_of_another_version_than_expected_is_refused(
    admin: httpx2.Client, caller: Caller, expected: int, status: int
) -> None:
    answer = _set(admin, cron="30 3 * * *", expected_policy_version=expected)

    assert answer.status_code == status
    assert caller.count("policies") == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"cron": "61 * * * *"}, "cron"),
        ({"cron": "@daily"}, "cron"),
        ({"cron": "* * * * *", "timezone": "Mars"}, "timezone"),
        ({"cron": 5}, "cron"),
        ({}, "cron"),
        ({"cron": "* * * * *", "colour": 1}, "colour"),
        ({"cron": "* * * * *", "expected_policy_version": "1"}, "expected_policy_version"),
    ],
)
def test_wrong_schedule_is_refused_with_its_field(
    admin: httpx2.Client, caller: Caller, fields: dict[str, object], field: str
) -> None:
    answer = _set(admin, **fields)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert caller.count("policies") == 0


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("PUT", "/v1/admin/schedules/dream"),
        ("POST", "/v1/admin/schedules/dream:pause"),
        ("POST", "/v1/admin/schedules/dream:resume"),
        ("POST", "/v1/admin/passes/dream:run"),
        # nobody's but the system's
        ("POST", "/v1/admin/passes/rescue:run"),
    ],
)
def test_unknown_pass_is_404_and_the_known_ones_are_named(
    admin: httpx2.Client, verb: str, path: str
) -> None:
    answer = admin.request(verb, path, json={"cron": "* * * * *"} if verb == "PUT" else None)

    assert answer.status_code == 404
    assert "score, embed" in answer.json()["remedy"]


def test_run_now_makes_the_org_due_and_its_run_has_the_cause(
    admin: httpx2.Client, caller: Caller
) -> None:
    answer = admin.post("/v1/admin/passes/score:run")
    caller.run("score")

    assert answer.status_code == 202
    asked = answer.json()
    assert (asked["pass"], asked["status"]) == ("score", "due")
    assert asked["cause"].startswith("request:")
    (run,) = admin.get("/v1/admin/runs", params={"cause": asked["cause"]}).json()["runs"]
    assert (run["pass"], run["outcome"], run["reason"]) == ("score", "noop", "nothing_due")


def test_cause_is_never_the_callers_text(admin: httpx2.Client) -> None:
    answer = admin.post("/v1/admin/passes/decay:run", headers={"X-Request-ID": "alice"})

    assert "alice" not in answer.json()["cause"]


def test_last_run_is_shown(admin: httpx2.Client, caller: Caller) -> None:
    caller.run("decay")

    decay = _schedules(admin)["decay"]
    assert (decay["last_outcome"], decay["last_reason"]) == ("noop", "nothing_due")
    assert admin.get(f"/v1/admin/runs/{decay['last_run_id']}").status_code == 200


def test_org_changes_its_own_schedules_alone(
    service: Service, admin: httpx2.Client, stranger: Caller
) -> None:
    _set(admin, cron="30 3 * * *")

    with _admin(service, stranger.org) as other:
        assert _schedules(other)["decay"]["is_default"] is True


@pytest.mark.parametrize(
    ("scopes", "read", "write"),
    [((key.ADMIN_READ,), 200, 403), ((key.ADMIN_WRITE,), 403, 200), (key.API_SCOPES, 403, 403)],
)
def test_reading_and_writing_need_their_scopes(
    service: Service, caller: Caller, scopes: tuple[str, ...], read: int, write: int
) -> None:
    with _admin(service, caller.org, scopes) as client:
        statuses = (
            client.get("/v1/admin/schedules").status_code,
            _set(client, cron="30 3 * * *").status_code,
        )

    assert statuses == (read, write)


def test_public_listener_has_no_admin_routes(caller: Caller) -> None:
    assert caller.get("/v1/admin/schedules").status_code == 404
    assert caller.get("/v1/admin/runs").status_code == 404
