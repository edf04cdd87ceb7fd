"""Rates: every request counts, for its key and for its org, in every process; 429 says how long."""

from typing import Any

import httpx2
import pytest

from nrem.store import engine, org
from tests.api.serving import Caller, Service
from tests.world import World

PATH = "/v1/agents"


def bound_key(caller: Caller, per_minute: int) -> None:
    caller.world.do(
        "UPDATE api_keys SET rate_per_minute = %(rate)s WHERE org_id = %(org)s",
        rate=per_minute,
        org=caller.org,
    )


def bound_org(world: World, org_id: int, per_minute: int) -> None:
    with engine.begin(world.admin) as conn:
        org.set_rate(conn, org_id, per_minute)


def pass_time(caller: Caller, seconds: float) -> None:
    """As if what was counted had been asked so long ago."""
    caller.world.do(
        "UPDATE rates SET full_at = full_at - make_interval(secs => %(seconds)s) "
        "WHERE org_id = %(org)s",
        seconds=seconds,
        org=caller.org,
    )


def statuses(caller: Caller, count: int) -> list[int]:
    return [caller.get(PATH).status_code for _ in range(count)]


def refused(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 429, answer.text
    body = dict(answer.json())
    assert body["error"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    return body


def test_key_may_ask_as_often_as_its_rate_says_and_not_once_more(caller: Caller) -> None:
    bound_key(caller, 3)

    assert statuses(caller, 4) == [200, 200, 200, 429]


def test_refusal_says_who_asked_too_often_and_what_to_do(caller: Caller) -> None:
    bound_key(caller, 1)
    caller.get(PATH)

    body = refused(caller.get(PATH))

    assert "the key may ask 1 times a minute" in body["detail"]
    assert "Retry-After" in body["remedy"]


def test_retry_after_is_the_true_wait(caller: Caller) -> None:
    bound_key(caller, 1)
    caller.get(PATH)
    wait = int(caller.get(PATH).headers["retry-after"])

    pass_time(caller, 1)
    early = caller.get(PATH)
    pass_time(caller, wait - 1)
    late = caller.get(PATH)

    refused(early)
    assert late.status_code == 200


def test_refused_request_costs_nothing(caller: Caller) -> None:
    bound_key(caller, 1)
    caller.get(PATH)
    for _ in range(5):
        refused(caller.get(PATH))

    pass_time(caller, 60)

    assert statuses(caller, 2) == [200, 429]


def test_headers_count_down(caller: Caller) -> None:
    bound_key(caller, 3)

    answers = [caller.get(PATH) for _ in range(4)]

    assert {one.headers["x-ratelimit-limit"] for one in answers} == {"3"}
    assert [one.headers["x-ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
    ends = [int(one.headers["x-ratelimit-reset"]) for one in answers]
    assert ends == sorted(ends)
    assert ends[0] < ends[2]


def test_bucket_that_was_left_alone_is_full_and_no_fuller(caller: Caller) -> None:
    bound_key(caller, 2)
    statuses(caller, 3)

    pass_time(caller, 3_600)

    assert statuses(caller, 3) == [200, 200, 429]


def test_keys_of_one_org_share_its_rate(service: Service, caller: Caller) -> None:
    bound_org(caller.world, caller.org, 3)
    with service.caller(caller.org) as other:
        assert statuses(caller, 2) == [200, 200]
        assert statuses(other, 2) == [200, 429]
        body = refused(caller.get(PATH))

    assert "the org may ask 3 times a minute" in body["detail"]


def test_org_that_asks_too_often_costs_its_key_nothing(caller: Caller) -> None:
    bound_key(caller, 10)
    bound_org(caller.world, caller.org, 1)
    statuses(caller, 5)

    bound_org(caller.world, caller.org, 0)

    assert caller.get(PATH).headers["x-ratelimit-remaining"] == "8"


def test_one_org_does_not_use_up_the_rate_of_another(caller: Caller, stranger: Caller) -> None:
    for one in (caller, stranger):
        bound_org(one.world, one.org, 1)
    statuses(caller, 3)

    assert statuses(stranger, 1) == [200]


def test_unbound_key_of_an_unbound_org_is_not_counted(caller: Caller) -> None:
    bound_key(caller, 0)
    bound_org(caller.world, caller.org, 0)

    answer = caller.get(PATH)

    assert "x-ratelimit-limit" not in answer.headers
    assert caller.count("rates") == 0


@pytest.mark.parametrize("status", [404, 403, 422])
def test_request_that_comes_to_nothing_counts_too(
    service: Service, caller: Caller, status: int
) -> None:
    bound_key(caller, 1)
    path = {
        404: "/v1/memories/mem_unknown",
        403: "/v1/api-keys",
        422: "/v1/audit?page=0",
    }[status]

    assert caller.client.get(path).status_code == status
    refused(caller.get(PATH))


def test_rate_is_counted_for_all_processes_together(service: Service, caller: Caller) -> None:
    bound_key(caller, 2)
    with service.beside() as beside, beside.client(caller.key) as client:
        assert caller.get(PATH).status_code == 200
        assert client.get(PATH).status_code == 200
        refused(client.get(PATH))
        refused(caller.get(PATH))


def test_limits_tell_what_applies(caller: Caller) -> None:
    usual = caller.get("/v1/limits").json()
    bound_key(caller, 50)
    bound_org(caller.world, caller.org, 20)

    found = caller.get("/v1/limits")

    assert usual["rate_limit_enabled"] is True
    assert usual["rate_limit_key_per_minute"] == 30_000
    assert usual["rate_limit_org_per_minute"] == 60_000
    told = found.json()
    assert (told["rate_limit_key_per_minute"], told["rate_limit_org_per_minute"]) == (50, 20)
    assert told["rate_limit_per_minute"] == int(found.headers["x-ratelimit-limit"]) == 20


def test_limits_tell_of_no_bound(caller: Caller) -> None:
    bound_key(caller, 0)
    bound_org(caller.world, caller.org, 0)

    found = caller.get("/v1/limits").json()

    assert found["rate_limit_enabled"] is False
    assert found["rate_limit_per_minute"] == 0
