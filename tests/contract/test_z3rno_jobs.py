"""Jobs with the unmodified client: ingest, distill, refine."""

import pytest
import z3rno

from tests.contract.driving import Driver

TEXT = """The Oslo office opened in May 2024.

Ann Larsen leads the Oslo office. She moved there from Bergen."""


def test_text_becomes_memories(client: Driver, agent: str) -> None:
    asked = client.ingest_text(agent_id=agent, text=TEXT, dataset_id=f"{agent}-docs")
    told = client.await_job("ingest", asked.job_id)

    assert (asked.kind, asked.dataset_id) == ("text", f"{agent}-docs")
    assert asked.status in {"queued", "running", "completed"}
    assert (told.status, told.error) == ("completed", None)
    assert (told.agent_id, told.kind, told.dataset_id) == (agent, "text", f"{agent}-docs")
    assert len(told.memory_ids) == told.memos_written > 0
    assert told.created_at <= told.started_at <= told.completed_at
    found = client.recall(agent_id=agent, query="Who leads the Oslo office?").results
    assert found[0].memory_id in told.memory_ids


def test_a_page_becomes_memories(client: Driver, agent: str, page: str) -> None:
    asked = client.ingest_url(agent_id=agent, url=page)
    told = client.await_job("ingest", asked.job_id)

    assert (told.status, told.error, told.kind) == ("completed", None, "url")
    assert told.source_uri == page
    assert client.recall(agent_id=agent, query="Oslo office").total > 0


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "ftp://127.0.0.1/x", "http://example.org/x"])
def test_what_the_operator_did_not_allow_is_refused(client: Driver, agent: str, url: str) -> None:
    with pytest.raises(z3rno.Z3rnoError) as refused:
        client.ingest_url(agent_id=agent, url=url)

    assert refused.value.status_code in {403, 422}


def test_distilling_makes_facts_and_a_summary(client: Driver, agent: str) -> None:
    said = [
        client.store(agent_id=agent, content=content)
        for content in (
            "Ann Larsen works at the harbour. She likes strong coffee.",
            "Ann Larsen lives in Oslo. Her brother Per lives in Bergen.",
        )
    ]
    ids = [one.id for one in said]

    asked = client.distill(
        agent_id=agent,
        memory_ids=ids,
        chunk_size=256,
        chunk_overlap=16,
        max_concurrency=2,
        summary_style="bullet",
    )
    told = client.await_job("distill", asked.job_id)

    assert asked.memory_ids == ids
    assert (told.status, told.error, told.agent_id) == ("completed", None, agent)
    assert told.model
    assert (told.chunk_size, told.chunk_overlap, told.max_concurrency) == (256, 16, 2)
    assert told.chunks_total >= 1
    assert told.chunks_failed == 0
    assert told.memos_written >= 2


def test_distilling_again_writes_nothing_new(client: Driver, agent: str) -> None:
    made = client.store(agent_id=agent, content="Ann Larsen lives in Oslo.")
    asked = client.distill(agent_id=agent, memory_ids=[made.id])
    client.await_job("distill", asked.job_id)

    again = client.distill(agent_id=agent, memory_ids=[made.id], include_summary=True)

    assert client.await_job("distill", again.job_id).memos_written == 0


def test_refining_merges_what_says_the_same(client: Driver, agent: str) -> None:
    dataset = f"{agent}-docs"
    for text in ("The Oslo office opened in May.", "The Oslo office opened in May. "):
        asked = client.ingest_text(agent_id=agent, text=text, dataset_id=dataset)
        client.await_job("ingest", asked.job_id)

    asked = client.refine(dataset_id=dataset)
    told = client.await_job("refine", asked.job_id)

    assert (told.status, told.error, told.trigger) == ("completed", None, "api")
    assert told.dataset_id == asked.dataset_id == dataset
    assert told.memos_scanned == 2
    assert told.memos_deduped == 1
    assert client.recall(agent_id=agent, query="Oslo office").total == 1


@pytest.mark.parametrize("family", ["ingest", "distill", "refine"])
def test_an_unknown_job_is_not_found(client: Driver, family: str) -> None:
    with pytest.raises(z3rno.NotFoundError):
        getattr(client, f"get_{family}_status")("job_none")


def test_distilling_what_is_unknown_is_not_found(client: Driver, agent: str) -> None:
    with pytest.raises(z3rno.NotFoundError):
        client.distill(agent_id=agent, memory_ids=["mem_none"])
