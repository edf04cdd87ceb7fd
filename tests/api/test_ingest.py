"""Group commit: what one request brings disturbs no other, and every caller hears the truth."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy import event as hooks

from api import ingest, storing
from nrem.embedded.postgres import SUPERUSER
from nrem.store.append import append
from tests.api.serving import Caller, Service, serve
from tests.postgres import Database

CANARY = "a canary that sings of Canaan"


def turn(content: str = "I like tea.", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": "turn", "agent_id": "agent", "role": "user", "content": content, **fields}


@pytest.fixture
def own(database: Database) -> Iterator[Service]:
    """A service of this test's own, whose database may come to harm."""
    with serve(database) as running:
        yield running


@contextmanager
def away(service: Service) -> Iterator[None]:
    """The database takes no connections and has dropped those it had."""
    name = service.database.name
    url = replace(service.database, name=SUPERUSER).admin_url
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        conn.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (name,),
        )
        try:
            yield
        finally:
            conn.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_conflict_of_one_org_disturbs_no_other(caller: Caller, stranger: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    def send(number: int) -> int:
        if number % 2:
            return caller.post("/v1/events", turn("Two.", idempotency_key="1")).status_code
        return stranger.post("/v1/events", turn(f"Number {number}.")).status_code

    with ThreadPoolExecutor(16) as many:
        found = list(many.map(send, range(64)))

    assert found == [202, 409] * 32
    assert (caller.count("events"), stranger.count("events")) == (1, 32)


def test_conflict_of_one_request_disturbs_no_other_of_its_org(caller: Caller) -> None:
    caller.send(turn("One.", idempotency_key="1"))

    def send(number: int) -> int:
        key = {"idempotency_key": "1"} if number % 2 else {}
        return caller.post("/v1/events", turn(f"Number {number}.", **key)).status_code

    with ThreadPoolExecutor(16) as many:
        found = list(many.map(send, range(64)))

    assert found == [202, 409] * 32
    assert caller.count("events") == 33


def test_request_after_a_refused_one_is_accepted(caller: Caller) -> None:
    caller.post(
        "/v1/events", {"events": [turn(session_id="s"), turn(agent_id="b", session_id="s")]}
    )

    assert caller.post("/v1/events", turn(session_id="s")).status_code == 202


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever says the canary finds a mistake of ours."""

    def faulty(conn: Connection, org_id: int, events: Any, **given: Any) -> Any:  # noqa: ANN401
        if any(CANARY in one.body.get("content", "") for one in events):
            raise LookupError(CANARY)
        return append(conn, org_id, events, **given)

    monkeypatch.setattr(ingest, "append", faulty)


def test_fault_of_ours_is_500_and_says_nothing(
    caller: Caller, faulty: None, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = caller.post("/v1/events", turn(CANARY))

    logged = capfd.readouterr()
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"] == "internal_error"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert CANARY not in answer.text + logged.out + logged.err
    assert "LookupError" in logged.out + logged.err


def test_fault_in_one_request_disturbs_no_other(
    caller: Caller, stranger: Caller, faulty: None
) -> None:
    def send(number: int) -> int:
        who = (caller, stranger)[number % 2]
        return who.post("/v1/events", turn(CANARY if number % 4 == 0 else "Hi.")).status_code

    with ThreadPoolExecutor(16) as many:
        found = list(many.map(send, range(64)))

    assert found == [500, 202, 202, 202] * 16
    assert (caller.count("events"), stranger.count("events")) == (16, 32)


def test_fault_in_a_statement_is_no_outage(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(conn: Connection, *_given: Any, **_named: Any) -> None:  # noqa: ANN401
        conn.exec_driver_sql("SELECT nothing FROM nowhere")

    with monkeypatch.context() as patched:
        patched.setattr(ingest, "append", mistaken)
        queued = caller.post("/v1/events", turn())
    with monkeypatch.context() as patched:
        patched.setattr(storing, "append", mistaken)
        direct = caller.post("/v1/memories", {"agent_id": "a", "content": "c"})

    assert (queued.status_code, direct.status_code) == (500, 500)
    assert caller.post("/v1/events", turn()).status_code == 202


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/events", turn()),
        ("/v1/memories", {"agent_id": "agent", "content": "c"}),
        ("/v1/memories/recall", {"agent_id": "agent", "query": "c"}),
    ],
    ids=["events", "memories", "recall"],
)
def test_database_that_is_away_is_503_until_it_is_back(
    own: Service, path: str, body: dict[str, Any]
) -> None:
    with own.caller() as caller:
        before = caller.post(path, body).status_code
        with away(own):
            answers = [caller.post(path, body) for _ in range(6)]
            lives = caller.get("/livez").status_code
            ready = caller.get("/readyz").status_code
        after = caller.post(path, body).status_code

    assert before == after
    assert after in (200, 202)
    assert (lives, ready) == (200, 503)
    for answer in answers:
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["error"] == "unavailable"
        assert answer.json()["remedy"]


def test_database_that_leaves_while_events_wait_answers_all_of_them(
    own: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(conn: Connection, *_given: Any, **_named: Any) -> None:  # noqa: ANN401
        conn.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with own.caller() as caller:
        with monkeypatch.context() as patched:
            patched.setattr(ingest, "append", interrupted)
            with ThreadPoolExecutor(8) as many:
                answers = list(many.map(lambda _: caller.post("/v1/events", turn()), range(8)))
        after = caller.post("/v1/events", turn())
        stored = caller.count("events")

    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["error"] for answer in answers} == {"unavailable"}
    assert (after.status_code, stored) == (202, 1)


@contextmanager
def lost_commit(service: Service) -> Iterator[None]:
    """Transactions that wrote something lose their connection just before their COMMIT."""
    engine = service.state.database.sync_engine

    def cut(conn: Connection) -> None:
        # counting the request is none of what it writes
        query = (
            "SELECT pg_backend_pid() WHERE pg_current_xact_id_if_assigned() IS NOT NULL "
            "AND NOT EXISTS (SELECT FROM pg_locks "
            "WHERE pid = pg_backend_pid() AND relation = 'rates'::regclass)"
        )
        pid = conn.exec_driver_sql(query).scalar_one_or_none()
        if pid is None:
            return
        with service.world.superuser.connect() as other:
            other.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})

    hooks.listen(engine, "commit", cut)
    try:
        yield
    finally:
        hooks.remove(engine, "commit", cut)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/events", turn()), ("/v1/memories", {"agent_id": "agent", "content": "c"})],
    ids=["events", "memories"],
)
def test_commit_whose_answer_was_lost_is_said_to_be_unknown(
    own: Service, path: str, body: dict[str, Any]
) -> None:
    with own.caller() as caller:
        with lost_commit(own):
            answer = caller.post(path, body)
        again = caller.post(path, body)

    assert answer.status_code == 503
    assert answer.json()["error"] == "outcome_unknown"
    assert again.status_code in (200, 202)


def test_log_of_a_refusal_holds_no_content(
    caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    caller.client.post("/v1/events", content=json.dumps(turn(CANARY, colour=CANARY)))
    caller.store(CANARY)
    caller.recall(CANARY)
    caller.run()

    logged = capfd.readouterr()
    assert CANARY not in logged.out + logged.err
