"""What tests of observations share: rows to write, and what a store has."""

from typing import Any

from zeno.memory.protocols import Observation

from tests.zeno.sides import NOW_SECONDS, Side, run


def note(text: str, **more: Any) -> Observation:  # noqa: ANN401
    given: dict[str, Any] = {
        "id": 0,
        "user_id": "ana",
        "agent_id": "helper",
        "priority": "medium",
        "observation_date": NOW_SECONDS,
        "referenced_date": None,
        "source_round_ids": (),
        "created_at": 0,
        **more,
    }
    return Observation(text=text, **given)


def insert(side: Side, *notes: Observation) -> None:
    run(side.observations.insert_batch(notes))


def active(side: Side, user: str = "ana", agent: str = "helper") -> list[Observation]:
    found: list[Observation] = run(side.observations.list_active(user, agent))
    return found


def texts(side: Side) -> list[str]:
    return [one.text for one in active(side)]


def advance(
    side: Side, to: int, status: str = "ok", thread: str | None = None, agent: str = "helper"
) -> None:
    run(
        side.observations.advance_watermark(
            user_id="ana",
            agent_id=agent,
            thread_key=thread,
            last_processed_sequence=to,
            last_run_status=status,
        )
    )


def watermark(side: Side, thread: str | None = None, agent: str = "helper") -> Any:  # noqa: ANN401
    return run(side.observations.read_watermark(user_id="ana", agent_id=agent, thread_key=thread))
