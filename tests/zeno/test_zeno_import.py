"""`nrem import zeno`: files that Zeno's own stores made are carried, once and with their times."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from zeno.memory.sqlite.conversation_store import SqliteConversationStore
from zeno.memory.sqlite.observation_store import SqliteObservationStore
from zeno.memory.sqlite.session_store import SqliteSessionStore
from zeno.memory.sqlite.working_memory_store import SqliteWorkingMemoryStore

from nrem.command import import_zeno, import_zeno_run
from nrem.errors import ConfigError
from nrem.zeno import (
    ConversationStore,
    Link,
    ObservationStore,
    SessionStore,
    WorkingMemoryStore,
    carry,
)
from tests.world import Org
from tests.zeno.carrying import CALL, TALK, carried, change, counts, fill
from tests.zeno.sides import NOW, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file that Zeno's stores made."""
    made = tmp_path / "zeno"
    made.mkdir()
    run(fill(made / "memory.db"))
    return made


ALL = {
    "sessions": 1,
    "messages": 4,
    "memories": 3,
    "fields": 2,
    "observations": 2,
    "watermarks": 1,
}
NONE = dict.fromkeys(ALL, 0)


def test_everything_is_carried_and_counted(link: Link, folder: Path) -> None:
    found = carried(link, folder)

    assert (found["read"], found["written"], found["skipped"]) == (ALL, ALL, NONE)
    assert (found["refused"], found["left_out"]) == ([], {})


def test_repeat_changes_nothing(link: Link, org: Org, folder: Path) -> None:
    carried(link, folder)
    before = counts(org)

    found = carried(link, folder)

    assert (found["written"], found["skipped"]) == (NONE, ALL)
    assert counts(org) == before


