"""WorkingMemoryStore: what an agent keeps in mind of a user, on cards with their history."""

from collections.abc import Mapping

from sqlalchemy import Connection

from nrem.store import card, directory
from nrem.store.card import Card
from nrem.zeno.link import Linked, Means
from nrem.zeno.record import WorkingMemoryRecord, as_zeno, clean, clean_id, seconds


class WorkingMemoryStore(Linked):
    """Cards by user and agent: zeno-memory's WorkingMemoryStore. No schema is asked for."""

    async def get(self, user_id: str, agent_id: str) -> dict[str, WorkingMemoryRecord]:
        """The fields of a card by name; none of a card that nobody has written."""
        found = await self._link.run(_read, user_id, agent_id)
        return {
            name: as_zeno(WorkingMemoryRecord)(
                user_id=user_id,
                agent_id=agent_id,
                field_name=name,
                value=one.value,
                last_updated=seconds(one.updated_at),
            )
            for name, one in found.values.items()
        }

    async def update(self, user_id: str, agent_id: str, patch: dict[str, str]) -> None:
        """Write the fields of a patch in one transaction; "" takes a field away."""
        if patch:
            cleaned = {clean(name): clean(value) for name, value in patch.items()}
            await self._link.run(_write, user_id, agent_id, cleaned)

    async def clear(self, user_id: str, agent_id: str) -> None:
        """Take every field away."""
        await self._link.run(_clear, user_id, agent_id)


def _read(conn: Connection, means: Means, user_id: str, agent_id: str) -> Card:
    subject_id = directory.find_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    return Card(values={}) if subject_id is None else card.read(conn, means.org_id, subject_id)


def _write(
    conn: Connection, means: Means, user_id: str, agent_id: str, patch: Mapping[str, str]
) -> None:
    subject_id = directory.ensure_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    card.patch(conn, means.org_id, subject_id, patch, expected_version=None)


def _clear(conn: Connection, means: Means, user_id: str, agent_id: str) -> None:
    subject_id = directory.find_subject(conn, means.org_id, clean_id(agent_id), clean_id(user_id))
    if subject_id is not None:
        card.clear(conn, means.org_id, subject_id, expected_version=None)
