"""The pass distill: facts once each, with everything they come from, and nothing twice."""

from datetime import timedelta
from typing import Any

import pytest

from tests.worker.jobbing import Asked, ask, audited
from tests.worker.trouble import OPEN_TRANSACTIONS, Killed, frozen, killed
from tests.world import NOW, Org, memory
from worker.passes.distill import DISTILL

PORTO = "Ana works as a nurse in Porto. Ana's birthday is on 3 May."
LISBON = "I moved to Lisbon in January 2026. Thanks!"


def told(org: Org, *contents: str, **place: Any) -> list[int]:  # noqa: ANN401
    """Episodic memories of these words; answers their numbers."""
    before = set(org.memories("id"))
    org.append(*(memory(one, **place) for one in contents))
    org.world.drain("score")
    org.world.drain("embed")
    return [number for number in org.memories("id") if number not in before]


def distil(org: Org, ids: list[int], **changes: Any) -> Asked:  # noqa: ANN401
    """Ask for it and have it done."""
    asked = wait(org, ids, **changes)
    org.world.drain(DISTILL)
    return asked


def wait(org: Org, ids: list[int], **changes: Any) -> Asked:  # noqa: ANN401
    """Ask for it."""
    request = {
        "memory_ids": ids,
        "chunk_size": 1024,
        "chunk_overlap": 128,
        "max_concurrency": 4,
        "summary_style": "concise",
        "include_summary": False,
        **changes,
    }
    return ask(org, "distill", request)


def memos(org: Org) -> list[str]:
    return org.memories(where="derived_by = 'distill'")


def test_each_fact_becomes_a_semantic_memory(org: Org) -> None:
    asked = distil(org, told(org, PORTO, LISBON))

    assert memos(org) == [
        "Ana works as a nurse in Porto.",
        "Ana's birthday is on 3 May.",
        "I moved to Lisbon in January 2026.",
    ]
    assert set(org.memories("type", where="derived_by = 'distill'")) == {"semantic"}
    done = asked.read()
    assert (done.state, done.result["memos_written"]) == ("completed", 3)
    assert (done.result["chunks_total"], done.result["chunks_failed"]) == (2, 0)


def test_memo_names_the_original_events_and_its_memories(org: Org) -> None:
    first, second = told(org, "Ana works as a nurse in Porto.", PORTO)

    asked = distil(org, [first, second])

    (memo, _) = asked.read().result["memory_ids"]
    edges = (
        "SELECT target_id FROM edges WHERE org_id = %(org)s AND source_id = %(memo)s "
        "AND kind = 'derived_from' ORDER BY target_id"
    )
    events = (
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = ANY(%(ids)s) "
        "ORDER BY event_id"
    )
    assert org.column(edges, memo=memo) == [first, second]
    assert org.column(events, ids=[memo]) == org.column(events, ids=[first, second])
    assert asked.read().result["relationships_extracted"] == 3


def test_same_again_makes_nothing_new(org: Org) -> None:
    ids = told(org, PORTO, LISBON)
    distil(org, ids, include_summary=True)
    before = org.memories("id")

    again = distil(org, ids, include_summary=True)

    assert org.memories("id") == before
    assert again.read().result["memos_written"] == 0


def test_fact_that_is_known_is_left_out(org: Org) -> None:
    told(org, "Ana's birthday is on 3 May!", memory_type="semantic")

    distil(org, told(org, PORTO))

    assert memos(org) == ["Ana works as a nurse in Porto."]


def test_summary_holds_what_the_memories_say(org: Org) -> None:
    distil(org, told(org, PORTO, LISBON), include_summary=True, summary_style="bullet")

    (summary,) = org.memories(where="metadata ? 'summary'")
    assert summary == "\n".join(f"- {one}" for one in memos(org) if one != summary)


def test_people_are_not_mixed_in_a_summary(org: Org) -> None:
    ids = told(org, PORTO, user="one") + told(org, LISBON, "I have a dog, Rex.", user="two")

    distil(org, ids, include_summary=True)

    summaries = org.memories("content, user_id", where="metadata ? 'summary'")
    assert len({user for _, user in summaries}) == len(summaries) == 2
    assert not [text for text, _ in summaries if "Ana" in text and "Lisbon" in text]


def test_trail_tells_of_the_job_and_of_each_memo(org: Org) -> None:
    distil(org, told(org, LISBON))

    assert audited(org) == [("distill", "queued"), ("store", None), ("distill", "completed")]


def test_no_transaction_is_open_while_it_reads(org: Org) -> None:
    asked = wait(org, told(org, LISBON))
    seen: list[int] = []

    org.world.step(frozen(DISTILL, lambda: seen.extend(org.column(OPEN_TRANSACTIONS))))

    assert seen == [0]
    assert asked.read().state == "completed"


def test_killed_worker_doubles_nothing(org: Org) -> None:
    asked = wait(org, told(org, LISBON))
    with pytest.raises(Killed):
        org.world.step(killed(DISTILL))

    org.world.lapse()
    org.world.drain(DISTILL)

    assert len(memos(org)) == 1
    assert asked.read().state == "completed"


def test_late_holder_writes_nothing(org: Org) -> None:
    wait(org, told(org, LISBON))

    def meanwhile() -> None:
        org.world.lapse()
        org.world.drain(DISTILL)

    late = org.world.step(frozen(DISTILL, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert len(memos(org)) == 1


def test_memory_that_changes_meanwhile_is_read_again(org: Org) -> None:
    ids = told(org, LISBON)
    asked = wait(org, ids)
    change = "UPDATE memories SET content = 'I moved to Rome in March 2026.' WHERE id = %(id)s"

    first = org.world.step(frozen(DISTILL, lambda: org.do(change, id=ids[0])))
    org.world.drain(DISTILL, now=NOW + timedelta(minutes=1))

    assert first is not None
    assert (first.outcome, first.changes.reason) == ("failed", "PassError")
    assert memos(org) == ["I moved to Rome in March 2026."]
    assert asked.read().state == "completed"


def test_memory_that_is_gone_by_then_is_left_out(org: Org) -> None:
    ids = told(org, LISBON, PORTO)
    asked = wait(org, ids)
    org.do("UPDATE memories SET state = 'forgotten' WHERE id = %(id)s", id=ids[0])

    org.world.drain(DISTILL)

    assert len(memos(org)) == 2
    assert asked.read().state == "completed"
