"""What makes no sense is refused before it is sent, by an error of the tree."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pydantic
import pytest

from nrem import sdk
from tests.sdk.stub import Stub


class Odd(pydantic.BaseModel):
    """No JSON knows what its field is."""

    name: Callable[[], str]


EAST = timezone(timedelta(hours=2))
LOOP: list[Any] = []
LOOP.append(LOOP)
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

BAD: dict[str, tuple[str, Callable[[sdk.Client], object]]] = {
    "no JSON": ("metadata", lambda c: c.store(agent_id="a", content="x", metadata={"k": object()})),
    "NaN": ("importance", lambda c: c.store(agent_id="a", content="x", importance=float("nan"))),
    "surrogate": ("content", lambda c: c.store(agent_id="a", content="\ud800")),
    "loop": ("metadata", lambda c: c.store(agent_id="a", content="x", metadata={"k": LOOP})),
    "deep": ("metadata", lambda c: c.store(agent_id="a", content="x", metadata={"k": DEEP})),
    "empty id": ("id", lambda c: c.get_memory("")),
    "no id": ("id", lambda c: c.get_memory(None)),  # type: ignore[arg-type]
    "surrogate id": ("id", lambda c: c.get_memory("\ud800")),
    "surrogate in query": ("agent_id", lambda c: c.audit(agent_id="\ud800")),
    "moment": ("as_of", lambda c: c.recall(agent_id="a", as_of=7)),  # type: ignore[arg-type]
    "before the calendar": (
        "as_of",
        lambda c: c.recall(agent_id="a", as_of=datetime.min.replace(tzinfo=EAST)),
    ),
    "range": ("time_range", lambda c: c.recall(agent_id="a", time_range=7)),  # type: ignore[arg-type]
    "timeout": ("timeout", lambda c: c.get_memory("m", timeout=-1)),
    "key": ("idempotency_key", lambda c: c.refine(idempotency_key="a\nb")),
    "long key": ("idempotency_key", lambda c: c.refine(idempotency_key="k" * 256)),
    "no list": ("memory_ids", lambda c: c.forget(agent_id="a", memory_ids="mem_1")),
    "no mapping": (
        "memories",
        lambda c: c.store_batch(agent_id="a", memories=["x"]),  # type: ignore[list-item]
    ),
    "no event": ("event", lambda c: c.send_event("x")),  # type: ignore[arg-type]
    "two operations": ("operation", lambda c: c.audit(operation="store", event_type="forget")),
    "two sizes": ("page_size", lambda c: c.audit(page_size=1, limit=2)),
    "no schema": ("schema", lambda c: c.set_card_schema(agent_id="a", schema=7)),  # type: ignore[arg-type]
    "schema of no JSON": ("schema", lambda c: c.set_card_schema(agent_id="a", schema=Odd)),
    "version": (
        "expected_version",
        lambda c: c.clear_card(agent_id="a", user_id="u", expected_version=-1),
    ),
    "no budgets": ("budgets", lambda c: c.set_my_budgets(7)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("case", BAD)
def test_argument_is_refused_by_name_before_anything_is_sent(
    case: str, client: sdk.Client, stub: Stub
) -> None:
    field, call = BAD[case]

    with pytest.raises(sdk.ValidationError) as caught:
        call(client)

    assert caught.value.field == field
    assert not stub.asked


def test_refusal_repeats_nothing_of_what_was_given(client: sdk.Client) -> None:
    with pytest.raises(sdk.ValidationError) as caught:
        client.store(agent_id="a", content="x", metadata={"secret name": {"the secret"}})

    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("plain", "plain"),
        ("a/b?c#d e%", "a%2Fb%3Fc%23d%20e%25"),
        ("ключ", "%D0%BA%D0%BB%D1%8E%D1%87"),
        ("..", "%2E%2E"),
        ("{}", "%7B%7D"),
    ],
)
def test_id_is_one_part_of_the_path_whatever_its_letters(
    given: str, sent: str, client: sdk.Client, stub: Stub
) -> None:
    stub.answers({"session_id": given, "transitioned_count": 0})

    client.end_session(given)

    assert stub.last.path == f"/v1/sessions/{sent}/end"


def test_both_spellings_may_say_the_same(client: sdk.Client, stub: Stub) -> None:
    stub.answers({"entries": [], "total": 0, "page": 1, "page_size": 5, "has_next": False})

    page = client.audit(operation="store", event_type="store", page_size=5, limit=5)

    assert len(page) == 0
    assert "operation=store&page=1&page_size=5" in stub.last.path


def test_filters_is_another_name_of_metadata_filter(client: sdk.Client, stub: Stub) -> None:
    stub.answers({"results": [], "total": 0})

    client.recall(agent_id="a", filters={"k": 1})

    assert stub.last.body["metadata_filter"] == {"k": 1}
