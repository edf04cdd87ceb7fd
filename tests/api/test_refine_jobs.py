"""Having memories put in order: what may be asked for, and what the status tells."""

from tests.api.serving import Caller

TEA = "I like green tea with honey."


def test_repeat_is_merged_and_the_second_time_counts_nothing(caller: Caller) -> None:
    older, newer = caller.store(TEA)["id"], caller.store(TEA)["id"]

    first = caller.post("/v1/refine", {}).json()
    caller.run("refine")
    second = caller.post("/v1/refine", {}).json()
    caller.run("refine")

    done = caller.get(f"/v1/refine/{first['job_id']}").json()
    again = caller.get(f"/v1/refine/{second['job_id']}").json()
    assert (done["status"], done["trigger"], done["dataset_id"]) == ("completed", "api", None)
    assert (done["memos_scanned"], done["memos_deduped"]) == (2, 1)
    assert (again["memos_scanned"], again["memos_deduped"]) == (1, 0)
    assert caller.get(f"/v1/memories/{newer}").status_code == 404
    assert caller.get(f"/v1/memories/{older}").status_code == 200


def test_empty_body_asks_for_all(caller: Caller) -> None:
    assert caller.client.post("/v1/refine").status_code == 202


def test_unknown_and_foreign_datasets_are_not_found(caller: Caller, stranger: Caller) -> None:
    body = {"kind": "text", "agent_id": "agent", "text": TEA, "dataset_id": "theirs"}
    assert stranger.post("/v1/ingest", body).status_code == 202

    answers = [caller.post("/v1/refine", {"dataset_id": one}) for one in ("theirs", "nobody's")]

    assert [one.status_code for one in answers] == [404, 404]
    assert caller.count("jobs") == 0
    own = stranger.post("/v1/refine", {"dataset_id": "theirs"})
    assert (own.status_code, own.json()["dataset_id"]) == (202, "theirs")
