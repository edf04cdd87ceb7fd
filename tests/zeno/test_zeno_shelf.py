"""What shelves promise beyond the Protocol: searches that only read, erasure, history, bounds."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from zeno.memory import Delete, Merge, Replace

from nrem.policy.model import MemoryType, Tier
from nrem.policy.params import Policy
from nrem.policy.shelf import Shelf
from nrem.policy.timeline import Timeline
from nrem.store import engine, forget_hard, hold, memory, policy, revert, search
from nrem.store import shelf as shelves
from nrem.store.forget_hard import Means
from nrem.store.hold import HoldKind
from nrem.store.memory import NewMemory, Owner
from nrem.store.shelf import Asked, Meant
from nrem.zeno import Link, UserMemoryStore
from tests.extent import rounds
from tests.world import DIGEST, EMBEDDER, NOW, Org
from tests.world import memory as told
from tests.zeno.memories import DAY, TEA, USER, Memories, apply, ours
from tests.zeno.sides import Clock, run

WORDS = (
    "tea coffee milk oat lisbon porto car red house garden dog book film music jazz piano".split()
)


@pytest.fixture(params=[False, True], ids=["words", "meaning"])
def memories(request: pytest.FixtureRequest, link: Link, clock: Clock) -> Iterator[Memories]:
    made = ours(link, clock, semantic=request.param)
    yield made
    run(made.store.aclose())


def _fill(org: Org, count: int) -> None:
    """Put many memories on one person's shelf, as `add` would make them one by one."""
    (first,) = org.append(told("the first", agent="zeno", user=USER))
    owner = Owner(
        subject_id=first.subject_id,
        agent_id=first.agent_id,
        user_id=first.user_id,
        session_id=None,
    )
    texts = [f"The user likes {WORDS[at % 16]} {WORDS[at // 16 % 16]} {at}" for at in range(count)]
    blank = NewMemory(
        owner=owner,
        memory_type=MemoryType.EPISODIC,
        tier=Tier.LONG,
        content="",
        content_hash=b"",
        importance=1.0,
        is_importance_given=True,
        trust="user",
        occurred_at=NOW,
        source_event_ids=(first.event_id,),
        due_at=None,
        shelf=Shelf.USER,
    )
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        for at in range(0, count, 500):
            new = [
                replace(blank, content=text, content_hash=DIGEST.of(text))
                for text in texts[at : at + 500]
            ]
            ids = memory.add(conn, org.number, new, policy=Policy(), now=NOW).ids
            indexed = [one.text(number) for number, one in zip(ids, new, strict=True)]
            vectors = EMBEDDER.embed([one.content for one in new])
            search.add_vectors(conn, org.number, indexed, vectors, model=EMBEDDER.model_id)


@pytest.mark.parametrize("semantic", [False, True])
def test_search_among_many_takes_no_lock_that_a_writer_takes_and_writes_nothing(
    org: Org, *, semantic: bool
) -> None:
    """[B32] Zeno's search begins with the lock of its file's only writer."""
    _fill(org, rounds(1_000, 10_000))
    query = "Which jazz does the user like?"
    meant = Meant(vector=EMBEDDER.embed_query(query), model=EMBEDDER.model_id)
    asked = Asked(query=query, limit=5, meant=meant if semantic else None)

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        conn.exec_driver_sql("SET TRANSACTION READ ONLY")
        place = shelves.find_place(conn, org.number, "zeno", USER, Shelf.USER)
        assert place is not None
        found = shelves.search(conn, place, asked, timeline=Timeline(Policy()), now=NOW)
        modes = conn.exec_driver_sql(
            "SELECT DISTINCT mode FROM pg_locks "
            "WHERE pid = pg_backend_pid() AND relation IS NOT NULL"
        ).scalars()
        locks = set(modes)
        written = conn.exec_driver_sql("SELECT pg_current_xact_id_if_assigned()").scalar()

    assert len(found) == 5
    assert all("jazz" in one.content for one in found)
    assert locks == {"AccessShareLock"}
    assert written is None


def test_adding_among_many_reads_a_bounded_part_of_the_shelf(org: Org, link: Link) -> None:
    """[B33] Zeno's add reads every row of the person."""
    _fill(org, rounds(1_000, 10_000))
    store = UserMemoryStore(link, semantic=False)
    run(store.search(USER, "x"))
    pool = link._opened().pool  # noqa: SLF001 - to look at what is sent
    read: list[int] = []

    def seen(_conn: Any, cursor: Any, *_others: Any) -> None:  # noqa: ANN401
        read.append(cursor.rowcount)

    event.listen(pool, "after_cursor_execute", seen)
    run(store.add(USER, "The user likes tea on rainy mondays"))

    assert max(read) < 100
    run(store.aclose())


def test_closing_the_link_waits_for_what_searches_left(org: Org, link: Link) -> None:
    store = UserMemoryStore(link, semantic=False)
    run(store.add(USER, TEA))
    for _ in range(20):
        run(store.search(USER, "tea"))

    link.close()

    assert link._open is None  # noqa: SLF001 - nobody opened it anew
    lines = "SELECT count(*) FROM audit WHERE org_id = %(org)s AND operation = 'recall'"
    assert org.column(lines) == [20]


