"""Conversations from files: the project's own format and LoCoMo's, as events to send.

A LoCoMo file is one sample: dated sessions of turns between two people. Its dates have no zone;
they are taken as UTC.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from nrem.errors import ConfigError

# Turns of a LoCoMo session carry no times: spaced like talk, in their order.
_TURN_SECONDS: Final = 20
_LOCOMO_DATE: Final = "%I:%M %p on %d %B, %Y"
_LOCOMO_SESSION: Final = re.compile(r"session_(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message, as the file has it."""

    turn_id: str
    role: str
    speaker: str | None
    content: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A dated session of turns."""

    session_id: str
    started_at: datetime
    ended_at: datetime
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, the turns that hold its answer, and its category (LoCoMo's number or 0)."""

    text: str
    answer: str
    turn_ids: frozenset[str]
    category: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Sessions of one user with one agent, and what may be asked about them."""

    agent_id: str
    user_id: str
    sessions: tuple[Session, ...]
    questions: tuple[Question, ...]


def read(path: Path) -> Conversation:
    """The conversation in a file of either format.

    Raises: ConfigError when the file cannot be read or is of neither format.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return _from_locomo(path, value) if "conversation" in value else _from_own(value)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{path}: not a conversation ({type(error).__name__}); give a LoCoMo sample or a file "
            "like examples/sample_conversation.json"
        ) from None


def _from_own(value: Mapping[str, Any]) -> Conversation:
    return Conversation(
        agent_id=value["agent_id"],
        user_id=value["user_id"],
        sessions=tuple(
            Session(
                session_id=session["session_id"],
                started_at=_instant(session["started_at"]),
                ended_at=_instant(session["ended_at"]),
                turns=tuple(
                    Turn(
                        turn_id=turn["turn_id"],
                        role=turn["role"],
                        speaker=turn.get("speaker"),
                        content=turn["content"],
                        occurred_at=_instant(turn["occurred_at"]),
                    )
                    for turn in session["turns"]
                ),
            )
            for session in value["sessions"]
        ),
        questions=tuple(
            Question(
                text=one["question"],
                answer=one.get("answer", ""),
                turn_ids=frozenset(one["turn_ids"]),
                category=0,
            )
            for one in value.get("questions", ())
        ),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _from_locomo(path: Path, value: Mapping[str, Any]) -> Conversation:
    talk = value["conversation"]
    sample = str(value.get("sample_id") or path.stem)
    numbers = sorted(int(m[1]) for key in talk if (m := _LOCOMO_SESSION.fullmatch(key)))
    sessions = tuple(
        _locomo_session(sample, number, talk, first=talk["speaker_a"]) for number in numbers
    )
    return Conversation(
        agent_id="locomo",
        user_id=sample,
        sessions=sessions,
        questions=tuple(_locomo_question(one) for one in value.get("qa", ())),
    )


def _locomo_session(sample: str, number: int, talk: Mapping[str, Any], *, first: str) -> Session:
    started = datetime.strptime(talk[f"session_{number}_date_time"], _LOCOMO_DATE).replace(
        tzinfo=UTC
    )
    given = talk[f"session_{number}"]
    turns = tuple(
        Turn(
            turn_id=turn["dia_id"],
            # Two people talk; the first stands where a user would, the other beside them.
            role="user" if turn["speaker"] == first else "assistant",
            speaker=turn["speaker"],
            content=_locomo_text(turn),
            occurred_at=started + timedelta(seconds=_TURN_SECONDS * place),
        )
        for place, turn in enumerate(given)
    )
    return Session(
        session_id=f"{sample}-session-{number}",
        started_at=started,
        ended_at=started + timedelta(seconds=_TURN_SECONDS * len(given)),
        turns=turns,
    )


def _locomo_text(turn: Mapping[str, Any]) -> str:
    caption = turn.get("blip_caption")
    return f"{turn['text']} [shares {caption}]" if caption else str(turn["text"])


def _locomo_question(value: Mapping[str, Any]) -> Question:
    # Some evidence strings hold several ids.
    found = {one for text in value.get("evidence") or () for one in re.findall(r"D\d+:\d+", text)}
    return Question(
        text=value["question"],
        answer=str(value.get("answer", "")),
        turn_ids=frozenset(found),
        category=int(value["category"]),
    )
