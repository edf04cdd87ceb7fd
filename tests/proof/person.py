"""A person of the proof: names, words, and what was stored of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from nrem.proof.canary import Form
from tests.proof.recorder import Fate, Recorder

# What the statements are about: so unlike each other that none is taken for another.
TOPICS: Final = (
    "bicycle lock code",
    "piano teacher",
    "favourite restaurant in Lisbon",
    "doctor at the clinic",
    "password hint of the garden shed",
    "oldest friend from school",
    "boat in the harbour",
    "nickname of the neighbour's dog",
    "street of the summer house",
    "brand of running shoes",
    "project at work",
    "allergy that nobody believes",
)
# Sessions that say the same once more, so that it becomes knowledge.
SESSIONS: Final = 3


@dataclass(slots=True, kw_only=True)
class Person:
    """One person, with an agent of their own, and what was stored of them."""

    number: int
    recorder: Recorder
    begins: datetime
    agent: str = ""
    user: str = ""
    sessions: tuple[str, ...] = ()
    # that can be forgotten one by one
    memory_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.user = f"{self.word('user')}@example.org"
        # renamed once, so that an earlier name is one more thing to forget
        self.agent = f"agent-{self.word('agent before', Fate.REPLACED)}"
        self.sessions = tuple(
            f"session-{self.word(f'session {number}', Fate.SESSION)}"
            for number in range(SESSIONS + 1)
        )

    def word(self, name: str, fate: Fate = Fate.PERSON, form: Form = Form.PLAIN) -> str:
        """A canary of this person."""
        return self.recorder.word(self.number, name, fate, form)

    def whose(self) -> dict[str, str]:
        """The person and the agent, as requests name them."""
        return {"agent_id": self.agent, "user_id": self.user}

    def metadata(self, name: str, fate: Fate = Fate.PERSON) -> dict[str, Any]:
        """Metadata with a canary as a value, as a name, and further down."""
        return {
            "place": f"said at {self.word(f'{name} value', fate)}",
            f"named_{self.word(f'{name} name', fate)}": 1,
            "more": {"list": [self.word(f"{name} below", fate)]},
        }
