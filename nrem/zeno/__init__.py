"""zeno-memory's stores on Postgres: its Protocols, over turns, observations, cards and memories.

Nothing of Zeno is imported here, and its records are used where it is installed. Importing this
package imports no store; a name is found when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nrem.zeno.build import Stores, build_stores, three_layer
    from nrem.zeno.conversation import ConversationStore
    from nrem.zeno.knowledge import KnowledgeStore
    from nrem.zeno.link import Link
    from nrem.zeno.observation import ObservationStore
    from nrem.zeno.session import SessionStore
    from nrem.zeno.user_memory import UserMemoryStore
    from nrem.zeno.working_memory import WorkingMemoryStore

__all__ = [
    "ConversationStore",
    "KnowledgeStore",
    "Link",
    "ObservationStore",
    "SessionStore",
    "Stores",
    "UserMemoryStore",
    "WorkingMemoryStore",
    "build_stores",
    "three_layer",
]

if not TYPE_CHECKING:
    _HOME: Final = {
        "ConversationStore": "conversation",
        "KnowledgeStore": "knowledge",
        "Link": "link",
        "ObservationStore": "observation",
        "SessionStore": "session",
        "Stores": "build",
        "UserMemoryStore": "user_memory",
        "WorkingMemoryStore": "working_memory",
        "build_stores": "build",
        "three_layer": "build",
    }

    def __getattr__(name: str) -> object:
        """What has this name, from the module it lives in."""
        if name in _HOME:
            return getattr(import_module(f"nrem.zeno.{_HOME[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
