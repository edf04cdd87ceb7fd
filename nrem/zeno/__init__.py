"""zeno-memory's stores on Postgres: its Protocols, over turns, observations, cards and memories.

Nothing of Zeno is imported here, and its records are used where it is installed. Importing this
package imports no store; a name is found when it is asked for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nrem.zeno.public import (
        ConversationStore,
        KnowledgeStore,
        Link,
        ObservationStore,
        SessionStore,
        Stores,
        UserMemoryStore,
        VectorStore,
        WorkingMemoryStore,
        build_stores,
        three_layer,
    )

__all__ = [
    "ConversationStore",
    "KnowledgeStore",
    "Link",
    "ObservationStore",
    "SessionStore",
    "Stores",
    "UserMemoryStore",
    "VectorStore",
    "WorkingMemoryStore",
    "build_stores",
    "three_layer",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What has this name; all of them are imported when the first is asked for."""
        if name in __all__:
            from nrem.zeno import public  # noqa: PLC0415

            return getattr(public, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
