"""The names of `nrem.zeno`, imported together when the first of them is asked for."""

from nrem.zeno.build import Stores, build_stores, three_layer
from nrem.zeno.conversation import ConversationStore
from nrem.zeno.knowledge import KnowledgeStore
from nrem.zeno.link import Link
from nrem.zeno.observation import ObservationStore
from nrem.zeno.session import SessionStore
from nrem.zeno.user_memory import UserMemoryStore
from nrem.zeno.vector import VectorStore
from nrem.zeno.working_memory import WorkingMemoryStore

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
