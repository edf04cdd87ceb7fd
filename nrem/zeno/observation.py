"""ObservationStore: the notes that an agent has of a user, in the log that nrem's own passes keep.

Ids are the small numbers of the log. A row's text never changes: an edit archives it, and nothing
is deleted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection

from nrem.config import Settings
from nrem.policy import zeno_edits
from nrem.policy.observe_model import Priority
from nrem.policy.zeno_edits import Applied
from nrem.store import directory, policy, zeno_observation, zeno_thread, zeno_watermark
from nrem.store.work import Waits
from nrem.store.zeno_observation_source import Foreign, Hand, Whose
from nrem.store.zeno_watermark import Watermark
from nrem.zeno.conversation import key_of
from nrem.zeno.link import Link, Linked, Means
from nrem.zeno.record import (
    Delete,
    Edit,
    Merge,
    Observation,
    ObservationCounts,
    ObservationRunInput,
    ObservationRunWatermark,
    PriorityName,
    Replace,
    Status,
    as_zeno,
    clean,
    clean_id,
    instant,
    seconds,
)

_STATUSES: Final = (zeno_watermark.OK, zeno_watermark.EMPTY, zeno_watermark.ERROR)
# What a number of a message can be in Postgres.
_MOST: Final = 2**62


class ObservationStore(Linked):
    """Observations by user and agent, watermarks by thread: zeno-memory's ObservationStore.

    With `protect_high` an edit that deletes an observation of priority high is rejected.
    """

    def __init__(
        self,
        database: str | Settings | Link | None = None,
        *,
        protect_high: bool = False,
        **options: Any,  # noqa: ANN401 - those of Linked
    ) -> None:
        super().__init__(database, **options)
        self._protect_high = protect_high

    async def insert_batch(self, observations: Iterable[Observation]) -> None:
        """Store observations in one transaction; each becomes a new row with an id of its own.

        Raises: ValueError for a priority that is none of high, medium and low.
        """
        given = list(observations)
        for one in given:
            if one.priority not in set(Priority):
                raise ValueError("the priority of an observation is high, medium or low")
        if given:
            embedder = self._link.embedder
            texts = [clean(one.text) for one in given]
            vectors = await self._link.compute(embedder.embed, texts)
            rows = [
                (one, _foreign(one, vector)) for one, vector in zip(given, vectors, strict=True)
            ]
            await self._link.run(_insert, rows, embedder.model_id)

    async def list_active(self, user_id: str, agent_id: str) -> list[Observation]:
        """The observations that are not archived, by the day they are about, then by id."""
        rows = await self._link.run(_list, user_id, agent_id)
        return [
            as_zeno(Observation)(
                id=row.ordinal,
                user_id=user_id,
                agent_id=agent_id,
                text=row.text,
                priority=cast("PriorityName", row.priority),
                observation_date=seconds(row.observation_date),
                referenced_date=_seconds(row.referenced_date),
                source_round_ids=tuple(row.rounds),
                created_at=seconds(row.created_at),
                archived_at=None,
            )
            for row in rows
        ]

    async def apply_edits(self, run_input: ObservationRunInput) -> ObservationCounts:
        """Carry edits out in their order; those that name no active row are rejected."""
        embedder = self._link.embedder
        edits = [_own(one) for one in run_input.edits]
        texts = sorted(set(zeno_edits.texts(edits)))
        vectors = await self._link.compute(embedder.embed, texts)
        known = Vectors(embedder.model_id, dict(zip(texts, vectors, strict=True)))
        done = await self._link.run(_edit, run_input, edits, known, self._protect_high)
        return as_zeno(ObservationCounts)(
            merges_applied=done.merges,
            replaces_applied=done.replaces,
            deletes_applied=done.deletes,
            rejected=done.rejected,
        )

    async def read_watermark(
        self, user_id: str, agent_id: str, thread_key: str | None
    ) -> ObservationRunWatermark | None:
        """How far the agent has observed the user's thread; None when it never has."""
        found = await self._link.run(_read_watermark, user_id, agent_id, thread_key)
        if found is None:
            return None
        return as_zeno(ObservationRunWatermark)(
            user_id=user_id,
            agent_id=agent_id,
            thread_key=thread_key,
            last_processed_sequence=found.last_sequence,
            last_run_at=seconds(found.run_at),
            last_run_status=cast("Status", found.status),
        )

    async def advance_watermark(
        self,
        *,
        user_id: str,
        agent_id: str,
        thread_key: str | None,
        last_processed_sequence: int,
        last_run_status: Status,
    ) -> None:
        """Say how far the agent has come, also where that is less than before.

        What is `ok` need not be observed once more: nrem's own pass leaves it out.
        Raises: ValueError for a status that is none of ok, error and empty.
        """
        if last_run_status not in _STATUSES:
            raise ValueError("the status of a run is ok, error or empty")
        await self._link.run(
            _write_watermark,
            (user_id, agent_id, thread_key),
            last_processed_sequence,
            last_run_status,
        )


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def _foreign(one: Observation, vector: Sequence[float]) -> Foreign:
    return Foreign(
        text=clean(one.text),
        priority=Priority(one.priority),
        observation_date=instant(one.observation_date),
        referenced_date=None if one.referenced_date is None else instant(one.referenced_date),
        rounds=tuple(number for number in one.source_round_ids if 0 <= number < _MOST),
        created_at=instant(one.created_at) if one.created_at else None,
        archived_at=None if one.archived_at is None else instant(one.archived_at),
        vector=tuple(vector),
    )


