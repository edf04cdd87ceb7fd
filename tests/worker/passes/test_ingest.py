"""The pass ingest: every passage becomes one memory, in steps that a kill cannot double."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from nrem.policy.ingest import passages
from tests.paging import Answer, Site, served
from tests.worker.jobbing import Asked, ask, audited
from tests.worker.trouble import OPEN_TRANSACTIONS, Killed, frozen, killed
from tests.world import NOW, TOOLS, Org
from worker.changes import Changes
from worker.contract import Work
from worker.passes.ingest import INGEST, Next
from worker.runner import drain


def told(count: int) -> str:
    """A text of so many passages."""
    return "\n\n".join(f"# Part {n}\n\nThe number of this part is {n}." for n in range(count))


def hand_in(org: Org, text: str, **fields: Any) -> Asked:  # noqa: ANN401
    return ask(org, "ingest", {"kind": "text", "text": text}, **fields)


def test_every_passage_becomes_a_memory_in_its_order(org: Org) -> None:
    text = told(205)
    asked = hand_in(org, text)

    outcomes = org.world.drain(INGEST)

    contents = [one.content for one in passages(text, 0, 1_000)]
    assert org.memories() == contents
    assert [its.outcome for its in outcomes] == ["applied"] * 3
    done = asked.read()
    assert done.state == "completed"
    assert done.result["memory_ids"] == org.memories("id")


def test_passages_are_semantic_and_name_their_events(org: Org) -> None:
    hand_in(org, told(2))

    org.world.drain(INGEST)

    assert org.memories("type, tier, trust") == [("semantic", "permanent", "user")] * 2
    bodies = (
        "SELECT e.body->>'content' FROM derivations AS d JOIN events AS e "
        "ON e.org_id = d.org_id AND e.id = d.event_id WHERE d.org_id = %(org)s ORDER BY d.child_id"
    )
    assert org.column(bodies) == org.memories()


def test_job_runs_since_it_was_taken_up(org: Org) -> None:
    asked = hand_in(org, told(101))
    later = NOW + timedelta(minutes=5)

    org.world.step(INGEST, now=later)

    midway = asked.read()
    assert (midway.state, midway.created_at, midway.started_at) == ("running", NOW, later)
    assert midway.completed_at is None
    assert len(midway.result["memory_ids"]) == 100


def test_text_is_taken_out_when_the_job_is_over(org: Org) -> None:
    asked = hand_in(org, told(1))
    assert "text" in asked.read().request

    org.world.drain(INGEST)

    assert asked.read().request == {"kind": "text"}


def test_text_without_a_word_makes_nothing_and_says_so(org: Org) -> None:
    asked = hand_in(org, "\n --- \n")

    org.world.drain(INGEST)

    done = asked.read()
    assert (done.state, done.result["memory_ids"]) == ("completed", [])
    assert [one["code"] for one in done.result["warnings"]] == ["no_text"]


def test_passages_go_into_the_dataset(org: Org) -> None:
    asked = hand_in(org, told(3), named="handbook")

    org.world.drain(INGEST)

    inside = "SELECT memory_id FROM dataset_memories WHERE org_id = %(org)s ORDER BY memory_id"
    assert org.column(inside) == asked.read().result["memory_ids"]


def test_trail_tells_of_the_job_and_of_each_memory(org: Org) -> None:
    hand_in(org, told(2))

    org.world.drain(INGEST)

    assert audited(org) == [
        ("ingest", "queued"),
        ("store", None),
        ("store", None),
        ("ingest", "completed"),
    ]


def test_killed_worker_doubles_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))
    with pytest.raises(Killed):
        org.world.step(killed(INGEST))
    assert asked.read().state == "running"

    org.world.lapse()
    org.world.drain(INGEST)

    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_late_holder_writes_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))

    def meanwhile() -> None:
        org.world.lapse()
        org.world.drain(INGEST)

    late = org.world.step(frozen(INGEST, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_step_that_failed_half_way_leaves_nothing(org: Org) -> None:
    asked = hand_in(org, told(3))

    def broken(conn: Any, work: Work, step: Next) -> Changes:  # noqa: ANN401
        INGEST.apply(conn, work, step)
        raise ValueError("what a person said must not be repeated here")

    org.world.step(replace(INGEST, apply=broken))

    assert org.memories() == []
    org.world.drain(INGEST, now=NOW + timedelta(minutes=1))
    assert len(org.memories()) == 3
    assert asked.read().state == "completed"


def test_job_whose_step_never_succeeds_has_failed(org: Org) -> None:
    asked = hand_in(org, told(1))

    def broken(found: Any, proposal: Any, work: Work) -> None:  # noqa: ANN401
        raise ValueError("what a person said must not be repeated here")

    duty, states = replace(INGEST, decide=broken), []
    for minute in range(INGEST.max_attempts):
        org.world.step(duty, now=NOW + timedelta(minutes=minute))
        states.append(asked.read().state)

    failed = asked.read()
    assert states == ["running"] * (INGEST.max_attempts - 1) + ["failed"]
    assert (failed.error, failed.request) == ("ValueError", {"kind": "text"})
    assert audited(org)[-1] == ("ingest", "failed")


def test_replay_of_a_job_that_is_over_changes_nothing(org: Org) -> None:
    asked = hand_in(org, told(1))
    org.world.drain(INGEST)
    org.do(
        "INSERT INTO inbox (org_id, pass, item_kind, item_id, due_at) "
        "VALUES (%(org)s, 'ingest', 'job', %(job)s, app_now())",
        org=org.number,
        job=asked.number,
    )
    org.world.wake("ingest")

    (again,) = org.world.drain(INGEST)

    assert (again.outcome, again.changes.reason) == ("noop", "job_is_over")
    assert len(org.memories()) == 1


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as found:
        yield found


def read(org: Org, site: Site, *, now: datetime = NOW) -> list[str]:
    """Drive the pass as a worker that may read the site; answers the outcomes."""
    tools = replace(TOOLS, reach=site.reach)
    return [its.outcome for its in drain(org.world.setting(now=now, tools=tools), INGEST)]


def test_page_becomes_memories_that_name_it(org: Org, site: Site) -> None:
    url = site.put("/", "<h1>Tea</h1><p>The kettle stands on the shelf.</p>", "text/html")
    asked = ask(org, "ingest", {"kind": "url", "url": url})

    read(org, site)

    done = asked.read()
    assert (done.state, done.result["content_type"]) == ("completed", "text/html")
    assert done.request == {"kind": "url", "url": url, "bytes": 50}
    ((content, trust, metadata),) = org.memories("content, trust, metadata")
    assert (content, trust) == ("# Tea\n\nThe kettle stands on the shelf.", "web")
    assert metadata == {"job_id": done.wire_id, "chunk": 1, "source_uri": url}


def test_page_is_fetched_once_and_no_transaction_is_open_then(org: Org, site: Site) -> None:
    url = site.put("/", told(150))
    ask(org, "ingest", {"kind": "url", "url": url})
    seen: list[int] = []
    tools = replace(TOOLS, reach=site.reach)
    watched = frozen(INGEST, lambda: seen.extend(org.column(OPEN_TRANSACTIONS)))

    drain(org.world.setting(tools=tools), watched)

    assert (seen, len(site.asked)) == ([0], 1)
    assert len(org.memories()) == 150


def test_page_that_is_not_there_fails_the_job_at_once(org: Org, site: Site) -> None:
    asked = ask(org, "ingest", {"kind": "url", "url": site.url("/nowhere")})

    outcomes = read(org, site)

    assert outcomes == ["applied"]
    assert (asked.read().state, asked.read().error) == ("failed", "http_404")
    assert audited(org)[-1] == ("ingest", "failed")


def test_worker_for_whom_no_host_is_named_reads_nothing(org: Org, site: Site) -> None:
    asked = ask(org, "ingest", {"kind": "url", "url": site.put("/", "text")})

    org.world.drain(INGEST)

    assert (asked.read().state, asked.read().error) == ("failed", "host_not_allowed")
    assert site.asked == []


def test_page_that_may_come_back_is_asked_for_five_times(org: Org, site: Site) -> None:
    site.answers["/"] = Answer(status=503)
    asked = ask(org, "ingest", {"kind": "url", "url": site.url()})

    states = []
    for minute in range(INGEST.max_attempts):
        read(org, site, now=NOW + timedelta(minutes=minute))
        states.append((asked.read().state, asked.read().error))

    assert states == [("running", None)] * 4 + [("failed", "http_503")]
    assert len(site.asked) == 5


def test_page_that_comes_back_is_read(org: Org, site: Site) -> None:
    site.answers["/"] = Answer(status=503)
    asked = ask(org, "ingest", {"kind": "url", "url": site.url()})
    read(org, site)

    site.put("/", "The kettle stands on the shelf.")
    read(org, site, now=NOW + timedelta(minutes=1))

    assert (asked.read().state, len(org.memories())) == ("completed", 1)
