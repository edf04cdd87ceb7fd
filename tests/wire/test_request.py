"""Shapes on the wire: what they take, and what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from nrem.clock import utc_now
from nrem.wire import field, request

INSTANT: TypeAdapter[datetime] = TypeAdapter(field.Instant)
METADATA: TypeAdapter[dict[str, Any]] = TypeAdapter(field.Metadata)


def test_types_of_events_are_those_of_their_models() -> None:
    tags = tuple(
        get_args(model.model_fields["type"].annotation)[0] for model in request.EVENT_MODELS
    )

    assert tags == request.EVENT_TYPES


@pytest.mark.parametrize(
    "model",
    [
        *request.EVENT_MODELS,
        request.EventBatchIn,
        request.MemoryQuery,
        request.RelationshipIn,
    ],
)
def test_every_request_refuses_unknown_fields(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate({"colour": "a value nobody should read"})

    assert any(fault["type"] == "extra_forbidden" for fault in caught.value.errors())
    assert "nobody" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-05-08T13:56:00Z", datetime(2023, 5, 8, 13, 56, tzinfo=UTC)),
        ("2023-05-08T15:56:00+02:00", datetime(2023, 5, 8, 13, 56, tzinfo=UTC)),
        ("2023-05-08 13:56:00.25Z", datetime(2023, 5, 8, 13, 56, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_instant_is_read(text: str, instant: datetime) -> None:
    assert INSTANT.validate_python(text) == instant


@pytest.mark.parametrize("value", [1_683_554_160, 1.5, "1683554161", "0", True, "", "soon", [], {}])
def test_what_is_not_written_out_is_no_instant(value: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(value)


@pytest.mark.parametrize(("hours", "is_taken"), [(23.9, True), (24.1, False), (-1, True)])
def test_instant_lies_at_most_a_day_ahead(hours: float, is_taken: bool) -> None:  # noqa: FBT001
    text = (utc_now() + timedelta(hours=hours)).isoformat()

    if is_taken:
        INSTANT.validate_python(text)
    else:
        with pytest.raises(ValidationError, match="24 hours ahead"):
            INSTANT.validate_python(text)


def _nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth - 1):
        value = {"a": value}
    return value


def test_metadata_is_at_most_32_levels_deep() -> None:
    assert METADATA.validate_python(_nested(32))
    with pytest.raises(ValidationError, match="deeper than 32"):
        METADATA.validate_python(_nested(33))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), _JSON, max_size=5))
def test_metadata_that_is_taken_is_kept_as_it_is(value: dict[str, Any]) -> None:
    try:
        found = METADATA.validate_python(value)
    except ValidationError as error:
        assert "\\x00" in repr(value) or "nan" in repr(value) or "inf" in repr(value), error  # noqa: PT017
    else:
        assert found == value
