"""Undoing a run of promote: what was made of episodes, what it superseded, what it supported."""

from datetime import datetime, timedelta
from typing import Final

import pytest

from nrem.policy.graph import EdgeKind
from nrem.policy.model import MemoryType, Tier
from nrem.policy.params import Policy
from nrem.policy.run_change import RunChange, What
from nrem.store import edge, run, run_change, work
from nrem.store import memory as memories
from nrem.store.edge import NewEdge
from nrem.store.memory import NewMemory, Owner, content_hash
from nrem.store.run import Run
from tests.store.past import edit, then
from tests.store.recalling import keep
from tests.store.reverting import snapshot, undo
from tests.world import DIGEST, NOW, Org

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
KNOWLEDGE: Final = "Ada drinks tea in the morning."
EPISODES: Final = ("Ada had tea.", "Ada had tea again.", "Ada wanted tea at nine.")


def _promote(org: Org, *, now: datetime, supersedes: bool = False, supports: int = 0) -> int:
    """What a run of promote writes: a memory made of all episodes, with all that goes with it."""
    episodes = org.memories("id", where="type = 'episodic'")
    (row,) = org.ask(
        "SELECT subject_id, agent_id, user_id, nextval('runs_id_seq') AS run_id FROM memories "
        "WHERE org_id = %(org)s ORDER BY id LIMIT 1"
    )
    events = org.column("SELECT event_id FROM derivations WHERE org_id = %(org)s ORDER BY 1")
    new = NewMemory(
        owner=Owner(
            subject_id=row.subject_id, agent_id=row.agent_id, user_id=row.user_id, session_id=None
        ),
        memory_type=MemoryType.SEMANTIC,
        tier=Tier.PERMANENT,
        content=KNOWLEDGE,
        content_hash=content_hash(DIGEST, org.number, KNOWLEDGE),
        importance=0.8,
        is_importance_given=False,
        trust="user",
        occurred_at=now,
        source_event_ids=tuple(events),
        due_at=None,
        derived_by="promote",
        run_id=row.run_id,
    )
    with org.begin(now=now) as conn:
        streams = work.lock_streams(conn, org.number, [("subject", row.subject_id)])
        (made,) = memories.add(conn, org.number, [new], policy=Policy.default(), now=now).ids
        changes = [
            RunChange(memory_id=made, what=What.CREATED, version_before=None, version_after=1)
        ]
        edges = [NewEdge(source_id=one, target_id=made, kind=EdgeKind.SUPPORTS) for one in episodes]
        if supersedes:
            conn.exec_driver_sql(
                "UPDATE memories SET true_until = app_now() WHERE id = %(id)s", {"id": episodes[0]}
            )
            changes.append(
                RunChange(
                    memory_id=episodes[0],
                    what=What.SUPERSEDED,
                    version_before=1,
                    version_after=2,
                    before={"true_until": None},
                    after={"true_until": now.isoformat()},
                )
            )
            edges.append(NewEdge(source_id=made, target_id=episodes[0], kind=EdgeKind.SUPERSEDES))
        if supports:
            given = [(supports, events, row.run_id)]
            memories.add_sources(conn, org.number, given)
            changes.append(
                RunChange(
                    memory_id=supports, what=What.SUPPORTED, version_before=1, version_after=1
                )
            )
        edge.draw(conn, org.number, edges, drawn_by="promote", run_id=row.run_id)
        run_change.add(conn, org.number, row.run_id, changes)
        run.add(
            conn,
            Run(
                org_id=org.number,
                run_id=row.run_id,
                pass_name="promote",
                cause="command",
                task_id=None,
                owner="test",
                started_at=now,
                outcome="applied",
                changed=len(changes),
                stream_id=streams["subject", row.subject_id].stream_id,
            ),
        )
        conn.exec_driver_sql("DELETE FROM promote_queue")
    return int(row.run_id)


@pytest.fixture
def told(org: Org) -> Org:
    """An org with three episodes."""
    keep(org, *EPISODES)
    return org


def _queue(org: Org) -> list[int]:
    return org.column("SELECT memory_id FROM promote_queue WHERE org_id = %(org)s ORDER BY 1")


def test_promoted_memory_is_gone_and_its_episodes_stay(told: Org) -> None:
    before = snapshot(told, "tea", now=NOW + DAY)
    run_id = _promote(told, now=NOW + HOUR)

    done = undo(told, run_id, now=NOW + DAY)

    assert snapshot(told, "tea", now=NOW + DAY, undone=[run_id]) == before
    assert (done.counts["created"], done.counts["edges"]) == (1, 3)


