"""Reads the SQLite files of zeno-memory's own stores. They are opened for reading alone.

Whatever cannot be carried is told by its table, its row number and a code, never by its words.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar, cast

from nrem.errors import ConfigError
from nrem.policy.model import Tier
from nrem.policy.observe_model import Priority
from nrem.zeno.carry import Field, Mark, Memory, Note
from nrem.zeno.record import ConversationMessage, Role, SessionRecord

_SQLITE: Final = b"SQLite format 3\0"
# Tables of zeno-memory 1.1.0, in the order in which they are carried.
_SESSIONS: Final = "SELECT rowid AS number, * FROM sessions ORDER BY rowid"
_MESSAGES: Final = (
    "SELECT rowid AS number, * FROM conversations ORDER BY user_id, thread_key, sequence, rowid"
)
# Archived ones first: a live one that says the same then finds none to take it over.
_MEMORIES: Final = "SELECT id AS number, * FROM user_memories ORDER BY archived_at IS NULL, id"
_FIELDS: Final = "SELECT rowid AS number, * FROM working_memory ORDER BY last_updated, rowid"
_NOTES: Final = "SELECT id AS number, * FROM observations ORDER BY id"
_MARKS: Final = (
    "SELECT rowid AS number, * FROM observation_runs ORDER BY last_run_at DESC, rowid DESC"
)
_COUNTS: Final = {
    "sessions": "SELECT count(*) FROM sessions",
    "conversations": "SELECT count(*) FROM conversations",
    "user_memories": "SELECT count(*) FROM user_memories",
    "working_memory": "SELECT count(*) FROM working_memory",
    "observations": "SELECT count(*) FROM observations",
    "observation_runs": "SELECT count(*) FROM observation_runs",
}
_LEFT_OUT: Final = {"consolidation_runs": "SELECT count(*) FROM consolidation_runs"}
_ROLES: Final = ("user", "assistant", "system", "tool")
_STATUSES: Final = ("ok", "empty", "error")

Thread: TypeAlias = tuple[str, str | None]
_T = TypeVar("_T")


class _UnreadableError(Exception):
    """A row that cannot be carried; says why, as a code."""


@dataclass(slots=True, kw_only=True)
class Refused:
    """Rows that cannot be carried."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, number: int, error: str) -> None:
        """Note one."""
        self.rows.append({"table": table, "row": number, "error": error})


@dataclass(frozen=True, slots=True, kw_only=True)
class ZenoFile:
    """One file; each list is read when it is asked for."""

    path: Path
    refused: Refused

    def sessions(self) -> Iterator[SessionRecord]:
        """Sessions in the order in which they were made."""
        return self._read("sessions", _SESSIONS, _session)

    def messages(self) -> Iterator[tuple[Thread, int, ConversationMessage]]:
        """Messages by thread, in their order, with their numbers."""
        return self._read("conversations", _MESSAGES, _message)

    def memories(self) -> Iterator[Memory]:
        """Memories of people."""
        return self._read("user_memories", _MEMORIES, _memory)

    def fields(self) -> Iterator[Field]:
        """Fields of cards, the oldest first."""
        return self._read("working_memory", _FIELDS, _field)

    def notes(self) -> Iterator[Note]:
        """Observations; their rounds are numbers that messages have in this file."""
        return self._read("observations", _NOTES, _note)

    def marks(self) -> Iterator[Mark]:
        """Watermarks, the newest first; their numbers are those of this file."""
        return self._read("observation_runs", _MARKS, _mark)

    def counts(self) -> dict[str, int]:
        """How many rows each of its tables has."""
        with closing(_open(self.path)) as connection:
            return {
                table: int(connection.execute(question).fetchone()[0])
                for table, question in {**_COUNTS, **_LEFT_OUT}.items()
                if _has(connection, table)
            }

    def left_out(self) -> dict[str, int]:
        """What is there and is not carried, by its table."""
        return {name: n for name, n in self.counts().items() if name in _LEFT_OUT and n}

    def _read(self, table: str, question: str, read: Callable[[sqlite3.Row], _T]) -> Iterator[_T]:
        with closing(_open(self.path)) as connection:
            if not _has(connection, table):
                return
            for row in connection.execute(question):
                try:
                    yield read(row)
                except _UnreadableError as error:
                    self.refused.add(table, row["number"], str(error))
                except (TypeError, ValueError, KeyError, IndexError):
                    self.refused.add(table, row["number"], "unreadable")


