"""Values of attributes: one spelling for what is the same, and which of them can both hold."""

import pytest

from nrem.policy.attribute_value import agree, date_words, facets, is_passing, other_than, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Berlin", "Berlin, Germany"),
        ("the Netherlands", "Netherlands"),
        ("thirty-four", "34"),
        ("5k", "5,000"),
        ("€5,000", "5000 euros"),
        ("favourite colour", "favorite color"),
        ("twelve", "12"),
        ("A", "a"),
    ],
)
def test_same_value_written_otherwise_agrees(one: str, other: str) -> None:
    assert agree(words(one), words(other))
    assert agree(words(other), words(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Berlin", "Lisbon"),
        ("34", "35"),
        ("5k", "50k"),
        ("3", "34"),
        ("12 Elm Street", "14 Elm Street"),
        ("A", "B"),
        ("New York", "New Orleans"),
    ],
)
def test_different_values_do_not_agree(one: str, other: str) -> None:
    assert not agree(words(one), words(other))
    assert not agree(words(other), words(one))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (other_than("acme"), "acme", False),
        (other_than("acme"), "globex", True),
        (other_than("acme"), other_than("acme"), True),
        (other_than("acme"), other_than("globex"), True),
    ],
)
def test_value_that_it_is_not_excludes_that_one_alone(
    one: str, other: str, *, expected: bool
) -> None:
    assert agree(one, other) is expected
    assert agree(other, one) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 May", "3 may"),
        ("May 3rd, 1990", "3 may 1990"),
        ("the 3rd of May", "3 may"),
        ("1990-05-03", "3 may 1990"),
        ("in Sept. 2027", "september 2027"),
        ("2027-13-03", ""),
        ("next week", ""),
    ],
)
def test_date_has_one_spelling(text: str, expected: str) -> None:
    assert date_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday", {"day": "friday"}),
        ("on Fridays at 3pm", {"day": "friday", "time": "15:00"}),
        ("12 am", {"time": "00:00"}),
        ("12:30 p.m.", {"time": "12:30"}),
        ("noon", {"time": "12:00"}),
        ("Friday (14 May 2027)", {"day": "friday", "date": "14 may 2027"}),
        ("Monday or Tuesday", {}),
        ("room 5", {}),
        ("99:99", {}),
    ],
)
def test_parts_of_a_time_stand_for_themselves(text: str, expected: dict[str, str]) -> None:
    assert facets(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in Berlin for a week", True),
        ("in Berlin for ten years", False),
        ("in Berlin until June", True),
        ("to Berlin ten years ago", True),
        ("to Berlin two weeks ago", False),
    ],
)
def test_what_ends_or_ended_long_ago_is_passing(text: str, *, expected: bool) -> None:
    assert is_passing(text) is expected
