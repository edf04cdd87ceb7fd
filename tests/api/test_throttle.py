"""Addresses that send keys that do not open: held back for all causes alike, and nobody else."""

from collections.abc import Iterator

import httpx2
import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from tests.api.serving import Caller, Service, serve
from tests.postgres import Database, created

MOST = 3
CAUSES = ["mistyped", "unknown", "expired", "revoked"]


@pytest.fixture(scope="module")
def strict(cluster: EmbeddedPostgres, template: Database) -> Iterator[Service]:
    with (
        created(cluster, template.name) as database,
        serve(database, rate_failed_per_minute=MOST) as running,
    ):
        yield running


def ask(service: Service, key: str | None, address: str) -> httpx2.Response:
    # The tests ask from the loopback, whose word about the address is taken.
    with service.client(key) as client:
        return client.get("/v1/agents", headers={"X-Forwarded-For": address})


def wear_out(service: Service, address: str) -> None:
    for number in range(MOST):
        assert ask(service, f"nrem_live_{number}", address).status_code == 401


def closed(caller: Caller, cause: str) -> str:
    """A key that does not open."""
    if cause == "mistyped":
        return f"{caller.key[:-1]}{'0' if caller.key[-1] != '0' else '1'}"
    order = {
        "unknown": "DELETE FROM api_keys WHERE org_id = %(org)s",
        "revoked": "UPDATE api_keys SET revoked_at = now() WHERE org_id = %(org)s",
        "expired": "UPDATE api_keys SET expires_at = now() WHERE org_id = %(org)s",
    }[cause]
    caller.world.do(order, org=caller.org)
    return caller.key


def test_address_may_fail_so_often_and_is_held_back_then(strict: Service) -> None:
    wear_out(strict, "192.0.2.1")

    answer = ask(strict, "nrem_live_x", "192.0.2.1")

    assert answer.status_code == 429
    assert answer.json()["error"] == "rate_limited"
    assert 1 <= int(answer.headers["retry-after"]) <= 60 // MOST


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_held_back_alike(strict: Service, cause: str) -> None:
    address = f"198.51.100.{CAUSES.index(cause)}"
    wear_out(strict, address)
    with strict.caller() as caller:
        key = closed(caller, cause)
        answer, other = (ask(strict, given, address) for given in (key, "nrem_live_x"))

    bodies = [{**one.json(), "request_id": ""} for one in (answer, other)]
    assert answer.status_code == 429
    assert bodies[0] == bodies[1]


def test_other_addresses_are_not_held_back(strict: Service) -> None:
    wear_out(strict, "192.0.2.3")

    assert ask(strict, "nrem_live_x", "192.0.2.4").status_code == 401


def test_network_of_the_newer_kind_counts_as_one(strict: Service) -> None:
    for number in range(MOST):
        ask(strict, "nrem_live_x", f"2001:db8::{number + 1}")

    assert ask(strict, "nrem_live_x", "2001:db8::ffff").status_code == 429
    assert ask(strict, "nrem_live_x", "2001:db8:0:1::1").status_code == 401


def test_key_that_opened_before_is_let_through(strict: Service) -> None:
    with strict.caller() as caller:
        assert ask(strict, caller.key, "192.0.2.5").status_code == 200
        wear_out(strict, "192.0.2.5")

        assert ask(strict, caller.key, "192.0.2.5").status_code == 200


def test_key_that_opened_before_and_is_revoked_opens_nothing(strict: Service) -> None:
    with strict.caller() as caller:
        assert ask(strict, caller.key, "192.0.2.6").status_code == 200
        closed(caller, "revoked")

        assert ask(strict, caller.key, "192.0.2.6").status_code == 401


def test_request_without_a_key_does_not_count(strict: Service) -> None:
    for _ in range(MOST + 1):
        assert ask(strict, None, "192.0.2.7").status_code == 401
    assert ask(strict, "nrem_live_x", "192.0.2.7").status_code == 401
