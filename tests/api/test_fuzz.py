"""Whatever is sent to a route that takes a body, the answer is never a 5xx."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nrem import ids
from tests.api.serving import Caller

TURN = {"type": "turn", "agent_id": "agent", "role": "user", "content": "I like tea."}
_KEYS = st.sampled_from(
    [*TURN, "events", "memories", "as_of", "metadata", "session_id", "occurred_at", "\ud800", "x"]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["turn", "memory", "access", "session.end", "user", "2023-05-08T13:56:00Z"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=8),
    max_leaves=12,
)
_FUZZ = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
_MEMORY = f"/v1/memories/{ids.encode(ids.MEMORY, 1)}"
_ROUTES = [
    "/v1/events",
    "/v1/memories",
    "/v1/memories/batch",
    "/v1/memories/recall",
    f"{_MEMORY}:restore",
    f"{_MEMORY}/rollback",
    f"{_MEMORY}/relationships",
    "/v1/sessions",
    "/v1/conversations",
    f"/v1/conversations/{ids.encode(ids.CONVERSATION, 1)}/turns",
]


@pytest.mark.parametrize("path", _ROUTES)
@_FUZZ
@given(value=_VALUES)
@example(value={**TURN, "content": "\ud800"})
def test_no_json_value_is_answered_with_5xx(caller: Caller, path: str, value: object) -> None:
    answer = caller.client.post(path, content=json.dumps(value))

    assert answer.status_code < 500, value


@pytest.mark.parametrize("path", _ROUTES)
@_FUZZ
@given(changed=st.dictionaries(_KEYS, _VALUES, max_size=3))
def test_no_event_with_a_strange_field_is_answered_with_5xx(
    caller: Caller, path: str, changed: dict[str, object]
) -> None:
    answer = caller.client.post(path, content=json.dumps({**TURN, **changed}))

    assert answer.status_code < 500, changed


@pytest.mark.parametrize("path", _ROUTES)
@_FUZZ
@given(body=st.binary(max_size=200))
def test_no_bytes_are_answered_with_5xx(caller: Caller, path: str, body: bytes) -> None:
    assert 400 <= caller.client.post(path, content=body).status_code < 500