def test_two_that_add_one_text_at_once_make_one_memory(memories: Memories) -> None:
    async def both() -> None:
        await asyncio.gather(*(memories.store.add(USER, TEA, {"n": n}) for n in range(8)))

    run(both())

    assert len(memories.active()) == 1


def test_a_search_is_told_in_the_audit_trail(memories: Memories, org: Org) -> None:
    memories.add(TEA)
    memories.search("tea")

    rows = org.ask(
        "SELECT operation, cardinality(memory_ids) AS found FROM audit "
        "WHERE org_id = %(org)s ORDER BY id"
    )

    assert [tuple(row) for row in rows] == [("store", 0), ("recall", 1)]


def test_what_is_remembered_derives_from_an_event(memories: Memories, org: Org) -> None:
    memories.add(TEA, {"page": 1})
    memories.add(TEA)

    rows = org.ask(
        "SELECT e.body ->> 'content' AS said FROM derivations AS d "
        "JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE d.org_id = %(org)s AND d.child_kind = 'memory'"
    )

    assert [row.said for row in rows] == [TEA, TEA]


def test_hard_forget_takes_what_was_merged_with_it(memories: Memories, org: Org) -> None:
    memories.add(TEA)
    memories.add("The user drinks milk")
    known = memories.active()
    apply(memories, merges=(Merge(tuple(known.values()), "Tea with milk"),))

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        means = Means(digest=DIGEST, timeline=Timeline(Policy()), now=NOW)
        forget_hard.hard(conn, org.number, [known[TEA]], means=means)

    left = org.memories()
    assert left == ["The user drinks milk"]
    assert (
        org.column("SELECT body FROM events WHERE org_id = %(org)s AND body::text LIKE '%%tea%%'")
        == []
    )
    assert memories.texts("tea") == []


def test_deleted_source_leaves_what_took_its_place(memories: Memories, org: Org) -> None:
    memories.add(TEA)
    old = memories.active()[TEA]
    apply(memories, replaces=(Replace(old, "The user likes green tea"),))

    assert run(memories.store.hard_delete([old])) == 1
    assert memories.texts("green tea") == ["The user likes green tea"]
    assert org.memories() == ["The user likes green tea"]


def test_deleted_memory_leaves_no_words(memories: Memories, org: Org) -> None:
    memories.add(TEA, {"note": "tea"})
    number = memories.active()[TEA]
    memories.archive(TEA)

    run(memories.store.hard_delete([number]))

    for table in ("memories", "memory_versions", "events", "lexemes", "embeddings"):
        rows = org.column(f"SELECT t::text FROM {table} AS t WHERE org_id = %(org)s")  # noqa: S608
        assert not any("tea" in row for row in rows), table


def test_memory_under_a_hold_is_not_deleted(memories: Memories, org: Org) -> None:
    memories.add(TEA)
    number = memories.active()[TEA]
    memories.archive(TEA)
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        hold.place(conn, org.number, HoldKind.MEMORY, number, reference="case 1")

    assert run(memories.store.hard_delete([number])) == 0
    assert org.memories() == [TEA]


def test_run_of_edits_can_be_undone(memories: Memories, org: Org) -> None:
    for text in (TEA, "The user drinks milk", "The user hates rain"):
        memories.add(text)
    known = memories.active()
    tea, milk, rain = known.values()
    memories.clock.seconds += 1
    apply(memories, merges=(Merge((tea, milk), "Tea with milk"),), deletes=(Delete(rain),))
    (run_id,) = org.column("SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'shelf'")
    memories.clock.seconds += 1

    now = memories.clock.instant()
    with engine.begin(org.world.api, org_id=org.number, now=now) as conn:
        timeline = policy.timeline(conn, org.number)
        done = revert.revert(conn, org.number, run_id, again=True, timeline=timeline, now=now)

    assert done.kept == ()
    assert memories.active() == known


def test_nrems_own_passes_sweep_a_shelf(memories: Memories, org: Org) -> None:
    memories.add(TEA, tier="short")
    memories.add("The user lives in Lisbon", tier="permanent")
    memories.clock.seconds += 8 * DAY

    org.world.drain("decay", now=memories.clock.instant())

    assert org.memories("state, state_reason", where="tier = 'short'") == [("archived", "idle")]
    assert org.memories("state", where="tier = 'permanent'") == ["live"]
    assert memories.texts("tea lisbon") == ["The user lives in Lisbon"]


def test_many_archived_memories_do_not_hide_the_others(memories: Memories) -> None:
    """[B21] Archived by time alone, and no sweep has been."""
    memories.add("tea zero", tier="permanent")
    memories.clock.seconds += 1
    for number in range(45):
        memories.add(f"tea {number}", tier="short")
    memories.clock.seconds += 8 * DAY

    assert memories.texts("tea") == ["tea zero"]
