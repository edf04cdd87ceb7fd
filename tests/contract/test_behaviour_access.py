"""Behaviour to beat, lines 19 to 27: erasure, privacy, isolation. The names carry the numbers."""

import pytest

from nrem.command.server import Server
from nrem.store import engine
from tests.api.admin import administrator
from tests.api.serving import Caller, Service
from tests.contract.looking import column, mentions
from tests.faults import probe
from tests.faults.system import System
from tests.world import Org, memory

NEEDLE = "quetzalcoatlus"


def test_line_19_after_a_hard_delete_no_table_holds_the_content(caller: Caller) -> None:
    made = caller.store(f"Ann saw a {NEEDLE}.", metadata={"note": NEEDLE})
    caller.patch(f"/v1/memories/{made['id']}", {"content": f"Ann saw two {NEEDLE}."})
    before = mentions(caller.world, NEEDLE)

    done = caller.post(
        "/v1/memories/forget",
        {"agent_id": "agent", "memory_id": made["id"], "hard_delete": True},
    ).json()

    assert before >= {"memories", "memory_versions", "events", "lexemes"}
    assert (done["deleted_count"], done["hard_deleted"]) == (1, True)
    assert mentions(caller.world, NEEDLE) == set()


def test_line_20_neither_broker_nor_logs_hold_content(system: System) -> None:
    stored = {"agent_id": "line-20", "content": NEEDLE, "metadata": {"note": NEEDLE}}
    with system.server() as server:
        server.ask("POST", "/v1/memories", json=stored)
        server.send_events([{"type": "memory", "agent_id": "line-20", "content": NEEDLE}])
        probe.until(lambda: len(_known(server)) == 2, "the event became a memory")

    written = [
        path
        for folder in ("valkey", "logs")
        for path in (system.stack.data_dir / folder).rglob("*")
        if path.is_file()
    ]

    assert written
    assert [path.name for path in written if NEEDLE.encode() in path.read_bytes()] == []


def _known(server: Server) -> list[object]:
    return [one for one in server.memories() if one["agent_id"] == "line-20"]


def test_line_22_an_org_with_a_trail_can_be_deleted(caller: Caller) -> None:
    caller.store("Ann has a cat.")
    assert caller.count("audit") >= 1

    # Row numbers of directories are told apart by the org alone, so the rows go table by table.
    tables = [
        "conversation_turns", "memories", "derivations", "events", "sessions", "threads",
        "embeddings", "lexemes", "subjects", "agents", "users",
    ]  # fmt: skip
    for table in tables:
        caller.world.do(f"DELETE FROM {table} WHERE org_id = %(org)s", org=caller.org)  # noqa: S608
    caller.world.do("DELETE FROM orgs WHERE id = %(org)s", org=caller.org)

    assert caller.count("audit") == 0
    assert column(caller, "SELECT count(*) FROM orgs WHERE id = %(org)s") == [0]


def test_line_23_a_worker_without_an_org_sees_no_row(org: Org) -> None:
    org.append(memory("fact"))
    org.world.drain("score")

    with engine.begin(org.world.worker, org_id=None) as conn:
        seen = conn.exec_driver_sql("SELECT count(*) FROM memories").scalar_one()

    assert seen == 0


def test_line_24_a_relationship_tells_nothing_of_foreign_ids(
    caller: Caller, stranger: Caller
) -> None:
    theirs = stranger.store("Somebody else's.")
    edge = {"relationship_type": "supports"}

    foreign, unknown = (
        caller.post(
            "/v1/memories",
            {
                "agent_id": "agent",
                "content": "Mine.",
                "relationships": [{**edge, "target_memory_id": target}],
            },
        )
        for target in (theirs["id"], "mem_0000000000000")
    )

    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["detail"] == unknown.json()["detail"]


def test_line_25_sessions_jobs_and_agents_are_bound_to_their_org(
    caller: Caller, stranger: Caller
) -> None:
    session = caller.post("/v1/sessions", {"agent_id": "agent"}).json()["session_id"]
    job = caller.post("/v1/ingest", {"kind": "text", "agent_id": "agent", "text": "A fact."})
    mine = caller.store("Mine.")

    assert stranger.get(f"/v1/sessions/{session}").status_code == 404
    assert stranger.client.post(f"/v1/sessions/{session}/end").status_code == 404
    assert stranger.get(f"/v1/ingest/{job.json()['job_id']}").status_code == 404
    gone = {"memory_id": mine["id"]}
    for who, agent in ((stranger, "agent"), (caller, "another")):
        answer = who.post("/v1/memories/forget", {"agent_id": agent, **gone})
        assert answer.json()["deleted_count"] == 0
    assert caller.get(f"/v1/memories/{mine['id']}").status_code == 200


def test_line_26_keys_have_scopes_and_their_revocation_takes_effect_at_once(
    service: Service, caller: Caller
) -> None:
    stored = {"agent_id": "a", "content": "A fact."}
    with administrator(service, caller.org) as admin, service.client(admin.key) as client:
        refused = client.post("/v1/memories", json=stored)
    caller.world.do(
        "UPDATE api_keys SET revoked_at = clock_timestamp() WHERE org_id = %(org)s", org=caller.org
    )

    assert refused.status_code == 403
    assert caller.get("/v1/agents").status_code == 401


@pytest.mark.parametrize("role", ["admin", "system", "superadmin"])
def test_line_27_access_never_comes_from_the_body(
    caller: Caller, stranger: Caller, role: str
) -> None:
    stranger.store("Somebody else's secret.")

    assert caller.recall("secret", role=role, org_id=stranger.org) == []


@pytest.mark.parametrize(
    "url", ["http://10.1.2.3/a", "http://localhost/a", "http://[::1]/a", "http://169.254.169.254/a"]
)
def test_line_27_private_addresses_are_not_fetched(caller: Caller, url: str) -> None:
    answer = caller.post("/v1/ingest", {"kind": "url", "agent_id": "agent", "url": url})

    assert answer.status_code in {403, 422}
    assert url not in answer.text
