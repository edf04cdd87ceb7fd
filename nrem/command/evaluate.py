"""`nrem eval locomo`: asks the questions of conversations and measures what comes back.

The conversations are loaded as a caller would, every question goes to the public recall route, and
the same questions go to plain search over the raw turns (`evaluate_baseline`). A question counts
when the file names turns that hold its answer; those made to have none (category 5) do not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nrem.clock import monotonic, sleep
from nrem.command import load, status
from nrem.command.conversation import Conversation, Question, read
from nrem.command.evaluate_baseline import Baseline
from nrem.command.evaluate_metric import MOST_RESULTS, Metrics, Result, mean, measure
from nrem.command.server import Server
from nrem.command.system import Progress, System
from nrem.config import Settings
from nrem.errors import ConfigError, NremError
from nrem.llm.embed import load_embedder

# Questions of this category have no answer in the conversation.
_ADVERSARIAL: Final = 5
# The default recall, the two baselines, and the default recall without raw turns.
WAYS: Final = ("recall", "baseline_vector", "baseline_fused", "consolidated")
# What the default recall must beat the vector baseline in.
_HELD: Final = ("hit@512t", "hit@1024t")
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question's category, and its figures by way."""

    category: int
    figures: Mapping[str, Metrics]


def run(
    settings: Settings, running: System, files: Sequence[Path], progress: Progress
) -> dict[str, Any]:
    """The keys of `nrem eval locomo --json`.

    Raises: ConfigError when a file is no conversation or has no question that counts, NremError
    when a turn is refused or the server stays away.
    """
    begun = monotonic()
    conversations = [read(path) for path in files]
    for path, conversation in zip(files, conversations, strict=True):
        if not counted(conversation):
            raise ConfigError(f"{path}: no question names the turns that hold its answer")
    _feed(running.server, conversations, progress)
    _wait(lambda: status.read(settings, running)["backlog"], progress)
    embedder = load_embedder(settings.embedder)
    asked: list[Asked] = []
    for conversation in conversations:
        questions = counted(conversation)
        progress(f"asking {len(questions)} questions about {conversation.user_id}")
        asked += _ask(running.server, conversation, questions, Baseline(conversation, embedder))
    return {
        "files": len(files),
        "questions": len(asked),
        **_means(asked),
        "by_category": _by_category(asked),
        "compression": _compression(running.server, conversations),
        "embedder": embedder.model_id,
        "elapsed_s": round(monotonic() - begun, 1),
    }


def _feed(server: Server, conversations: Sequence[Conversation], progress: Progress) -> None:
    done = load.Loaded()
    for conversation in conversations:
        progress(f"loading {conversation.user_id}: {len(conversation.sessions)} sessions")
        load.feed(server, conversation, done)
    if done.errors:
        raise NremError(f"not all turns were taken: {done.errors[0]}")
    for conversation in conversations:
        load.wait(server, conversation, done, progress)
    if done.errors:
        raise NremError(f"not all sessions were processed: {done.errors[0]}")


def _wait(backlog: Callable[[], Mapping[str, int]], progress: Progress) -> None:
    """A session may be consolidated before its last turn has its vector."""
    waiting = backlog().get("embed", 0)
    while waiting:
        progress(f"{waiting} vectors to compute")
        sleep(_PAUSE_SECONDS)
        waiting = backlog().get("embed", 0)


def counted(conversation: Conversation) -> list[Question]:
    """The questions that can be judged: some turn of the conversation holds the answer."""
    said = {turn.turn_id for session in conversation.sessions for turn in session.turns}
    return [
        question
        for question in conversation.questions
        if question.category != _ADVERSARIAL and not said.isdisjoint(question.turn_ids)
    ]


def _ask(
    server: Server,
    conversation: Conversation,
    questions: Sequence[Question],
    baseline: Baseline,
) -> Iterator[Asked]:
    plain = baseline.answer([question.text for question in questions])
    for question, (by_vector, fused) in zip(questions, plain, strict=True):
        answers = {
            "recall": _recall(server, conversation, question.text),
            "baseline_vector": by_vector,
            "baseline_fused": fused,
            "consolidated": _recall(server, conversation, question.text, include_turns=False),
        }
        yield Asked(
            category=question.category,
            figures={way: measure(found, question.turn_ids) for way, found in answers.items()},
        )


def _recall(
    server: Server, conversation: Conversation, query: str, **how: bool
) -> Iterator[Result]:
    found = server.recall(
        agent_id=conversation.agent_id,
        user_id=conversation.user_id,
        query=query,
        top_k=MOST_RESULTS,
        **how,
    )
    return (Result(content=one["content"], sources=tuple(one["sources"])) for one in found)


def _means(asked: Sequence[Asked]) -> dict[str, Metrics]:
    return {way: mean([one.figures[way] for one in asked]) for way in WAYS}


def _by_category(asked: Sequence[Asked]) -> dict[str, dict[str, Any]]:
    return {
        str(category): {"questions": len(some), **_means(some)}
        for category in sorted({one.category for one in asked})
        for some in [[one for one in asked if one.category == category]]
    }


def _compression(server: Server, conversations: Sequence[Conversation]) -> float:
    """Characters of live memories for one character of what was said."""
    said = kept = 0
    for conversation in conversations:
        said += sum(len(turn.content) for one in conversation.sessions for turn in one.turns)
        memories = server.memories(
            agent_id=conversation.agent_id, user_id=conversation.user_id, state="live"
        )
        kept += sum(len(memory["content"]) for memory in memories)
    return round(kept / said, 4)


def holds(found: Mapping[str, Any]) -> bool:
    """Whether the default recall is above the vector baseline within 512 and 1,024 tokens."""
    recall, vector = found["recall"], found["baseline_vector"]
    return all(recall[name] > vector[name] for name in _HELD)


def describe(found: Mapping[str, Any]) -> str:
    """The figures as a table for a person."""
    names = list(found["recall"])
    lines = [f"{found['questions']} questions about {found['files']} conversations", ""]
    lines.append(f"{'':<16}" + "".join(f"{name:>11}" for name in names))
    lines += [
        f"{way:<16}" + "".join(f"{found[way][name]:>11.3f}" for name in names) for way in WAYS
    ]
    lines += ["", f"live memories hold {found['compression']:.2f} characters per character said"]
    return "\n".join(lines)