def test_run_that_was_stopped_goes_on_where_it_was(
    link: Link, org: Org, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_given: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(carry, "memory", stop)
        with pytest.raises(KeyboardInterrupt):
            carried(link, folder)

    found = carried(link, folder)

    assert found["skipped"] == {**NONE, "sessions": 1, "messages": 4}
    assert found["written"] == {**ALL, "sessions": 0, "messages": 0}


def test_run_after_more_was_said_takes_what_is_new(link: Link, org: Org, folder: Path) -> None:
    carried(link, folder)
    talks = SqliteConversationStore(folder / "memory.db")
    run(talks.append(user_id="ana", thread_key="t", messages=[TALK[0]]))

    found = carried(link, folder)

    assert found["written"] == {**NONE, "messages": 1}
    loaded: Any = run(ConversationStore(link).load(user_id="ana", thread_key="t"))
    assert loaded == [CALL, TALK[0]]


def test_session_is_what_it_was(link: Link, folder: Path) -> None:
    path = folder / "memory.db"
    carried(link, folder)

    theirs: Any = SqliteSessionStore(path)
    assert run(SessionStore(link).get("ana", "cli", None)) == run(theirs.get("ana", "cli", None))


@pytest.mark.parametrize("thread", [None, "t"])
def test_conversation_is_what_it_was(link: Link, folder: Path, thread: str | None) -> None:
    theirs: Any = SqliteConversationStore(folder / "memory.db")
    asked: dict[str, Any] = {"user_id": "ana", "thread_key": thread, "after_sequence": -1}
    carried(link, folder)

    assert run(ConversationStore(link).load_since(**asked)) == run(theirs.load_since(**asked))


def test_card_is_what_it_was(link: Link, folder: Path) -> None:
    theirs: Any = SqliteWorkingMemoryStore(folder / "memory.db")
    carried(link, folder)

    assert run(WorkingMemoryStore(link).get("ana", "root")) == run(theirs.get("ana", "root"))


def test_observations_and_watermark_are_what_they_were(link: Link, folder: Path) -> None:
    theirs: Any = SqliteObservationStore(folder / "memory.db")
    key: dict[str, Any] = {"user_id": "ana", "agent_id": "root", "thread_key": None}
    carried(link, folder)
    ours = ObservationStore(link)

    assert run(ours.list_active("ana", "root")) == run(theirs.list_active("ana", "root"))
    assert run(ours.read_watermark(**key)) == run(theirs.read_watermark(**key))


def test_memory_keeps_its_tier_its_uses_and_its_times(link: Link, org: Org, folder: Path) -> None:
    carried(link, folder)

    rows = org.ask(
        "SELECT content, tier, state, access_count, metadata, recorded_at, last_access, "
        "state_since FROM memories WHERE org_id = %(org)s ORDER BY content"
    )
    born, used = NOW - timedelta(days=5), NOW - timedelta(days=4)
    assert [tuple(row) for row in rows] == [
        ("Ana likes tea.", "permanent", "live", 0, {}, born, born, born),
        ("Ana moved to Graz.", "short", "live", 1, {"source": "extractor"}, born, used, born),
        ("Ana sold a boat.", "long", "archived", 0, {}, born, born, used),
    ]


def test_observation_rests_on_the_messages_that_it_cites(
    link: Link, org: Org, folder: Path
) -> None:
    change(folder, "DELETE FROM conversations WHERE thread_key = 't'")
    carried(link, folder)

    cited = org.ask(
        "SELECT o.text, e.body ->> 'content' FROM observations AS o "
        "JOIN derivations AS d ON d.org_id = o.org_id AND d.child_kind = 'observation' "
        "AND d.child_id = o.id JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id "
        "WHERE o.org_id = %(org)s ORDER BY o.ordinal"
    )
    assert [tuple(row) for row in cited] == [
        ("Ana moved to Graz.", "I moved to Graz."),
        ("Ana has tea.", "I like tea."),
    ]


def test_numbers_of_messages_that_do_not_begin_at_zero_are_counted_anew(
    link: Link, folder: Path
) -> None:
    change(folder, "DELETE FROM conversations WHERE thread_key IS NULL AND sequence = 0")
    carried(link, folder)
    ours = ObservationStore(link)

    rounds = [one.source_round_ids for one in run(ours.list_active("ana", "root"))]
    mark = run(ours.read_watermark(user_id="ana", agent_id="root", thread_key=None))

    # the first observation rests on the message that is gone
    assert rounds == [(), (1,)]
    assert mark is not None
    assert mark.last_processed_sequence == 1


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE user_memories SET tier = 'secret' WHERE id = 2",
            {"table": "user_memories", "row": 2, "error": "unknown_tier"},
        ),
        (
            "UPDATE user_memories SET meta = '{secret' WHERE id = 1",
            {"table": "user_memories", "row": 1, "error": "unreadable"},
        ),
        (
            "UPDATE user_memories SET meta = '[1]' WHERE id = 1",
            {"table": "user_memories", "row": 1, "error": "meta_is_no_object"},
        ),
        (
            "UPDATE observations SET text = ' ' WHERE id = 1",
            {"table": "observations", "row": 1, "error": "empty"},
        ),
    ],
)
def test_row_that_cannot_be_read_is_told_by_number_and_the_others_are_carried(
    link: Link, folder: Path, statement: str, told: dict[str, Any]
) -> None:
    change(folder, statement)

    found = carried(link, folder)

    assert found["refused"] == [told]
    assert sum(found["written"].values()) == sum(ALL.values()) - 1
    assert "secret" not in import_zeno_run.describe(found)


def test_files_are_only_read(link: Link, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}

    carried(link, folder)

    after = {path: path.read_bytes() for path in folder.iterdir() if path.suffix == ".db"}
    assert after == {path: held for path, held in before.items() if path.suffix == ".db"}


def test_folder_without_a_file_of_zeno_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("no database")

    with pytest.raises(ConfigError, match="holds no SQLite file"):
        import_zeno.find(tmp_path)


def test_text_with_a_nul_is_carried_without_it(link: Link, org: Org, folder: Path) -> None:
    change(folder, "UPDATE user_memories SET text = 'Ana' || char(0) || ' sings.' WHERE id = 2")

    carried(link, folder)

    assert "Ana sings." in org.memories()