def _own(edit: Any) -> Edit:  # noqa: ANN401 - Zeno's class or ours
    """The edit as one of ours that Postgres can hold."""
    if hasattr(edit, "source_ids"):
        return Merge(tuple(edit.source_ids), clean(edit.text))
    if hasattr(edit, "text"):
        return Replace(edit.source_id, clean(edit.text))
    return Delete(edit.source_id)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors of texts, and of which model they are."""

    model: str
    by_text: Mapping[str, Sequence[float]]


def _hand(conn: Connection, means: Means, model: str) -> Hand:
    return Hand(
        org_id=means.org_id,
        now=means.now,
        digest=means.digest,
        waits=Waits.of(policy.load(conn, means.org_id, means.now)),
        model=model,
    )


def _insert(
    conn: Connection,
    means: Means,
    rows: Sequence[tuple[Observation, Foreign]],
    model: str,
) -> None:
    hand = _hand(conn, means, model)
    of: dict[tuple[str, str], list[Foreign]] = {}
    for one, foreign in rows:
        of.setdefault((clean_id(one.agent_id), clean_id(one.user_id)), []).append(foreign)
    people = [
        Whose(
            agent=agent,
            user=user,
            subject_id=directory.ensure_subject(conn, means.org_id, agent, user),
            speaker_id=directory.ensure_subject(conn, means.org_id, means.agent, user),
        )
        for agent, user in of
    ]
    # in the order in which logs are locked
    for whose in sorted(people, key=lambda one: one.subject_id):
        zeno_observation.add(conn, hand, whose, of[whose.agent, whose.user])


def _list(conn: Connection, means: Means, user_id: str, agent_id: str) -> Sequence[Any]:
    subject_id = directory.find_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    return [] if subject_id is None else zeno_observation.listed(conn, means.org_id, subject_id)


def _edit(
    conn: Connection,
    means: Means,
    given: ObservationRunInput,
    edits: Sequence[Edit],
    vectors: Vectors,
    protect_high: bool,  # noqa: FBT001 - passed on by place
) -> Applied:
    subject_id = directory.find_subject(
        conn, means.org_id, clean_id(given.agent_id), clean_id(given.user_id)
    )
    if subject_id is None:
        return Applied(rejected=len(edits))
    return zeno_observation.edit(
        conn,
        _hand(conn, means, vectors.model),
        subject_id,
        edits,
        vectors.by_text,
        run_name=given.run_id,
        protect_high=protect_high,
    )


def _read_watermark(
    conn: Connection, means: Means, user_id: str, agent_id: str, thread_key: str | None
) -> Watermark | None:
    found = zeno_thread.find(conn, means.org_id, key_of(means, user_id, thread_key))
    if found is None or found.thread_id is None:
        return None
    watcher = directory.find_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    if watcher is None:
        return None
    return zeno_watermark.read(conn, means.org_id, watcher, found.thread_id)


def _write_watermark(
    conn: Connection, means: Means, key: tuple[str, str, str | None], last: int, status: str
) -> None:
    user_id, agent_id, thread_key = key
    watcher = directory.ensure_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    _, thread_id = zeno_thread.ensure(conn, means.org_id, key_of(means, user_id, thread_key))
    if status == zeno_watermark.OK:
        zeno_watermark.skip(conn, means.org_id, thread_id, last_sequence=last)
    zeno_watermark.write(conn, means.org_id, watcher, thread_id, last_sequence=last, status=status)
