"""A person's canaries in zeno-memory's stores, and what these stores give back."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from nrem.command.keys import ORG
from nrem.config import Settings
from nrem.zeno import Stores, build_stores
from nrem.zeno.record import ConversationMessage, Observation, as_zeno
from tests.proof.person import TOPICS, Person
from tests.proof.recorder import Fate
from tests.proof.system import System

_T = TypeVar("_T")


def with_stores(system: System, work: Callable[[Stores], Coroutine[Any, Any, _T]]) -> _T:
    """What `work` answers with the stores of the system's org."""
    settings = Settings(
        data_dir=system.data_dir, database_url=system.stack.urls.api, embedder="hash"
    )

    async def run() -> _T:
        async with build_stores(settings, org=ORG) as stores:
            return await work(stores)

    return asyncio.run(run())


def plant_zeno(system: System, person: Person) -> None:
    """Write canaries of a person into every store."""
    with_stores(system, lambda stores: _plant(stores, person))


async def _plant(stores: Stores, person: Person) -> None:
    word, user = person.word, person.user
    thread = f"thread-{word('zeno thread')}"
    record = await stores.session.get_or_create(
        user,
        f"channel-{word('zeno channel')}",
        f"key-{word('zeno session thread')}",
        lambda: f"sdk-{word('zeno sdk session')}",
    )
    await stores.session.touch(record, f"They spoke of {word('zeno summary')}.")
    await stores.user_memory.add(
        user, f"The {TOPICS[6]} is called {word('zeno memory')}.", person.metadata("zeno memory")
    )
    await stores.knowledge.add(
        user, f"About {TOPICS[7]}: {word('zeno knowledge')}.", person.metadata("zeno knowledge")
    )
    message = as_zeno(ConversationMessage)(
        role="user",
        content=f"I met {word('zeno message')} at the station.",
        tool_calls=[{"id": word("zeno call"), "arguments": word("zeno argument")}],
        tool_call_id=word("zeno call id"),
        created_at=person.begins,
    )
    await stores.conversation.append(user_id=user, thread_key=thread, messages=[message])
    card = {"zeno_nickname": word("zeno nickname")}
    await stores.working_memory.update(user, person.agent, card)
    note = as_zeno(Observation)(
        id=0,
        user_id=user,
        agent_id=person.agent,
        text=f"They sing in the choir of {word('zeno observation')}.",
        priority="medium",
        observation_date=int(person.begins.timestamp()),
        referenced_date=None,
        source_round_ids=(),
        created_at=int(person.begins.timestamp()),
    )
    await stores.observation_log.insert_batch([note])


async def told(stores: Stores, person: Person) -> list[str]:
    """Everything that the stores give of a person."""
    user, agent = person.user, person.agent
    thread = f"thread-{person.word('zeno thread')}"
    channel, key = person.word("zeno channel"), person.word("zeno session thread")
    given: list[Awaitable[Any]] = [
        stores.session.get(user, f"channel-{channel}", f"key-{key}"),
        stores.conversation.load(user_id=user, thread_key=thread),
        stores.working_memory.get(user, agent),
        stores.observation_log.list_active(user, agent),
    ]
    for topic in TOPICS:
        given += [
            stores.user_memory.search(user, topic, k=50),
            stores.knowledge.search(user, topic, k=50),
        ]
    answers = [await one for one in given]
    # what the question itself says is no answer
    shown = [repr(one) for one in answers]
    asked = [user, agent, channel, key, thread]
    for name in asked:
        shown = [one.replace(name, "") for one in shown]
    return shown


def kept(person: Person) -> frozenset[str]:
    """The words of a person that the stores were given."""
    return person.recorder.words(Fate.PERSON, persons=[person.number])
