"""The main job: a conversation goes in through HTTP, and what became memory is printed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from nrem.clock import monotonic, sleep
from nrem.command import runs, schedule
from nrem.command.conversation import Conversation, read
from nrem.command.load import Loaded, feed, wait
from nrem.command.server import Server
from nrem.command.system import Progress, System

SAMPLE: Final = Path(__file__).resolve().parents[2] / "examples" / "sample_conversation.json"
_WIDTH: Final = 96
_ASKED: Final = 3
_NOTED: Final = 4
_PRIORITIES: Final = ("high", "medium", "low")
_CONTEXT_TOKENS: Final = "300"
_PROMOTE_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.2
Print = Callable[[str], None]


def run(server: Server, admin: Server, progress: Progress, say: Print) -> None:
    """Feed the sample, wait for its passes, and show what is remembered, known, and why.

    Raises: NremError when the server refuses or stays away.
    """
    conversation = read(SAMPLE)
    done = Loaded()
    turns = sum(len(session.turns) for session in conversation.sessions)
    progress(f"sending {turns} turns in {len(conversation.sessions)} sessions")
    feed(server, conversation, done)
    wait(server, conversation, done, progress)
    _promote(admin, progress)
    whose = {"agent_id": conversation.agent_id, "user_id": conversation.user_id}
    memories = list(server.memories(**whose, state="live"))
    _show_memories([one for one in memories if one["session_id"]], turns, say)
    _show_knowledge([one for one in memories if one["derived_by"] == "promote"], say)
    _show_observations(server.observations(**whose), say)
    _show_context(server, whose, say)
    _show_recall(server, conversation, say)


def _show_memories(memories: Iterable[dict[str, Any]], turns: int, say: Print) -> None:
    kept = list(memories)
    say("")
    say(f"{turns} turns became {len(kept)} memories:")
    session = None
    for memory in kept:
        if memory["session_id"] != session:
            session = memory["session_id"]
            say("")
            say(f"  session {session}")
        say(f"    {_cut(memory['content'])}")
        say(f"      {_facts(memory)}")


def _promote(admin: Server, progress: Progress) -> None:
    """Have what repeats promoted now, rather than in a minute."""
    progress("promoting what repeats")
    cause = schedule.run_now(admin, "promote")["cause"]
    ends = monotonic() + _PROMOTE_SECONDS
    while not runs.read(admin, limit=1, cause=cause) and monotonic() < ends:
        sleep(_PAUSE_SECONDS)


def _show_knowledge(promoted: Iterable[dict[str, Any]], say: Print) -> None:
    """What repeated episodes made; nothing when nothing repeats."""
    for at, memory in enumerate(promoted):
        if not at:
            say("")
            say("Known, because it was said in several sessions:")
        say(f"    {_cut(memory['content'])}")
        say(f"      {_facts(memory)}")


def _show_observations(noted: Sequence[dict[str, Any]], say: Print) -> None:
    """The first few that matter most, in the order in which they were said."""
    first = sorted(noted, key=lambda one: _PRIORITIES.index(one["priority"]))[:_NOTED]
    say("")
    say(f"{len(noted)} observations, such as:")
    for one in sorted(first, key=lambda one: str(one["observation_date"])):
        day = datetime.fromisoformat(one["observation_date"]).date()
        say(f"    {_cut(one['text'])}")
        say(f"      {one['priority']} | said {day} | from {', '.join(one['sources'])}")


def _show_context(server: Server, whose: Mapping[str, str], say: Print) -> None:
    """What an agent would be given about this person."""
    text = server.ask("GET", "/v1/context", params={**whose, "budget_tokens": _CONTEXT_TOKENS})
    say("")
    say(f"The context block, within {_CONTEXT_TOKENS} tokens:")
    for line in str(text["text"]).splitlines():
        say(f"  {line}".rstrip())


def _facts(memory: dict[str, Any]) -> str:
    facts = [
        str(memory["memory_type"]),
        f"importance {memory['importance_score']:.2f}",
        f"tier {memory['tier']}",
        _future(memory),
        f"from {', '.join(memory['sources'])}",
    ]
    return " | ".join(facts)


def _future(memory: dict[str, Any]) -> str:
    if memory["due_at"] is None:
        return "does not fade"
    day = datetime.fromisoformat(memory["due_at"]).date()
    return f"{memory['due_to']} on {day} if not used ({memory['due_reason']})"


def _show_recall(server: Server, conversation: Conversation, say: Print) -> None:
    say("")
    say("Asked:")
    for question in conversation.questions[:_ASKED]:
        results = server.recall(
            agent_id=conversation.agent_id,
            user_id=conversation.user_id,
            query=question.text,
            top_k=1,
        )
        say(f"  {question.text}")
        for result in results:
            day = datetime.fromisoformat(result["occurred_at"]).date()
            say(f"    {_cut(result['content'])}")
            said = ", ".join(result["sources"])
            say(f"      said {day} in {said} | relevance {result['relevance_score']:.2f}")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def introduce(running: System, say: Print) -> None:
    """Where the system listens and which key opens it; a new key is shown this once."""
    say("")
    if running.are_keys_new:
        say(f"Development key (shown once, kept in keys.json): {running.keys.api}")
    say(f"API:    {running.endpoints.api}   (OpenAPI page: {running.endpoints.api}/docs)")
    say(f"Admin:  {running.endpoints.admin}   (/metrics)")


def ask(
    server: Server, asked: Mapping[str, Any], *, agent: str | None, user: str | None
) -> list[dict[str, Any]]:
    """The best results of a recall over one agent, or over all of them."""
    agents = (
        [agent] if agent else [one["agent_id"] for one in server.ask("GET", "/v1/agents")["agents"]]
    )
    whose = {"user_id": user} if user else {}
    found = [result for name in agents for result in server.recall(agent_id=name, **asked, **whose)]
    found.sort(key=lambda result: -result["relevance_score"])
    return found[: asked["top_k"]]


def describe_results(results: list[dict[str, Any]]) -> str:
    """Results as lines for a person."""
    if not results:
        return "nothing is remembered about that"
    lines = []
    for result in results:
        day = datetime.fromisoformat(result["occurred_at"]).date()
        lines.append(f"{result['relevance_score']:.2f}  {_cut(result['content'])}")
        said = ", ".join(result["sources"])
        lines.append(f"      {result['memory_type']}, said {day} in {said}")
        if result["via"]:
            lines.append(f"      via {', '.join(_step(edge) for edge in result['via'])}")
    return "\n".join(lines)


def _step(edge: Mapping[str, Any]) -> str:
    return f"{edge['source_id']} {edge['relationship_type']} {edge['target_id']}"
