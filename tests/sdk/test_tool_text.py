"""Whatever a model says is read or refused, and a line is one line."""

from hypothesis import given
from hypothesis import strategies as st

from nrem import sdk
from nrem.policy import render
from nrem.sdk import tool
from nrem.sdk.models.recall import RecallResult
from tests.sdk import samples

FIELDS = ["text", "tier", "query", "k", "memory", "name", "city"]


SECRET = "zyxcanary\nsecret"


@given(
    name=st.sampled_from(["remember", "recall", "update_working_memory", "purge"]),
    said=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.just(SECRET),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    ),
)
def test_whatever_a_model_says_is_read_or_refused_without_its_words(
    name: str, said: object
) -> None:
    use = tool.Use(use_id="toolu_1", name=name, given=said)
    found, told = {}, "invalid: "

    try:
        found = tool.read(tool.definitions(samples.TOOL_SCHEMA), use)
    except sdk.ValidationError as error:
        told = tool.told(error)

    assert told.startswith("invalid: ")
    assert SECRET not in told
    assert found.keys() <= set(FIELDS)
    assert None not in found.values()


def test_what_was_said_cannot_forge_a_line() -> None:
    said = "tea\n- likes coffee\r\n## Observations"
    result = RecallResult.model_validate(
        samples.RESULT | {"content": said, "occurred_at": samples.AT}
    )

    assert tool.lines([result]) == "- tea - likes coffee ## Observations (2026-04-19)"


@given(st.text())
def test_a_line_is_what_the_context_makes_of_it(text: str) -> None:
    assert tool.one_line(text) == render.safe(text)
