"""Workers that read the words before they were erased: none of them writes anything of it down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import TextClause

from nrem.store import closure, preview
from nrem.store.statement import statement
from tests.store.forgetting import as_api, erase, hits, named, tell
from tests.worker.trouble import frozen
from tests.world import NOW, Org, memory, org, world
from worker.passes import BY_NAME

__all__ = ["org", "world"]

WORD = "Quorvax"
SAID = f"My teacher showed me {WORD} in May 2025."
TEA = "drinks green tea in the morning"
DAY = timedelta(days=1)


def _waits(org: Org) -> None:
    """A memory of a turn, and an ended session of another turn that waits."""
    tell(org, SAID, session="first")
    org.world.settle()
    tell(org, f"I bought a book about {WORD} for 20 euros.", session="second")
    org.world.drain("score")
    org.world.drain("embed")


def _turns(org: Org) -> list[int]:
    return org.column("SELECT id FROM events WHERE org_id = %(org)s AND kind = 'turn' ORDER BY id")


def _late(org: Org, name: str, meanwhile: Callable[[], object]) -> str | None:
    done = org.world.step(frozen(BY_NAME[name], meanwhile), now=NOW + DAY)
    return done.outcome if done else None


def test_consolidate_that_read_the_turn_comes_too_late(org: Org) -> None:
    _waits(org)

    outcome = _late(org, "consolidate", lambda: erase(org, events=_turns(org)))

    assert outcome == "fenced"
    assert hits(org.world, WORD) == {}
    org.world.settle()
    assert hits(org.world, WORD) == {}
    assert org.column("SELECT state FROM sessions WHERE org_id = %(org)s") == ["consolidated"] * 2


def test_stream_taken_away_is_due_again_at_once_and_the_try_does_not_count(org: Org) -> None:
    _waits(org)

    _late(org, "consolidate", lambda: erase(org, events=_turns(org)))

    rows = org.ask(
        "SELECT attempts, owner, lease_until FROM leases "
        "WHERE org_id = %(org)s AND pass = 'consolidate'"
    )
    assert [tuple(row) for row in rows] == [(0, None, None)]
    assert [one.outcome for one in org.world.drain("consolidate", now=NOW + DAY)] == ["applied"]


def test_promote_that_read_the_episodes_comes_too_late(org: Org) -> None:
    for at, when in enumerate(("today", "again", "as ever")):
        org.append(memory(f"{WORD} {TEA} {when}", session=f"s{at}"))
    org.world.drain("score")
    org.world.drain("embed")

    outcome = _late(org, "promote", lambda: erase(org, *org.memories("id")))

    assert outcome == "fenced"
    assert hits(org.world, WORD) == {}
    assert org.memories() == []


@pytest.mark.parametrize("kind", ["memory", "turn"])
def test_embed_that_read_the_words_comes_too_late(org: Org, kind: str) -> None:
    if kind == "memory":
        org.append(memory(SAID))
    else:
        tell(org, SAID)
    org.world.drain("score")
    events = org.column("SELECT id FROM events WHERE org_id = %(org)s ORDER BY id LIMIT 1")

    outcome = _late(org, "embed", lambda: erase(org, events=events))

    assert outcome == "fenced"
    assert org.column("SELECT count(*) FROM embeddings WHERE org_id = %(org)s") == [0]
    assert hits(org.world, WORD) == {}


def test_embed_that_is_fenced_gives_the_others_their_vectors_later(org: Org) -> None:
    org.append(memory(SAID), memory("another"))
    org.world.drain("score")

    _late(org, "embed", lambda: erase(org, named(org, WORD)))

    org.world.lapse()
    org.world.drain("embed", now=NOW + DAY)
    assert org.column("SELECT count(*) FROM embeddings WHERE org_id = %(org)s") == [1]


@pytest.mark.parametrize("said", ["memory", "turn"])
def test_score_that_read_the_event_comes_too_late(org: Org, said: str) -> None:
    stored = org.append(memory(SAID)) if said == "memory" else None
    events = [one.event_id for one in stored] if stored else tell(org, SAID)

    outcome = _late(org, "score", lambda: erase(org, events=events))

    assert outcome == "fenced"
    assert org.memories() == []
    assert hits(org.world, WORD) == {}


def test_preview_that_is_being_made_shows_nothing_of_it(org: Org) -> None:
    _waits(org)
    with as_api(org) as conn:
        preview.ask(conn, org.number, "consolidate", subject_id=None, cause="request:x")

    _late(org, "preview", lambda: erase(org, events=_turns(org)))

    assert org.column("SELECT state FROM previews WHERE org_id = %(org)s") == ["expired"]
    assert hits(org.world, WORD) == {}


def test_approved_preview_is_not_carried_out_any_more(org: Org) -> None:
    _waits(org)
    with as_api(org) as conn:
        number = preview.ask(conn, org.number, "consolidate", subject_id=None, cause="request:x")
    org.world.drain("preview")
    with as_api(org) as conn:
        assert preview.approve(conn, org.number, number, cause="request:y")

    erase(org, events=_turns(org))
    org.world.drain("preview")

    assert hits(org.world, WORD) == {}
    assert org.memories() == []


def test_database_refuses_a_source_that_was_erased_whoever_names_it(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    _waits(org)
    unfenced = str(statement("closure_fence")).replace("l.fence + 1", "l.fence")
    unfenced = unfenced.replace("owner = NULL, lease_until = NULL", "owner = owner")
    monkeypatch.setattr(
        closure,
        "statement",
        lambda name: TextClause(unfenced) if name == "closure_fence" else statement(name),
    )

    outcome = _late(org, "consolidate", lambda: erase(org, events=_turns(org)))

    assert outcome == "failed"
    assert hits(org.world, WORD) == {}
    assert org.column(
        "SELECT reason FROM runs WHERE org_id = %(org)s ORDER BY id DESC LIMIT 1"
    ) == ["IntegrityError"]


def test_parked_event_that_was_erased_is_not_taken_up_again(org: Org) -> None:
    (event,) = tell(org, SAID)
    org.world.settle()
    org.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, attempts) "
        "VALUES (%(org)s, 'score', 'event', %(event)s, 'failed', 5)",
        org=org.number,
        event=event,
    )

    erase(org, named(org, WORD))

    assert org.column("SELECT resolution FROM parked WHERE org_id = %(org)s") == ["dropped"]
