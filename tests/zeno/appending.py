"""One of several processes that append to one thread: `python -m tests.zeno.appending WHERE …`.

Prints how many messages it appended, in pieces of one to three. It waits for a line on its standard
input, so that all begin together.
"""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Any

from zeno.memory.protocols import ConversationMessage
from zeno.memory.sqlite.conversation_store import SqliteConversationStore

from nrem.zeno import ConversationStore

_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _store(where: str, org: str) -> Any:  # noqa: ANN401 - of either side
    if where.startswith("postgresql"):
        return ConversationStore(where, org=int(org), pool_size=1)
    return SqliteConversationStore(where)


async def _append(store: Any, name: str, turns: int) -> int:  # noqa: ANN401
    done = 0
    while done < turns:
        size = min(1 + done % 3, turns - done)
        messages = [
            ConversationMessage("user", f"{name}:{done + at}", None, None, _AT)
            for at in range(size)
        ]
        await store.append(user_id="ana", thread_key=None, messages=messages)
        done += size
    return done


if __name__ == "__main__":
    found = _store(sys.argv[1], sys.argv[2])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{asyncio.run(_append(found, sys.argv[3], int(sys.argv[4])))}\n")
