"""`nrem import zeno`: carries what zeno-memory's own stores hold into those of nrem.

It writes into the database, since no route takes the times that things had. Each thing is marked as
carried in the transaction that writes it: a run that was stopped goes on where it was, and one that
is repeated writes what is new.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from nrem.command.import_zeno import Refused, Thread, ZenoFile
from nrem.errors import RejectedError
from nrem.zeno import carry
from nrem.zeno.carry import Mark, Note
from nrem.zeno.link import Link, Means
from nrem.zeno.record import ConversationMessage

KINDS: Final = ("sessions", "messages", "memories", "fields", "observations", "watermarks")
# Messages of one thread that one transaction takes.
_AT_A_TIME: Final = 500
_MOST_SHOWN: Final = 100

_T = TypeVar("_T")
# how much is done, and of how much
Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Carried:
    """What an import did; the keys of `nrem import zeno … --json`."""

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    # carried by an earlier run, or newer here
    skipped: Counter[str] = field(default_factory=Counter)

    def shown(self, refused: Refused, left_out: Mapping[str, int]) -> dict[str, Any]:
        """As the command prints it."""
        counted = ("read", "written", "skipped")
        return {
            **{name: {kind: getattr(self, name)[kind] for kind in KINDS} for name in counted},
            "refused_count": len(refused.rows),
            "refused": refused.rows[:_MOST_SHOWN],
            "left_out": dict(left_out),
        }


class ZenoImport:
    """One run over several files."""

    def __init__(self, link: Link, files: Sequence[ZenoFile], progress: Progress) -> None:
        self._link = link
        self._files = files
        self._progress = progress
        self._total = sum(sum(one.counts().values()) for one in files)
        self._done = Carried()

    def run(self) -> dict[str, Any]:
        """Carry everything; answers the report.

        Raises: NremError when the database stays away; what is done until then is not done again.
        """
        left_out: Counter[str] = Counter()
        for one in self._files:
            self._file(one)
            left_out.update(one.left_out())
        self._progress(self._total, self._total)
        return self._done.shown(self._files[0].refused, left_out)

    def _file(self, file: ZenoFile) -> None:
        self._each(file, "sessions", "sessions", file.sessions(), carry.session)
        numbers = self._messages(file)
        self._each(file, "memories", "user_memories", file.memories(), carry.memory)
        self._each(file, "fields", "working_memory", file.fields(), carry.field)
        marks = list(file.marks())
        notes = (replace(one, rounds=_rounds(one, numbers, marks)) for one in file.notes())
        self._each(file, "observations", "observations", notes, self._note)
        # Behind the observations: what is cited lies behind a watermark, or there is none yet.
        here = (_here(one, numbers) for one in marks)
        self._each(file, "watermarks", "observation_runs", here, carry.mark)

    def _note(self, conn: Connection, means: Means, note: Note) -> bool:
        embedder = self._link.embedder
        (vector,) = embedder.embed([note.text])
        return carry.note(conn, means, note, vector, embedder.model_id)

    def _each(
        self,
        file: ZenoFile,
        kind: str,
        table: str,
        rows: Iterable[_T],
        write: Callable[[Connection, Means, _T], bool],
    ) -> None:
        for at, one in enumerate(rows, start=1):
            try:
                is_new = self._link.do(write, one)
            except (DBAPIError, RejectedError) as error:
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise
                # The type alone: a message may hold what is in the row.
                file.refused.add(table, getattr(one, "number", at), type(error).__name__)
                self._count(kind, read=1)
            else:
                self._count(kind, read=1, written=int(is_new), skipped=int(not is_new))

    def _messages(self, file: ZenoFile) -> dict[Thread, dict[int, int]]:
        """Carry the threads; answers which number each message has here, by its number there."""
        numbers: dict[Thread, dict[int, int]] = {}
        for thread, rows in groupby(file.messages(), key=lambda one: one[0]):
            known = numbers.setdefault(thread, {})
            said = ((sequence, message) for _, sequence, message in rows)
            for some in _chunks(said):
                for sequence, _ in some:
                    known.setdefault(sequence, len(known))
                written = self._link.do(carry.messages, thread[0], thread[1], some)
                self._count(
                    "messages", read=len(some), written=written, skipped=len(some) - written
                )
        return numbers

    def _count(self, kind: str, **counts: int) -> None:
        for name, count in counts.items():
            getattr(self._done, name)[kind] += count
        self._progress(min(self._done.read.total(), self._total), self._total)


def _rounds(
    note: Note, numbers: Mapping[Thread, Mapping[int, int]], marks: Sequence[Mark]
) -> tuple[int, ...]:
    """The rounds by their numbers here.

    A citation names no thread: those that the agent has observed are meant, and without such any of
    the user's. Where a number would differ between them, it is left out.
    """
    whose = (note.user_id, note.agent_id)
    seen = {(one.user_id, one.thread_key) for one in marks if (one.user_id, one.agent_id) == whose}
    seen = seen or {thread for thread in numbers if thread[0] == note.user_id}
    own = [numbers[thread] for thread in seen if thread in numbers]
    found: list[int] = []
    for one in note.rounds:
        here = {known[one] for known in own if one in known}
        found += here if len(here) == 1 else ()
    return tuple(found)


def _here(mark: Mark, numbers: Mapping[Thread, Mapping[int, int]]) -> Mark:
    """The watermark by the number here of the last message that it had passed."""
    known = numbers.get((mark.user_id, mark.thread_key), {})
    passed = [here for there, here in known.items() if there <= mark.last_sequence]
    return replace(mark, last_sequence=max(passed, default=-1))


def _chunks(
    items: Iterator[tuple[int, ConversationMessage]],
) -> Iterator[list[tuple[int, ConversationMessage]]]:
    while some := list(islice(items, _AT_A_TIME)):
        yield some


def describe(found: Mapping[str, Any]) -> str:
    """The report for a person."""
    lines = [
        f"{kind}: {found['read'][kind]} read, {found['written'][kind]} carried, "
        f"{found['skipped'][kind]} there before"
        for kind in KINDS
    ]
    lines += [f"left out: {count} {name}" for name, count in found["left_out"].items()]
    lines.append(f"refused: {found['refused_count']}")
    lines += [f"  {one['table']} row {one['row']}: {one['error']}" for one in found["refused"]]
    return "\n".join(lines)
