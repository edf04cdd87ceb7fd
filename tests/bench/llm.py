"""What a conversation costs with a model: calls, tokens, money; beside one call for each turn.

The passes run on a database of their own and ask a double of the Messages API, which answers each
request with what was shown, shortened: so a reply is about as long as a real one. Tokens are
counted by four characters each, prices are those of the configured models. Beside it stands what
most agents do: a call for each turn, with the instructions of one duty and the four turns before
it.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from nrem.command.conversation import Conversation, Turn, read
from nrem.embedded.postgres import EmbeddedPostgres
from nrem.llm import duty_consolidate
from nrem.llm.anthropic import AnthropicModel
from nrem.llm.setting import LlmSettings
from nrem.policy.consolidate_model import Turn as Shown
from nrem.policy.price import Usage, cost_micros, usd
from nrem.telemetry import configure
from tests.llm.asking import Asking, asking
from tests.postgres import Database, created, migrate
from tests.world import Org, World, connected, end, turn

SAMPLE: Final = Path(__file__).parents[2] / "examples" / "sample_conversation.json"
# Passes that ask a model, in the order of a memory's life, after those that make their input.
_FIRST: Final = ("score", "embed")
_ASKING: Final = ("consolidate", "appraise", "promote", "observe", "reflect")
_TURNS_BEFORE: Final = 4


def _say(line: str) -> None:
    sys.stderr.write(f"nrem: {line}\n")


def measure(file: Path, *, say: Callable[[str], None]) -> dict[str, Any]:
    """The figures of one conversation."""
    talk = read(file)
    turns = [one for session in talk.sessions for one in session.turns]
    say(f"{len(turns)} turns in {len(talk.sessions)} sessions")
    with _world() as (world, data_dir), asking(world, data_dir) as process:
        org = world.found("bench")
        _run(process, org, talk)
        rows = org.ask(
            "SELECT pass, count(*) AS calls, sum(cost_micros)::bigint AS micros, "
            "sum(tokens_in + cache_read + cache_write)::bigint AS tokens_in, "
            "sum(tokens_out)::bigint AS tokens_out "
            "FROM llm_calls WHERE org_id = %(org)s GROUP BY pass ORDER BY pass"
        )
        say("one call for each turn")
        each = _one_per_turn(process, turns)
    whole = _figures(
        len(turns),
        sum(row.calls for row in rows),
        sum(row.micros for row in rows),
        (sum(row.tokens_in for row in rows), sum(row.tokens_out for row in rows)),
    )
    return {
        **whole,
        "one_call_per_turn": each,
        "turns": len(turns),
        "by_pass": {row[0]: {"calls": row.calls, "usd": usd(row.micros)} for row in rows},
    }


def _figures(turns: int, calls: int, micros: int, tokens: tuple[int, int]) -> dict[str, Any]:
    return {
        "calls_per_100_turns": round(100 * calls / turns, 2),
        "usd_per_1000_turns": round(1000 * usd(micros) / turns, 6),
        "tokens_in": tokens[0],
        "tokens_out": tokens[1],
    }


@contextmanager
def _world() -> Iterator[tuple[World, Path]]:
    with tempfile.TemporaryDirectory(prefix="nrem-bench-") as directory:
        place = Path(directory)
        with (
            EmbeddedPostgres(place / "pg", durable=False) as cluster,
            created(cluster, "template0") as database,
        ):
            migrate(Database(name=database.name, cluster=cluster), "upgrade", "head")
            with connected(database) as world:
                yield world, place / "data"


def _run(process: Asking, org: Org, talk: Conversation) -> None:
    for session in talk.sessions:
        place = {
            "agent": talk.agent_id,
            "user": talk.user_id,
            "session": session.session_id,
        }
        said = [
            turn(one.content, role=one.role, occurred_at=one.occurred_at, **place)
            for one in session.turns
        ]
        org.append(*said, end(**place), now=session.ended_at)
    now = max(session.ended_at for session in talk.sessions) + timedelta(hours=1)
    for name in (*_FIRST, *_ASKING):
        process.drain(name, now=now)


def _one_per_turn(process: Asking, turns: Sequence[Turn]) -> dict[str, Any]:
    """What the same model costs when it is asked about each turn as it comes."""
    desk = process.tools().desk
    if desk is None:
        raise LookupError("a process with a key has a desk")
    settings: LlmSettings = desk.settings
    model = AnthropicModel("sk-bench", process.api.url, 10.0)
    process.models.append(model)
    spent = micros = 0
    tokens_in = tokens_out = 0
    for at in range(len(turns)):
        shown = [_shown(one) for one in turns[max(0, at - _TURNS_BEFORE) : at + 1]]
        order = desk.catalogue.order(
            duty_consolidate.DUTY, duty_consolidate.Reply, duty_consolidate.content(shown)
        )
        usage: Usage = model.send(order).usage
        spent += 1
        micros += cost_micros(usage, settings.price_of_model[order.model])
        tokens_in += usage.tokens - usage.tokens_out
        tokens_out += usage.tokens_out
    return _figures(len(turns), spent, micros, (tokens_in, tokens_out))


def _shown(one: Turn) -> Shown:
    return Shown(
        event_id=1,
        seq=1,
        role=one.role,
        speaker=one.speaker,
        content=one.content,
        occurred_at=one.occurred_at,
    )


def holds(found: dict[str, Any]) -> bool:
    """Whether it costs less than a call for each turn."""
    return bool(found["usd_per_1000_turns"] < found["one_call_per_turn"]["usd_per_1000_turns"])


def describe(found: dict[str, Any]) -> str:
    """The figures as lines for a person."""
    names = (("as nrem asks", found), ("a call for each turn", found["one_call_per_turn"]))
    return "\n".join(
        f"{name}: {one['calls_per_100_turns']:g} calls per 100 turns, "
        f"${one['usd_per_1000_turns']:.4f} per 1000 turns, "
        f"{one['tokens_in']} tokens in, {one['tokens_out']} out"
        for name, one in names
    )


def main() -> int:
    """0 when it costs less than a call for each turn, else 1."""
    parser = argparse.ArgumentParser(prog="nrem bench llm", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    configure("bench", "ERROR")
    found = measure(given.file, say=_say)
    sys.stdout.write((json.dumps(found) if given.json else describe(found)) + "\n")
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
