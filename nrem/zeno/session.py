"""SessionStore: which session an agent's SDK goes on with, by user, channel and thread key."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Connection

from nrem.store import directory, zeno_session
from nrem.store.zeno_session import Place, Session
from nrem.zeno.link import Linked, Means
from nrem.zeno.record import SessionRecord, as_zeno, clean, clean_id, seconds

_Key = tuple[str, str, str | None]


class SessionStore(Linked):
    """Sessions that survive the process: zeno-memory's SessionStore.

    In a race every caller gets the one session that is stored, with a thread key of None too.
    """

    async def get(self, user_id: str, channel: str, thread_key: str | None) -> SessionRecord | None:
        """The session at a place, or None."""
        key = (user_id, channel, thread_key)
        found = await self._link.run(_find, key)
        return None if found is None else _record(key, found)

    async def get_or_create(
        self,
        user_id: str,
        channel: str,
        thread_key: str | None,
        sdk_session_id_factory: Callable[[], Awaitable[str]] | Callable[[], str],
    ) -> SessionRecord:
        """The session at a place; the factory is called only when there is none."""
        existing = await self.get(user_id, channel, thread_key)
        if existing is not None:
            return existing
        made = sdk_session_id_factory()
        sdk_session_id = str(await made if isinstance(made, Awaitable) else made)
        key = (user_id, channel, thread_key)
        return _record(key, await self._link.run(_ensure, key, clean(sdk_session_id)))

    async def touch(self, record: SessionRecord, summary: str | None = None) -> None:
        """Say that a session goes on; None keeps its summary, "" is an empty one."""
        key = (record.user_id, record.channel, record.thread_key)
        await self._link.run(_touch, key, None if summary is None else clean(summary))


def _place(subject_id: int, key: _Key) -> Place:
    _, channel, thread_key = key
    return Place(
        subject_id=subject_id,
        channel=clean_id(channel),
        thread_key=None if thread_key is None else clean_id(thread_key),
    )


def _find(conn: Connection, means: Means, key: _Key) -> Session | None:
    subject_id = directory.find_subject(conn, means.org_id, means.agent, clean_id(key[0]))
    if subject_id is None:
        return None
    return zeno_session.find(conn, means.org_id, _place(subject_id, key))


def _ensure(conn: Connection, means: Means, key: _Key, sdk_session_id: str) -> Session:
    subject_id = directory.ensure_subject(conn, means.org_id, means.agent, clean_id(key[0]))
    return zeno_session.ensure(conn, means.org_id, _place(subject_id, key), sdk_session_id)


def _touch(conn: Connection, means: Means, key: _Key, summary: str | None) -> None:
    subject_id = directory.find_subject(conn, means.org_id, means.agent, clean_id(key[0]))
    if subject_id is not None:
        zeno_session.touch(conn, means.org_id, _place(subject_id, key), summary)


def _record(key: _Key, found: Session) -> SessionRecord:
    user_id, channel, thread_key = key
    return as_zeno(SessionRecord)(
        user_id=user_id,
        channel=channel,
        thread_key=thread_key,
        sdk_session_id=found.sdk_session_id,
        created_at=seconds(found.created_at),
        updated_at=seconds(found.updated_at),
        last_summary=found.last_summary,
    )
