"""What is left of an erasure is found, and what others have of their own is not called that."""

from collections.abc import Iterable
from typing import Any

import pytest

from nrem.store import residue
from nrem.store.residue import Probe, Scan
from nrem.store.residue_read import INDEXES, ORIGINALS, OWNERS, SOURCES, UNREAD
from nrem.store.schema import CONTENT_COLUMNS
from tests.world import Org, World, memory, turn

SECRET = "I keep the spare key under the third flower pot"
OWN = "The ferry to Cacilhas leaves every twenty minutes"
ERASURE = 1


def _told(org: Org) -> None:
    for user, words in (("ana", SECRET), ("ben", OWN)):
        org.append(turn(words, user=user, session=f"of {user}"), memory(words, user=user))
    org.world.settle()


def _items(org: Org, user: str = "ana") -> dict[str, list[int]]:
    """What goes with a user, as an erasure notes it."""
    subjects = org.column(
        "SELECT s.id FROM subjects AS s "
        "JOIN users AS u ON u.org_id = s.org_id AND u.id = s.user_id "
        "WHERE s.org_id = %(org)s AND u.external_id = %(user)s",
        user=user,
    )
    of = {
        "event": "SELECT id FROM events WHERE subject_id = ANY(%(its)s) AND org_id = %(org)s",
        "memory": "SELECT id FROM memories WHERE subject_id = ANY(%(its)s) AND org_id = %(org)s",
        "session": "SELECT id FROM sessions WHERE subject_id = ANY(%(its)s) AND org_id = %(org)s",
        "observation": (
            "SELECT id FROM observations WHERE subject_id = ANY(%(its)s) AND org_id = %(org)s"
        ),
        "user": "SELECT user_id FROM subjects WHERE id = ANY(%(its)s) AND org_id = %(org)s",
    }
    found = {kind: org.column(question, its=subjects) for kind, question in of.items()}
    return found | {"subject": subjects, "touched": subjects}


def _gather(org: Org, items: dict[str, list[int]]) -> Probe:
    org.world.do(
        "INSERT INTO erasures (org_id, kind, target_id, target_hash, requested_at, due_by) "
        "VALUES (%(org)s, 'user', 1, 'x', now(), now())",
        org=org.number,
    )
    (number,) = org.column("SELECT max(id) FROM erasures WHERE org_id = %(org)s")
    for kind, numbers in items.items():
        org.world.do(
            "INSERT INTO erasure_items (org_id, erasure_id, kind, item_id) "
            "SELECT %(org)s, %(id)s, %(kind)s, n FROM unnest(%(numbers)s::bigint[]) AS n",
            org=org.number,
            id=number,
            kind=kind,
            numbers=numbers,
        )
    found = residue.gather(org.world.worker, org.number, number)
    return Probe.unpack(found.pack())


def _erase(org: Org, items: dict[str, list[int]]) -> None:
    """Whatever names one of the items goes, children first."""
    for table, column, kind in (
        ("embeddings", "item_id", "memory"),
        ("embeddings", "item_id", "event"),
        ("lexemes", "item_id", "memory"),
        ("lexemes", "item_id", "event"),
        ("promote_queue", "memory_id", "memory"),
        ("observation_logs", "subject_id", "subject"),
        ("memories", "id", "memory"),
        ("derivations", "event_id", "event"),
        ("observations", "id", "observation"),
        ("effects", "event_id", "event"),
        ("events", "id", "event"),
        ("sessions", "id", "session"),
        ("subjects", "id", "subject"),
        ("users", "id", "user"),
    ):
        org.world.do(
            f"SET LOCAL session_replication_role = replica; "  # noqa: S608
            f"DELETE FROM {table} WHERE org_id = {org.number} "
            f"AND {column} IN ({', '.join(map(str, items[kind])) or 'NULL'})"
        )


def _scan(org: Org, probe: Probe) -> Scan:
    return residue.scan(org.world.worker, org.number, probe)


@pytest.fixture
def told(org: Org) -> tuple[Org, dict[str, list[int]], Probe]:
    """Two people, one of whom is to be erased, and what to look for."""
    _told(org)
    items = _items(org)
    return org, items, _gather(org, items)


Told = tuple[Org, dict[str, list[int]], Probe]


def test_control_what_is_not_deleted_is_found_everywhere(told: Told) -> None:
    org, _, probe = told

    hits = _scan(org, probe).hits

    assert {"users", "sessions", "events", "memories", "embeddings"} <= set(hits)
    assert hits["embeddings"] == {"vector": 2}


def test_nothing_is_left_of_what_was_deleted(told: Told) -> None:
    org, items, probe = told
    _erase(org, items)

    found = _scan(org, probe)

    assert found.hits == {}
    assert found.is_clean
    assert found.texts > 0
    assert found.vectors > 0


def test_text_that_stayed_somewhere_is_found(told: Told) -> None:
    org, items, probe = told
    _erase(org, items)
    for table, column, value in (
        ("card_values", "value", SECRET),
        ("zeno_sessions", "last_summary", SECRET.upper() + "."),
        ("memories", "metadata", f'{{"{SECRET}": 1}}'),
        ("previews", "changes", '["the spare key under the third pot is gone"]'),
        ("runs", "detail", f'{{"note": ["{SECRET}"]}}'),
        ("parked", "error_class", SECRET),
        ("jobs", "error", SECRET),
    ):
        _leave(org, table, column, value)
    (runs,) = org.column("SELECT count(*) FROM runs WHERE org_id = %(org)s")

    found = _scan(org, probe)

    assert found.hits == {
        "card_values": {"exact": 1},
        "zeno_sessions": {"normalised": 1},
        "memories": {"exact": 1},
        "previews": {"ngram": 1},
        "runs": {"exact": runs},
        "parked": {"exact": 1},
        "jobs": {"exact": 1},
    }
    told_of = probe.pack() + str(found.as_json()).encode()
    assert not any(word.encode() in told_of for word in ("flower", "third", "ana", "of ana"))


