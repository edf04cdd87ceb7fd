"""Handing in a text: the job stands before the answer, and says the truth about itself."""

from dataclasses import replace
from typing import Any

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from nrem.store import key
from tests.api.serving import Caller, Service, serve
from tests.paging import served
from tests.postgres import Database, created
from tests.world import TOOLS
from worker.passes import BY_NAME
from worker.runner import Cause, Setting, drain

TEXT = "# Tea\n\nThe kettle stands on the shelf.\n\n# Cats\n\nThe cat of the house is called Mog."


def ask(caller: Caller, text: str = TEXT, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = caller.post(
        "/v1/ingest", {"kind": "text", "agent_id": "agent", "text": text, **fields}
    )
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def look(caller: Caller, job_id: str) -> dict[str, Any]:
    answer = caller.get(f"/v1/ingest/{job_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_text_becomes_memories_that_recall_finds(caller: Caller) -> None:
    job = ask(caller, dataset_id="handbook")
    queued = look(caller, job["job_id"])

    caller.run("ingest", "embed")

    done = look(caller, job["job_id"])
    assert (job["status"], queued["status"], done["status"]) == ("queued", "queued", "completed")
    assert done["memos_written"] == len(done["memory_ids"]) == 2
    found = caller.recall("what is the cat called")
    assert found[0]["memory_id"] in done["memory_ids"]
    assert found[0]["memory_type"] == "semantic"
    assert found[0]["metadata"] == {
        "dataset_id": "handbook",
        "job_id": job["job_id"],
        "chunk": 2,
    }


def refused(caller: Caller, **fields: Any) -> tuple[int, str | None]:  # noqa: ANN401
    """Status and field of a refusal; no job is left by it."""
    before = caller.count("jobs")
    answer = caller.post("/v1/ingest", {"agent_id": "agent", **fields})
    assert caller.count("jobs") == before
    return answer.status_code, answer.json().get("field")


def test_what_is_missing_or_out_of_range_is_refused(caller: Caller) -> None:
    assert refused(caller, kind="text") == (422, "text")
    assert refused(caller, kind="text", url="http://example.org/") == (422, "text")
    assert refused(caller, kind="url") == (422, "url")
    assert refused(caller, kind="text", text="")[0] == 422
    assert refused(caller, kind="file", text="x")[0] == 422
    assert refused(caller, kind="text", text="x", agent_id="")[0] == 422
    assert refused(caller, kind="url", url="http://")[0] == 422


def test_text_may_have_four_million_characters_and_no_more(caller: Caller) -> None:
    ask(caller, "x" * 4_000_000)

    assert refused(caller, kind="text", text="x" * 4_000_001)[0] == 422


def test_what_is_not_known_is_named_and_left_alone(caller: Caller) -> None:
    body = {"kind": "text", "agent_id": "agent", "text": TEXT, "colour": "red"}

    answer = caller.post("/v1/ingest", body)

    assert (answer.status_code, answer.headers["X-Nrem-Ignored-Fields"]) == (202, "colour")


def test_same_inputs_join_the_job_that_is_not_over(caller: Caller) -> None:
    first, again = ask(caller), ask(caller)
    other = ask(caller, dataset_id="handbook")
    caller.run("ingest")

    assert first == again
    assert other["job_id"] != first["job_id"]
    assert ask(caller)["job_id"] != first["job_id"]


def test_key_of_the_caller_finds_a_job_that_is_over(caller: Caller) -> None:
    body = {"kind": "text", "agent_id": "agent", "text": TEXT}
    first = caller.post("/v1/ingest", body, Idempotency_Key="k").json()
    caller.run("ingest")

    again = caller.post("/v1/ingest", body, Idempotency_Key="k")
    other = caller.post("/v1/ingest", {**body, "text": "else"}, Idempotency_Key="k")

    assert again.json()["job_id"] == first["job_id"]
    assert again.json()["status"] == "completed"
    assert (other.status_code, other.json()["error"]) == (409, "idempotency_conflict")


def test_job_of_another_org_or_family_is_not_found(caller: Caller, stranger: Caller) -> None:
    job = ask(caller)["job_id"]

    answers = [
        stranger.get(f"/v1/ingest/{job}"),
        caller.get(f"/v1/distill/{job}"),
        caller.get(f"/v1/refine/{job}"),
        caller.get("/v1/ingest/job_0000000000000"),
        caller.get("/v1/ingest/who knows"),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert len({one.json()["detail"] for one in answers}) == 1


def test_asking_needs_the_scope_to_write_and_looking_the_one_to_read(service: Service) -> None:
    body = {"kind": "text", "agent_id": "agent", "text": TEXT}
    with service.caller(scopes=[key.MEMORY_READ]) as reader:
        assert reader.post("/v1/ingest", body).status_code == 403
        assert reader.post("/v1/distill", {}).status_code == 403
        assert reader.post("/v1/refine", {}).status_code == 403
    with service.caller(scopes=[key.MEMORY_WRITE]) as writer:
        job = ask(writer)["job_id"]
        assert writer.get(f"/v1/ingest/{job}").status_code == 403


def test_job_says_what_it_is(caller: Caller) -> None:
    job = ask(caller, dataset_id="handbook")

    found = look(caller, job["job_id"])

    assert (found["agent_id"], found["kind"], found["dataset_id"]) == ("agent", "text", "handbook")
    assert (found["content_type"], found["file_size"]) == ("text/plain", len(TEXT))
    assert found["source_uri"] is found["started_at"] is found["error"] is None
    assert job["enqueued_at"] == found["created_at"]


@pytest.mark.parametrize("url", ["http://example.org/", "https://127.0.0.1/", "http://[::1]/x"])
def test_no_page_is_read_unless_its_host_is_named(caller: Caller, url: str) -> None:
    answer = caller.post("/v1/ingest", {"kind": "url", "agent_id": "agent", "url": url})

    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert "NREM_INGEST_HOSTS" in answer.json()["remedy"]
    assert url not in answer.text
    assert caller.count("jobs") == 0


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "http://u:p@a.org/"])
def test_what_is_no_page_is_refused(caller: Caller, url: str) -> None:
    assert refused(caller, kind="url", url=url) == (422, "url")


def test_page_of_a_named_host_is_read(cluster: EmbeddedPostgres, template: Database) -> None:
    with (
        created(cluster, template.name) as database,
        served() as site,
        serve(
            database,
            ingest_hosts=f"127.0.0.1:{site.port},127.0.0.2",
            ingest_private_networks="127.0.0.1/32",
        ) as service,
        service.caller() as caller,
    ):
        url = site.put("/", "The kettle stands on the shelf.")
        within = {"kind": "url", "agent_id": "agent", "url": "http://127.0.0.2/"}
        answer = caller.post("/v1/ingest", {"kind": "url", "agent_id": "agent", "url": url})
        hidden = caller.post("/v1/ingest", within)
        setting = Setting(
            database=service.world.worker,
            tools=replace(TOOLS, reach=site.reach),
            cause=Cause(name="command"),
        )
        drain(setting, BY_NAME["ingest"])

        found = look(caller, answer.json()["job_id"])
        assert (answer.status_code, hidden.status_code) == (202, 403)
        assert "NREM_INGEST_PRIVATE_NETWORKS" in hidden.json()["remedy"]
        assert (found["status"], found["source_uri"]) == ("completed", url)
        assert (found["content_type"], found["file_size"]) == ("text/plain", 31)
        assert found["memos_written"] == 1