def test_superseded_memory_holds_again_by_a_new_version(told: Org) -> None:
    before = snapshot(told, "tea", now=NOW + DAY)
    run_id = _promote(told, now=NOW + HOUR, supersedes=True)

    done = undo(told, run_id, now=NOW + DAY)

    assert snapshot(told, "tea", now=NOW + DAY, undone=[run_id]) == before
    assert done.counts["superseded"] == 1
    assert told.memories("version, true_until", where="type = 'episodic'")[0] == (3, None)
    known = told.column("SELECT true_until FROM memory_versions ORDER BY version")
    assert known == [None, NOW + HOUR]


def test_end_that_somebody_moved_since_is_kept(told: Org) -> None:
    run_id = _promote(told, now=NOW + HOUR, supersedes=True)
    told.do(
        "UPDATE memories SET true_until = %(at)s WHERE true_until IS NOT NULL",
        at=NOW - DAY,
        now=NOW + 2 * HOUR,
    )

    done = undo(told, run_id, now=NOW + DAY)

    assert told.memories("true_until", where="true_until IS NOT NULL") == [NOW - DAY]
    assert {(one.field, one.reason) for one in done.kept} == {
        (None, "edited since"),
        ("true_until", "edited since"),
    }


def test_supported_memory_loses_the_evidence_of_the_run_alone(told: Org) -> None:
    first = _promote(told, now=NOW + HOUR)
    (known,) = told.memories("id", where="type = 'semantic'")
    keep(told, "Ada had tea with milk.")
    before = snapshot(told, "tea", now=NOW + DAY)
    second = _promote(told, now=NOW + 2 * HOUR, supports=known)

    done = undo(told, second, now=NOW + DAY)

    assert snapshot(told, "tea", now=NOW + DAY, undone=[second]) == before
    assert (done.counts["supported"], done.dependents) == (1, ())
    assert undo(told, first, now=NOW + DAY).dependents == ()


def test_run_that_built_on_another_is_told(told: Org) -> None:
    first = _promote(told, now=NOW + HOUR)
    (known,) = told.memories("id", where="type = 'semantic'")
    keep(told, "Ada had tea with milk.")
    second = _promote(told, now=NOW + 2 * HOUR, supports=known)

    done = undo(told, first, now=NOW + DAY)

    assert done.dependents == (second,)


def test_evidence_is_left_alone_until_somebody_asks_again(told: Org) -> None:
    run_id = _promote(told, now=NOW + HOUR)
    episodes = told.memories("id", where="type = 'episodic'")
    undo(told, run_id, now=NOW + DAY)
    assert _queue(told) == []
    told.do("UPDATE leases SET due_at = 'infinity' WHERE pass = 'promote'")

    undo(told, run_id, again=True, now=NOW + DAY)

    assert _queue(told) == episodes
    assert told.column("SELECT DISTINCT metadata->>'again' FROM edges") == ["true"]
    due = told.column("SELECT due_at FROM leases WHERE org_id = %(org)s AND pass = 'promote'")
    assert due == [NOW + DAY]
    assert told.column(
        "SELECT due_at FROM org_work WHERE org_id = %(org)s AND pass = 'promote' "
        "AND due_at < 'infinity'"
    )


def test_asking_again_twice_queues_once(told: Org) -> None:
    run_id = _promote(told, now=NOW + HOUR)
    undo(told, run_id, again=True, now=NOW + DAY)
    told.do("DELETE FROM promote_queue")

    undo(told, run_id, again=True, now=NOW + DAY)

    assert _queue(told) == []


def test_promoted_memory_that_was_edited_stays(told: Org) -> None:
    run_id = _promote(told, now=NOW + HOUR)
    (known,) = told.memories("id", where="type = 'semantic'")
    edit(told, known, NOW + 2 * HOUR, content="Ada drinks coffee.")

    done = undo(told, run_id, now=NOW + DAY)

    assert told.memories("content, state", where="type = 'semantic'") == [
        ("Ada drinks coffee.", "live")
    ]
    assert [one.memory_id for one in done.kept] == [known]


def test_as_of_between_answers_with_what_was_promoted(told: Org) -> None:
    run_id = _promote(told, now=NOW + HOUR)
    undo(told, run_id, now=NOW + 3 * HOUR)

    known = [
        KNOWLEDGE in {one.content for one in then(told, "", at, now=NOW + DAY)}
        for at in (NOW, NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR)
    ]

    assert known == [False, True, True, False]
