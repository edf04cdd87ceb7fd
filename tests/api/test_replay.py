"""A request that is sent again joins its first attempt, until an answer was delivered."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

from nrem.clock import monotonic, sleep
from tests.api.serving import Caller, Service
from tests.api.wire import connect, read_answer, request

STORED = {"agent_id": "agent", "content": "tea"}


def _until(holds: Callable[[], bool]) -> None:
    end = monotonic() + 30
    while not holds():
        assert monotonic() < end
        sleep(0.01)


def _drop(service: Service, sent: bytes) -> None:
    """Send a request and go away; comes back when the answer is kept."""
    before = service.state.attempts.kept
    with connect(service) as client:
        client.sendall(sent)
    _until(lambda: service.state.attempts.kept > before)


@contextlib.contextmanager
def _held(caller: Caller, table: str = "events") -> Iterator[None]:
    """While the block runs, nobody else writes into a table."""
    with caller.world.superuser.begin() as conn:
        conn.exec_driver_sql(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield


def _waiting(caller: Caller) -> int:
    question = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return int(caller.world.ask(question)[0][0])


def test_equal_bodies_that_were_answered_are_two_writes(caller: Caller) -> None:
    first, second = caller.store("tea"), caller.store("tea")

    assert first["id"] != second["id"]
    assert caller.count("memories") == 2


def test_what_was_sent_again_after_its_answer_was_dropped_is_one_write(
    service: Service, caller: Caller
) -> None:
    sent = request("/v1/memories", STORED, caller.key)
    _drop(service, sent)

    with connect(service) as client:
        client.sendall(sent)
        status, _, body = read_answer(client)

    assert status == 200
    assert caller.count("memories") == 1
    assert caller.get(f"/v1/memories/{json.loads(body)['id']}").json()["content"] == "tea"


def test_an_equal_body_is_a_new_write_once_the_repeat_was_answered(
    service: Service, caller: Caller
) -> None:
    sent = request("/v1/memories", STORED, caller.key)
    _drop(service, sent)

    with connect(service) as client:
        answers = []
        for _ in range(2):
            client.sendall(sent)
            answers.append(json.loads(read_answer(client)[2])["id"])

    assert answers[0] != answers[1]
    assert caller.count("memories") == 2


def test_a_repeat_joins_what_is_still_in_flight(service: Service, caller: Caller) -> None:
    sent = request("/v1/memories", STORED, caller.key)

    with connect(service) as first, connect(service) as second:
        with _held(caller):
            first.sendall(sent)
            _until(lambda: _waiting(caller) > 0)
            second.sendall(sent)
        ids = {json.loads(read_answer(one)[2])["id"] for one in (first, second)}

    assert len(ids) == 1
    assert caller.count("memories") == 1


def test_a_client_that_goes_away_ends_nothing(service: Service, caller: Caller) -> None:
    with _held(caller), connect(service) as client:
        client.sendall(request("/v1/memories", STORED, caller.key))
        _until(lambda: _waiting(caller) > 0)

    _until(lambda: caller.count("memories") == 1)


def test_two_keys_make_two_writes_of_one_body(service: Service, caller: Caller) -> None:
    _drop(service, request("/v1/memories", STORED, caller.key, Idempotency_Key="one"))

    answer = caller.post("/v1/memories", STORED, Idempotency_Key="two")

    assert answer.status_code == 200
    assert caller.count("memories") == 2


def test_a_key_comes_with_one_body_also_in_flight(service: Service, caller: Caller) -> None:
    path = f"/v1/memories/{caller.store('tea')['id']}"
    sent = request(path, {"content": "milk"}, caller.key, method="PATCH", Idempotency_Key="k")

    with connect(service) as client:
        with _held(caller, "memories"):
            client.sendall(sent)
            _until(lambda: _waiting(caller) > 0)
            answer = caller.patch(path, {"content": "wine"}, Idempotency_Key="k")
        assert read_answer(client)[0] == 200

    assert answer.status_code == 409
    assert answer.json()["error"] == "idempotency_conflict"
    assert answer.json()["field"] == "Idempotency-Key"


def test_a_key_that_was_revoked_joins_nothing(service: Service, caller: Caller) -> None:
    sent = request("/v1/memories", STORED, caller.key)
    _drop(service, sent)
    caller.world.do("UPDATE api_keys SET revoked_at = now() WHERE org_id = %(org)s", org=caller.org)

    answer = caller.post("/v1/memories", STORED)

    assert answer.status_code == 401


def test_an_answer_that_its_client_did_not_read_whole_is_not_delivered(
    service: Service, caller: Caller
) -> None:
    # more than the system takes while nobody reads
    pad = {"pad": "x" * 100_000}
    statements = [{"agent_id": "agent", "content": f"tea {n}", "metadata": pad} for n in range(60)]
    sent = request("/v1/memories/batch", {"memories": statements}, caller.key)
    before = service.state.attempts.kept
    with connect(service, receive_buffer=4096) as client:
        client.sendall(sent)
        seen = 0
        while seen < 100_000:
            seen += len(client.recv(65536))
    _until(lambda: service.state.attempts.kept > before)

    with connect(service) as client:
        client.sendall(sent)
        status, _, body = read_answer(client)

    assert status == 200
    assert len(json.loads(body)["results"]) == 60
    assert caller.count("memories") == 60


def test_a_failure_is_tried_again_and_not_repeated(service: Service, caller: Caller) -> None:
    unknown = {
        **STORED,
        "relationships": [{"target_memory_id": "mem_x", "relationship_type": "supports"}],
    }
    sent = request("/v1/memories", unknown, caller.key)

    with connect(service) as client:
        client.sendall(sent)
    again = caller.post("/v1/memories", unknown)

    assert again.status_code == 404
    assert again.json()["request_id"] == again.headers["X-Request-ID"]
    assert caller.count("memories") == 0


def test_a_keyed_change_is_made_once_also_by_another_process(
    service: Service, caller: Caller
) -> None:
    path = f"/v1/memories/{caller.store('tea')['id']}"
    assert caller.patch(path, {"content": "milk"}, Idempotency_Key="k").status_code == 200
    assert caller.patch(path, {"content": "wine"}).status_code == 200

    with service.beside() as other, other.client(caller.key) as client:
        again = client.patch(path, json={"content": "milk"}, headers={"Idempotency-Key": "k"})

    assert again.status_code == 200
    assert again.json()["content"] == "wine"
    assert again.json()["version"] == 3


def test_a_key_of_a_change_belongs_to_its_body_also_for_another_process(
    service: Service, caller: Caller
) -> None:
    path = f"/v1/memories/{caller.store('tea')['id']}"
    assert caller.patch(path, {"content": "milk"}, Idempotency_Key="k").status_code == 200

    with service.beside() as other, other.client(caller.key) as client:
        again = client.patch(path, json={"content": "wine"}, headers={"Idempotency-Key": "k"})

    assert again.status_code == 409
    assert again.json()["error"] == "idempotency_conflict"
    assert caller.get(path).json()["content"] == "milk"


def test_two_processes_at_once_make_a_keyed_change_once(service: Service, caller: Caller) -> None:
    path = f"/v1/memories/{caller.store('tea')['id']}"
    answers: list[Any] = []

    def change(one: Service) -> None:
        with one.client(caller.key) as client:
            headers = {"Idempotency-Key": "k"}
            answers.append(client.patch(path, json={"content": "milk"}, headers=headers))

    with service.beside() as other:
        with _held(caller, "replays"):
            threads = [threading.Thread(target=change, args=(one,)) for one in (service, other)]
            for one in threads:
                one.start()
            _until(lambda: _waiting(caller) > 1)
        for one in threads:
            one.join()

    assert {one.status_code for one in answers} == {200}
    assert {one.json()["version"] for one in answers} == {2}


def test_a_change_that_changed_nothing_leaves_no_mark(caller: Caller) -> None:
    path = f"/v1/memories/{caller.store('tea')['id']}"

    caller.patch(path, {"content": ""}, Idempotency_Key="k")

    assert caller.count("replays") == 0


def test_a_body_that_is_too_large_is_refused_before_it_is_known(
    service: Service, caller: Caller
) -> None:
    with connect(service) as client:
        client.sendall(request("/v1/memories", {"content": "x" * 11_000_000}, caller.key))
        status, _, body = read_answer(client)

    assert status == 413
    assert json.loads(body)["error"] == "too_large"
