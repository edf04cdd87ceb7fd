"""The facts of a chunk, found as consolidation finds those of a turn (`consolidate_extract`)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from nrem.policy.consolidate_extract import extract
from nrem.policy.consolidate_model import Turn
from nrem.policy.model import Role

# A memory that consolidation made opens with who said it.
_VOICE: Final = re.compile(r"(?P<voice>[^\s:][^:\n]{0,59}):\s(?=\S)")
_NOBODY: Final = "User: "


def facts(chunk: str, occurred_at: datetime) -> Iterator[str]:
    """Each fact in its words, with the name of who said it where the chunk opens with one."""
    opening = _VOICE.match(chunk)
    turn = Turn(
        event_id=1,
        seq=1,
        role=Role.USER,
        speaker=opening["voice"] if opening else None,
        content=chunk[opening.end() :] if opening else chunk,
        occurred_at=occurred_at,
    )
    for one in extract([turn]).candidates:
        yield one.content if opening else one.content.removeprefix(_NOBODY)
