"""Handing in a text: the job stands before the answer, and says the truth about itself."""

from typing import Any

from tests.api.serving import Caller

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
