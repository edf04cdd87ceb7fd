from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.consolidate_extract import (
    ASSISTANT_TALK,
    EMPTY,
    NOT_SPOKEN,
    ONLY_QUESTION,
    ONLY_TALK,
    extract,
)
from nrem.policy.consolidate_model import MAX_SOURCES, Extraction, Trust, Turn, Working

SAID = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)
LINES = [
    "Hi!", "Thanks a lot!", "", "What is your sister called?", "Do you swim?", "Yes!", "No.",
    "My sister Jana lives in Graz. She is a nurse.", "I booked a table for 8 pm.",
    "I went to the sea yesterday. How about you?", "That sounds lovely.", "我对花生过敏。",
]  # fmt: skip


def turns(*said: str | tuple[str, str | None, str]) -> list[Turn]:
    """One turn per text; plain texts are a user's without a name."""
    full = [("user", None, one) if isinstance(one, str) else one for one in said]
    return [
        Turn(
            event_id=at,
            seq=at,
            role=role,
            speaker=speaker,
            content=content,
            occurred_at=SAID + timedelta(minutes=at),
        )
        for at, (role, speaker, content) in enumerate(full, start=1)
    ]


def told(found: Extraction) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.content, one.source_event_ids) for one in found.candidates]


def test_a_fact_is_kept_in_its_words_with_speaker_date_and_source() -> None:
    found = extract(turns(("user", "Caroline", "Hey! I went to a support group yesterday.")))

    assert told(found) == [("Caroline: I went to a support group yesterday (7 May 2023).", (1,))]
    assert found.candidates[0].occurred_at == SAID + timedelta(minutes=1)


def test_an_answer_takes_its_question_along_and_cites_both() -> None:
    found = extract(
        turns(
            ("user", "Ann", "Great! Where does your sister live?"),
            ("user", "Bo", "In Graz, Austria, since May."),
        )
    )

    assert told(found) == [
        ("Ann: Where does your sister live? Bo: In Graz, Austria, since May.", (1, 2))
    ]
    assert found.dropped == ()


def test_a_bare_yes_is_kept_with_its_question_and_dropped_without() -> None:
    asked = extract(turns(("assistant", None, "Are you allergic to nuts?"), "Yes!"))
    alone = extract(turns("Yes!"))

    assert told(asked) == [("Assistant: Are you allergic to nuts? User: Yes!", (1, 2))]
    assert [one.reason for one in alone.dropped] == [ONLY_TALK]


def test_ones_own_question_is_not_its_answer() -> None:
    found = extract(turns("Where is my blue umbrella?", "I moved to Graz in 2019."))

    assert told(found) == [("User: I moved to Graz in 2019.", (2,))]


def test_each_statement_of_a_turn_is_a_memory_of_its_own() -> None:
    found = extract(
        turns(
            ("assistant", None, "Where do you live?"),
            "I moved to Graz in May. My dog Rex is four years old.",
        )
    )

    assert told(found) == [
        ("Assistant: Where do you live? User: I moved to Graz in May.", (1, 2)),
        ("User: My dog Rex is four years old.", (2,)),
    ]


def test_a_pronoun_brings_what_it_stands_for() -> None:
    found = extract(turns("Jana left this morning. She wants to come again in two months."))

    (only,) = found.candidates
    assert only.content.startswith("User: Jana left this morning (8 May 2023). She wants to come")


def test_an_aside_in_brackets_stays_with_its_sentence() -> None:
    found = extract(turns("I painted this last year. [a photo of a lake at sunset]"))

    (only,) = found.candidates
    assert only.content.endswith("last year (2022). [a photo of a lake at sunset]")


def test_an_assistant_is_kept_when_it_commits_itself_only() -> None:
    found = extract(
        turns(
            ("assistant", None, "Porto has many bridges over the river Douro."),
            ("assistant", None, "I booked a table at Casa Rio for 8 pm."),
        )
    )

    assert told(found) == [("Assistant: I booked a table at Casa Rio for 8 pm.", (2,))]
    assert found.candidates[0].trust is Trust.ASSISTANT
    assert [(one.event_id, one.reason) for one in found.dropped] == [(1, ASSISTANT_TALK)]


def test_a_named_speaker_in_the_assistants_role_is_a_person() -> None:
    found = extract(turns(("assistant", "Bo", "My sister Jana lives in Graz.")))

    assert told(found) == [("Bo: My sister Jana lives in Graz.", (1,))]


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        (("user", None, "Hello! Nice to see you."), ONLY_TALK),
        (("user", None, "Where is the nearest station?"), ONLY_QUESTION),
        (("user", None, " \n"), EMPTY),
        (("system", None, "You are Mira's assistant since 2020."), NOT_SPOKEN),
        (("tool", None, '{"price": 240}'), NOT_SPOKEN),
    ],
)
def test_what_goes_says_why(turn: tuple[str, str | None, str], reason: str) -> None:
    found = extract(turns(turn))

    assert found.candidates == ()
    assert [(one.event_id, one.reason) for one in found.dropped] == [(1, reason)]


def test_a_working_memory_is_always_a_candidate() -> None:
    note = Working(
        memory_id=7,
        version=2,
        source_event_ids=(9,),
        content="hi",
        importance=0.01,
        occurred_at=SAID,
    )

    (only,) = extract([], [note]).candidates

    assert (only.content, only.working, only.source_event_ids) == ("hi", ((7, 2),), (9,))
    assert only.importance == 0.01


def test_a_document_is_kept_by_its_beginning() -> None:
    (at_limit,) = extract(turns("I wrote " + "x" * 992)).candidates
    (beyond,) = extract(turns("I wrote down " + "word " * 400)).candidates

    assert at_limit.content.endswith("x")
    assert beyond.content.endswith("word \u2026")
    assert len(beyond.content) < 1020


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["user", "assistant", "system", "tool"]),
            st.sampled_from([None, "Ann", "Bo"]),
            st.sampled_from(LINES) | st.text(max_size=40),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_no_turn_is_lost_and_order_does_not_matter(
    said: list[tuple[str, str | None, str]], random: object
) -> None:
    session = turns(*said)
    shuffled = list(session)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    found = extract(session)

    cited = {event for one in found.candidates for event in one.source_event_ids}
    dropped = [one.event_id for one in found.dropped]
    assert extract(shuffled) == found
    assert cited.isdisjoint(dropped)
    assert cited | set(dropped) == {one.event_id for one in session}
    assert len(dropped) == len(set(dropped))
    assert all(1 <= len(one.source_event_ids) <= MAX_SOURCES for one in found.candidates)
    assert all(0 <= one.importance <= 1 for one in found.candidates)
