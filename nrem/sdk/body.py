"""The bodies of requests that are more than their fields: recall, batches, edges, erasures."""

from collections.abc import Iterable, Mapping
from typing import Any

import pydantic

from nrem.sdk.errors import ValidationError
from nrem.sdk.instant import Moment, TimeRange, wire_moment, wire_range
from nrem.sdk.request import given


def recall_body(
    *,
    agent_id: str,
    query: str | None,
    memory_type: str | None,
    metadata_filter: Mapping[str, Any] | None,
    filters: Mapping[str, Any] | None,
    user_id: str | None,
    session_id: str | None,
    conversation_id: str | None,
    top_k: int,
    similarity_threshold: float,
    time_range: TimeRange | None,
    as_of: Moment | None,
    true_at: Moment | None,
    graph_depth: int,
    strategy: str,
    rerank: bool,
    include_turns: bool,
    include_deleted: bool,
    turn_id: str | None,
) -> dict[str, object]:
    """What a recall asks; what stands at its default on both sides is left out.

    Raises: ValidationError.
    """
    body = given(
        agent_id=agent_id,
        query=query,
        memory_type=memory_type,
        metadata_filter=filters if metadata_filter is None else metadata_filter,
        user_id=user_id,
        session_id=session_id,
        conversation_id=conversation_id,
        top_k=top_k,
        time_range=None if time_range is None else wire_range(time_range),
        as_of=None if as_of is None else wire_moment(as_of, "as_of"),
        true_at=None if true_at is None else wire_moment(true_at, "true_at"),
        turn_id=turn_id,
    )
    usual: dict[str, tuple[object, object]] = {
        "similarity_threshold": (similarity_threshold, 0.0),
        "graph_depth": (graph_depth, 1),
        "strategy": (strategy, "AUTO"),
        "rerank": (rerank, False),
        "include_turns": (include_turns, True),
        "include_deleted": (include_deleted, False),
    }
    return body | {name: value for name, (value, default) in usual.items() if value != default}


def batch_body(agent_id: str, memories: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """Memories to store together; `agent_id` holds where one names none.

    Raises: ValidationError.
    """
    made = []
    for one in listed("memories", memories):
        if not isinstance(one, Mapping):
            raise ValidationError(
                "memories holds what is no mapping",
                field="memories",
                remedy='give mappings, as in {"content": "likes tea"}',
            )
        fields = {name: value for name, value in one.items() if value is not None}
        if "occurred_at" in fields:
            fields["occurred_at"] = wire_moment(fields["occurred_at"], "memories.occurred_at")
        made.append({"agent_id": agent_id, **fields})
    return {"memories": made}


def event_body(event: Mapping[str, Any]) -> dict[str, object]:
    """An event with its moment as the wire has it.

    Raises: ValidationError.
    """
    if not isinstance(event, Mapping):
        raise ValidationError(
            "an event is a mapping", field="event", remedy='give {"type": "memory", …}'
        )
    fields = dict(event)
    if fields.get("occurred_at") is not None:
        fields["occurred_at"] = wire_moment(fields["occurred_at"], "occurred_at")
    return fields


def budgets_body(budgets: object) -> dict[str, object]:
    """Budgets to set, from a model or a mapping that may be partial.

    Raises: ValidationError.
    """
    if isinstance(budgets, pydantic.BaseModel):
        return dict(budgets.model_dump())
    if isinstance(budgets, Mapping):
        return dict(budgets)
    raise ValidationError(
        "budgets is no mapping", field="budgets", remedy='give numbers, as in {"daily_tokens": 5}'
    )


def schema_body(schema: object) -> dict[str, object]:
    """The schema of an agent's cards, from a class of pydantic or a JSON schema.

    Raises: ValidationError.
    """
    if isinstance(schema, type) and issubclass(schema, pydantic.BaseModel):
        try:
            # by the names that Python knows, under which values are written, too
            return {"schema": schema.model_json_schema(by_alias=False)}
        except pydantic.PydanticUserError:
            pass
    elif isinstance(schema, Mapping):
        return {"schema": dict(schema)}
    raise ValidationError(
        "schema is no class of pydantic whose fields are texts, and no JSON schema",
        field="schema",
        remedy="give a class with fields of str or str | None, or a flat JSON schema",
    )


def either(first: Any, second: Any, names: tuple[str, str]) -> Any:  # noqa: ANN401 - passed through
    """The one of two spellings that was given.

    Raises: ValidationError when both were, and differ.
    """
    if first is not None and second is not None and first != second:
        raise ValidationError(
            f"{names[0]} and {names[1]} are the same, and differ",
            field=names[0],
            remedy=f"give one of {names[0]} and {names[1]}",
        )
    return second if first is None else first


def listed(name: str, value: Iterable[Any]) -> list[Any]:
    """What was given, as a list.

    Raises: ValidationError when it is none.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValidationError(f"{name} is no list", field=name, remedy="give a list")
    return list(value)
