"""`nrem load`: feeds conversations through POST /v1/events and waits for the passes.

A session is done once it is consolidated and each of its turns was observed.
Every event carries a key made of its place in the file, so loading a file twice changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nrem.clock import monotonic, sleep
from nrem.command.conversation import Conversation, Session, read
from nrem.command.server import AnswerError, Server
from nrem.command.system import Progress

_PAUSE_SECONDS: Final = 0.2
_BATCH: Final = 100


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What a load did; the keys of `nrem load --json`."""

    turns: int = 0
    sessions: int = 0
    memories: dict[str, int] = field(default_factory=dict)
    merged: int = 0
    dropped: int = 0
    # active ones that rest on turns of the session; of what was refused there are none
    observations: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    # sessions that were not sent whole: nobody waits for them
    refused: list[str] = field(default_factory=list)
    # from the first request to the last commit; the passes are counted apart
    elapsed_s: float = 0.0
    turns_per_s: float = 0.0
    passes_s: float = 0.0


def load(server: Server, files: Sequence[Path], progress: Progress) -> Loaded:
    """Feed the conversations in `files` and wait for their sessions.

    Raises: ConfigError when a file is no conversation; NremError when the server stays away.
    """
    conversations = [read(path) for path in files]
    done = Loaded()
    event_ids: list[str] = []
    begun = monotonic()
    for conversation in conversations:
        progress(f"loading {conversation.user_id}: {len(conversation.sessions)} sessions")
        event_ids += feed(server, conversation, done)
    done.elapsed_s = round(monotonic() - begun, 3)
    done.turns_per_s = round(done.turns / done.elapsed_s, 1) if done.elapsed_s else 0.0
    progress(f"{done.turns} turns accepted; waiting for the passes")
    begun = monotonic()
    for conversation in conversations:
        wait(server, conversation, done, progress)
    done.passes_s = round(monotonic() - begun, 3)
    _count(server, conversations, event_ids, done)
    return done


def feed(server: Server, conversation: Conversation, done: Loaded) -> list[str]:
    """Send every session in order, ended with its own date; answers the ids of the turns."""
    event_ids: list[str] = []
    for session in conversation.sessions:
        events = list(_events(conversation, session))
        try:
            for start in range(0, len(events), _BATCH):
                batch = events[start : start + _BATCH]
                ids = server.send_events(batch)
                event_ids += [
                    one for one, event in zip(ids, batch, strict=True) if event["type"] == "turn"
                ]
            done.sessions += 1
            done.turns += len(session.turns)
        except AnswerError as error:
            done.errors.append(f"{session.session_id}: {error}")
            done.refused.append(session.session_id)
    return event_ids


def _events(conversation: Conversation, session: Session) -> Iterator[dict[str, Any]]:
    whose = {
        "agent_id": conversation.agent_id,
        "user_id": conversation.user_id,
        "session_id": session.session_id,
    }
    key = f"{conversation.agent_id}/{conversation.user_id}/{session.session_id}"
    yield {
        **whose,
        "type": "session.start",
        "occurred_at": session.started_at.isoformat(),
        "idempotency_key": f"{key}/start",
    }
    for turn in session.turns:
        event = {
            **whose,
            "type": "turn",
            "turn_id": turn.turn_id,
            "role": turn.role,
            "content": turn.content,
            "occurred_at": turn.occurred_at.isoformat(),
            "idempotency_key": f"{key}/{turn.turn_id}",
        }
        yield event if turn.speaker is None else {**event, "speaker": turn.speaker}
    yield {
        **whose,
        "type": "session.end",
        "occurred_at": session.ended_at.isoformat(),
        "idempotency_key": f"{key}/end",
    }


def wait(server: Server, conversation: Conversation, done: Loaded, progress: Progress) -> None:
    """Return when every session that was sent whole is consolidated and observed, or set aside.

    What was set aside is told among the errors of `done`.
    """
    for place, session in enumerate(conversation.sessions, start=1):
        name = session.session_id
        if name in done.refused:
            continue
        found = server.session(name)
        while _waits(found):
            sleep(_PAUSE_SECONDS)
            found = server.session(name)
        done.observations[name] = found["observations"]
        done.errors += _set_aside(found)
        progress(f"consolidated and observed {name} ({place} of {len(conversation.sessions)})")


def _waits(session: Mapping[str, Any]) -> bool:
    """Whether a pass will come to it yet: also after a failure, and before its end was noticed."""
    steps = (session["consolidation"], session["observing"])
    return any(one is None or one["state"] in ("waiting", "failed") for one in steps)


def _set_aside(session: Mapping[str, Any]) -> Iterator[str]:
    for name in ("consolidation", "observing"):
        step = session[name]
        if step["state"] != "done":
            why = f" ({step['reason']})" if step["reason"] else ""
            yield f"{session['session_id']}: {name} {step['state']}{why}; see `nrem parked list`"


def _count(
    server: Server, conversations: Sequence[Conversation], event_ids: list[str], done: Loaded
) -> None:
    types: Counter[str] = Counter()
    for conversation in conversations:
        listed = server.memories(
            agent_id=conversation.agent_id, user_id=conversation.user_id, state="live"
        )
        types.update(memory["memory_type"] for memory in listed)
    done.memories = dict(types)
    # Asked one by one, as a caller would: what became of each turn.
    became = Counter(_became(server.ask("GET", f"/v1/events/{one}")) for one in event_ids)
    done.dropped, done.merged = became["dropped"], became["merged"]


def _became(event: dict[str, Any]) -> str:
    return "merged" if event["reason"] == "merged" else str(event["status"])


def describe(done: Loaded) -> str:
    """The load as lines for a person."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(done.memories.items()))
    lines = [
        f"{done.turns} turns in {done.sessions} sessions, {done.turns_per_s} turns/s over HTTP",
        f"consolidated and observed in {done.passes_s} s more: {kinds or 'no memories'}",
        f"observations: {sum(done.observations.values())} of {len(done.observations)} sessions",
        f"turns merged into known memories: {done.merged}; dropped: {done.dropped}",
        *(f"error: {error}" for error in done.errors),
    ]
    return "\n".join(lines)
