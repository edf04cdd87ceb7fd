"""Blocks of a prompt: nrem's renderer and Zeno's give the same bytes for the same safe input."""

from datetime import UTC, datetime
from string import ascii_letters

from hypothesis import given
from hypothesis import strategies as st
from pydantic import create_model
from zeno.memory.protocols import Observation, WorkingMemoryRecord
from zeno.runtime import observation_block, working_memory_block

from nrem.policy.render import Field, Markers, Row, render
from tests.zeno.sides import NOW, NOW_SECONDS

DAY = 86_400
# What neither escapes: no line break, no control character, no `#` or `-` at the beginning.
TEXTS = st.builds(
    "{}{}".format,
    st.sampled_from(ascii_letters),
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=20),
)
DATES = st.integers(NOW_SECONDS - 900 * DAY, NOW_SECONDS + 90 * DAY)
ROWS = st.lists(
    st.builds(
        Observation,
        id=st.integers(1, 99),
        user_id=st.just("ana"),
        agent_id=st.just("helper"),
        text=TEXTS,
        priority=st.sampled_from(["high", "medium", "low"]),
        observation_date=DATES,
        referenced_date=st.none() | DATES,
        source_round_ids=st.just(()),
        created_at=DATES,
    ),
    max_size=12,
)


@given(rows=ROWS, markers=st.sampled_from(Markers), hours=st.integers(0, 14))
def test_observations_are_shown_in_the_same_bytes(
    rows: list[Observation], markers: Markers, hours: int
) -> None:
    at = NOW_SECONDS + hours * 3600

    theirs = observation_block.render(rows, priority_markers=markers.value, now_fn=lambda: at)

    ours = render(
        None,
        [
            Row(
                ordinal=one.id,
                text=one.text,
                priority=one.priority,
                observation_date=one.observation_date,
                referenced_date=one.referenced_date,
            )
            for one in rows
        ],
        now=datetime.fromtimestamp(at, tz=UTC),
        markers=markers,
    )
    assert ours.observations.encode() == theirs.encode()


@given(
    names=st.lists(st.sampled_from(["name", "city", "pets", "work"]), unique=True, min_size=1),
    values=st.dictionaries(
        st.sampled_from(["name", "city", "other"]), st.tuples(st.just("") | TEXTS, DATES)
    ),
)
def test_card_is_shown_in_the_same_bytes(
    names: list[str], values: dict[str, tuple[str, int]]
) -> None:
    fields: dict[str, tuple[type[str], str]] = dict.fromkeys(names, (str, ""))
    schema = create_model("Card", **fields)  # type: ignore[call-overload]
    records = {
        name: WorkingMemoryRecord("ana", "helper", name, value, at)
        for name, (value, at) in values.items()
    }

    theirs = working_memory_block.render(schema, records)

    shown = [
        Field(name=name, value=values[name][0], updated_at=values[name][1])
        if name in values
        else Field(name=name)
        for name in names
    ]
    assert render(shown, [], now=NOW).card.encode() == theirs.encode()


def test_agent_without_a_card_has_no_block() -> None:
    assert render(None, [], now=NOW).card == working_memory_block.render(None, {}) == ""