_CARD = """INSERT INTO cards (org_id, subject_id, updated_at)
    SELECT org_id, id, now() FROM subjects WHERE org_id = %(org)s"""
_CARD_VALUE = """INSERT INTO card_values (org_id, subject_id, field, version, value, valid_from)
    SELECT org_id, subject_id, 'note', 1, %(value)s, now() FROM cards WHERE org_id = %(org)s"""
_SUMMARY = """INSERT INTO zeno_sessions
    (org_id, subject_id, channel, sdk_session_id, last_summary, created_at, updated_at)
    SELECT org_id, id, 'cli', 'sdk', %(value)s, now(), now() FROM subjects WHERE org_id = %(org)s"""
_PREVIEW = """INSERT INTO previews (org_id, pass, changes, asked_at, expires_at)
    VALUES (%(org)s, 'consolidate', %(value)s, now(), now() + interval '1 day')"""
_PARKED = """INSERT INTO parked (org_id, pass, item_kind, item_id, reason, attempts, error_class)
    VALUES (%(org)s, 'score', 'event', 1, 'failed', 5, %(value)s)"""
_JOB = """INSERT INTO jobs (org_id, family, input_key, request, error, created_at, updated_at)
    VALUES (%(org)s, 'ingest', 'key', '{}', %(value)s, now(), now())"""


def _leave(org: Org, table: str, column: str, value: Any) -> None:  # noqa: ANN401
    rows: dict[str, tuple[str, ...]] = {
        "zeno_sessions": (_SUMMARY,),
        "previews": (_PREVIEW,),
        "card_values": (_CARD, _CARD_VALUE),
        "parked": (_PARKED,),
        "jobs": (_JOB,),
    }
    changed = (f"UPDATE {table} SET {column} = %(value)s WHERE org_id = %(org)s",)  # noqa: S608
    if table == "memories":
        org.do(f"UPDATE memories SET {column} = %(value)s", value=value)  # noqa: S608
        return
    for order in rows.get(table, changed):
        org.world.do(order, org=org.number, value=value)


def test_what_others_say_before_or_afterwards_is_theirs(org: Org) -> None:
    _told(org)
    org.append(turn(SECRET, user="ben", session="again"), memory(SECRET, user="ben"))
    org.append(turn("A word of hers alone, said by nobody else yet", user="ana", session="x"))
    org.world.settle()
    items = _items(org)
    probe = _gather(org, items)
    _erase(org, items)

    org.append(turn("A word of hers alone, said by nobody else yet", user="cleo", session="y"))
    org.world.settle()

    assert _scan(org, probe).hits == {}


def test_vector_that_stayed_without_its_text_is_found(told: Told) -> None:
    org, items, probe = told
    org.world.do("CREATE TABLE saved AS SELECT * FROM embeddings WHERE item_kind = 'memory'")
    _erase(org, items)
    with org.world.superuser.begin() as conn:
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        conn.exec_driver_sql(
            "INSERT INTO embeddings SELECT * FROM saved WHERE item_id = ANY(%(its)s)",
            {"its": items["memory"]},
        )

    assert _scan(org, probe).hits == {"embeddings": {"vector": 1}}


def test_row_that_came_from_erased_words_excuses_none(org: Org) -> None:
    """A memory of the other person that names an erased event may not hide what it repeats."""
    _told(org)
    items = _items(org)
    org.do("UPDATE memories SET content = %(words)s WHERE content = %(own)s", words=SECRET, own=OWN)
    org.do(
        "INSERT INTO derivations (org_id, child_kind, child_id, event_id) "
        "SELECT org_id, 'memory', id, %(event)s FROM memories WHERE NOT id = ANY(%(its)s)",
        event=items["event"][0],
        its=items["memory"],
    )
    probe = _gather(org, items)
    _erase(org, items)

    assert "memories" in _scan(org, probe).hits


def _catalogue(world: World) -> set[tuple[str, str]]:
    rows = world.ask(
        "SELECT c.relname, a.attname FROM pg_class AS c "
        "JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "AND a.atttypid::regtype::text = ANY(%(kinds)s)",
        kinds=[
            *("text", "jsonb", "json", "text[]", "character", "character varying", "xml"),
            *("halfvec", "vector", "sparsevec", "tsvector", "bit"),
        ],
    )
    return {(row.relname, row.attname) for row in rows}


def test_every_text_and_vector_of_the_catalogue_is_looked_at(world: World) -> None:
    looked = {(source.name, name) for source in SOURCES for name in source.texts}
    looked |= {(source.name, source.vector) for source in SOURCES if source.vector}

    found = {(table, column) for table, column in _catalogue(world) if table not in UNREAD}

    assert looked == found - {("alembic_version", "version_num")}


def test_every_table_with_content_says_whose_its_rows_are() -> None:
    tables = {table for table, _ in CONTENT_COLUMNS}

    assert set(OWNERS) | set(INDEXES) == tables
    assert set(ORIGINALS) <= tables


def _distinct(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(listed) == len(set(listed))


def test_no_table_is_looked_at_twice() -> None:
    assert _distinct(source.name for source in SOURCES)
