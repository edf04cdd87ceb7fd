"""All stores of an org in one call, and Zeno's composer over them where Zeno is installed."""

from dataclasses import dataclass
from typing import Any

from nrem.config import Settings
from nrem.zeno.closing import Closing
from nrem.zeno.conversation import ConversationStore
from nrem.zeno.knowledge import KnowledgeStore
from nrem.zeno.link import Link
from nrem.zeno.observation import ObservationStore
from nrem.zeno.record import zeno
from nrem.zeno.session import SessionStore
from nrem.zeno.user_memory import UserMemoryStore
from nrem.zeno.view import (
    ConversationHandle,
    KnowledgeView,
    MemoryView,
    ObservationView,
    SessionHandle,
    UserMemoryView,
    WorkingMemoryView,
)
from nrem.zeno.working_memory import WorkingMemoryStore


@dataclass(frozen=True, slots=True)
class Stores(Closing):
    """The six stores of zeno-memory's ThreeLayer, with its fields; they share their connections."""

    session: SessionStore
    user_memory: UserMemoryStore
    knowledge: KnowledgeStore
    conversation: ConversationStore
    working_memory: WorkingMemoryStore
    observation_log: ObservationStore
    link: Link

    def three_layer(self) -> Any:  # noqa: ANN401 - Zeno's class
        """Zeno's ThreeLayer over these stores.

        Raises: ImportError when zeno-memory is not installed.
        """
        composer = zeno("ThreeLayer")
        if composer is None:
            raise ImportError("zeno-memory is not installed: pip install zeno-memory==1.1.0")
        return composer(
            session=self.session,
            user_memory=self.user_memory,
            knowledge=self.knowledge,
            conversation=self.conversation,
            working_memory=self.working_memory,
            observation_log=self.observation_log,
        )

    def view_for(
        self, *, user_id: str, channel: str, thread_key: str | None, agent_id: str
    ) -> MemoryView:
        """The handles of a turn: Zeno's where it is installed, else ours, which do the same."""
        if zeno("ThreeLayer") is not None:
            view: MemoryView = self.three_layer().view_for(
                user_id=user_id, channel=channel, thread_key=thread_key, agent_id=agent_id
            )
            return view
        return MemoryView(
            user=UserMemoryView(self.user_memory, user_id),
            knowledge=KnowledgeView(self.knowledge, user_id),
            session=SessionHandle(self.session, user_id, channel, thread_key),
            conversation=ConversationHandle(self.conversation, user_id, thread_key),
            working_memory=WorkingMemoryView(self.working_memory, user_id, agent_id),
            observation_log=ObservationView(self.observation_log, user_id, agent_id),
        )

    async def aclose(self) -> None:
        """Write what searches left, then give the connections back; a later call opens others."""
        await self.user_memory.aclose()
        await self.knowledge.aclose()
        await self.link.aclose()


def build_stores(
    database: str | Settings | Link | None = None,
    *,
    org: str | int | None = None,
    protect_high: bool = False,
    semantic: bool | None = None,
    **options: Any,  # noqa: ANN401 - those of Link
) -> Stores:
    """The six stores of an org; `database`, `org` and `options` as for one of them."""
    session = SessionStore(database, org=org, **options)
    link = session.link
    return Stores(
        session=session,
        user_memory=UserMemoryStore(link, semantic=semantic),
        knowledge=KnowledgeStore(link, semantic=semantic),
        conversation=ConversationStore(link),
        working_memory=WorkingMemoryStore(link),
        observation_log=ObservationStore(link, protect_high=protect_high),
        link=link,
    )


def three_layer(
    database: str | Settings | Link | None = None,
    *,
    org: str | int | None = None,
    **options: Any,  # noqa: ANN401 - those of `build_stores`
) -> Any:  # noqa: ANN401 - Zeno's class
    """Zeno's ThreeLayer over the six stores of an org.

    Raises: ImportError when zeno-memory is not installed.
    """
    return build_stores(database, org=org, **options).three_layer()