def find(folder: Path) -> list[ZenoFile]:
    """The files below a folder that hold tables of zeno-memory.

    Raises: ConfigError when there are none.
    """
    refused = Refused()
    found = [
        ZenoFile(path=path, refused=refused)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _is_sqlite(path) and _is_zeno(path)
    ]
    if not found:
        raise ConfigError(f"{folder} holds no SQLite file of zeno-memory: check --dir")
    return found


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {type(error).__name__}") from None


def _is_zeno(path: Path) -> bool:
    with closing(_open(path)) as connection:
        return any(_has(connection, table) for table in _COUNTS)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def _has(connection: sqlite3.Connection, table: str) -> bool:
    asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(asked, (table,)).fetchone() is not None


def _session(row: sqlite3.Row) -> SessionRecord:
    return SessionRecord(
        user_id=_text(row["user_id"]),
        channel=_text(row["channel"]),
        thread_key=row["thread_key"],
        sdk_session_id=_text(row["sdk_session_id"]),
        created_at=int(row["created_at"]),
        updated_at=int(row["updated_at"]),
        last_summary=row["last_summary"],
    )


def _message(row: sqlite3.Row) -> tuple[Thread, int, ConversationMessage]:
    calls = row["tool_calls_json"]
    return (
        (_text(row["user_id"]), row["thread_key"]),
        int(row["sequence"]),
        ConversationMessage(
            role=cast("Role", _one_of(row["role"], _ROLES, "unknown_role")),
            content=row["content"],
            tool_calls=None if calls is None else json.loads(calls),
            tool_call_id=row["tool_call_id"],
            created_at=datetime.fromisoformat(row["created_at"]),
        ),
    )


def _memory(row: sqlite3.Row) -> Memory:
    return Memory(
        number=int(row["number"]),
        user_id=_text(row["user_id"]),
        text=_text(row["text"]),
        meta=_object(row["meta"]),
        tier=Tier(_one_of(row["tier"], tuple(Tier), "unknown_tier")),
        created_at=int(row["created_at"]),
        last_accessed_at=int(row["last_accessed_at"]),
        hit_count=int(row["hit_count"]),
        archived_at=_seconds(row["archived_at"]),
    )


def _field(row: sqlite3.Row) -> Field:
    return Field(
        user_id=_text(row["user_id"]),
        agent_id=_text(row["agent_id"]),
        name=_text(row["field_name"]),
        value=_text(row["value"]),
        last_updated=int(row["last_updated"]),
    )


def _note(row: sqlite3.Row) -> Note:
    return Note(
        number=int(row["number"]),
        user_id=_text(row["user_id"]),
        agent_id=_text(row["agent_id"]),
        text=_text(row["text"]),
        priority=Priority(_one_of(row["priority"], tuple(Priority), "unknown_priority")),
        observation_date=int(row["observation_date"]),
        referenced_date=_seconds(row["referenced_date"]),
        rounds=tuple(int(one) for one in json.loads(row["source_round_ids"])),
        created_at=int(row["created_at"]),
        archived_at=_seconds(row["archived_at"]),
    )


def _mark(row: sqlite3.Row) -> Mark:
    return Mark(
        user_id=_text(row["user_id"]),
        agent_id=_text(row["agent_id"]),
        thread_key=row["thread_key"],
        last_sequence=int(row["last_processed_sequence"]),
        status=_one_of(row["last_run_status"], _STATUSES, "unknown_status"),
        run_at=int(row["last_run_at"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _UnreadableError("empty")
    return value


def _one_of(value: object, allowed: tuple[str, ...], code: str) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _UnreadableError(code)
    return value


def _object(value: str | None) -> dict[str, Any]:
    found = {} if value is None else json.loads(value)
    if not isinstance(found, dict):
        raise _UnreadableError("meta_is_no_object")
    return found


def _seconds(value: int | None) -> int | None:
    return None if value is None else int(value)
