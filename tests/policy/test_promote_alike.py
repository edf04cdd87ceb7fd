import pytest

from nrem.policy.promote_alike import (
    Aspect,
    agree,
    cosine,
    is_negative,
    split_speaker,
    topics,
)


def alike(one: str, other: str) -> bool:
    first, second = Aspect.of(one), Aspect.of(other)
    assert agree(first, second) == agree(second, first)
    return agree(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("User prefers tea in the morning", "The user had tea again this morning"),
        ("User drinks tea instead of coffee", "User prefers tea over coffee"),
        ("Mia: I ran 5 km on Monday.", "Mia: I went running yesterday (8 May 2025)."),
        ("Mia: I swam in the lake.", "Mia: Swimming in the lake again!"),
        ("Mia: I don't eat meat.", "Mia: I never eat meat."),
        ("User is allergic to nuts", "User avoids nuts"),
        ("I live in Oslo", "User lives in Oslo"),
        ("Ada: Where do you live? Mia: I live in Oslo now.", "Mia: I live in Oslo."),
        ("Customer wants invoices by email", "The customer requested invoices by email"),
    ],
)
def test_instances_of_one_thing_are_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("User drinks tea in the morning", "User drinks coffee in the morning"),
        ("User prefers tea over coffee", "User prefers coffee over tea"),
        ("User likes tea", "User does not like tea"),
        ("User likes tea", "User hates tea"),
        ("User likes tea", "User stopped drinking tea"),
        ("Mia: I like tea", "Jon: I like tea"),
        ("Ada lives in Paris", "Ben lives in Paris"),
        ("I live in Paris", "My sister lives in Paris"),
        ("User's dog is ill", "User's cat is ill"),
        ("User met Anna for lunch in town", "User met Tom for lunch in town"),
        ("Project B is late", "Project C is late"),
        ("Does the user like tea?", "User likes tea"),
        ("Mia: Thanks for the tea!", "Mia: I like tea"),
        ("Mia: You should drink tea", "Mia: I like tea"),
        ("Mia: I'll bring you tea", "Mia: I like tea"),
        ("Mia: I feel great", "Mia: I feel tired"),
        ("Mia: I took a photo", "Mia: I like photos"),
        ("", "User likes tea"),
        ("User uses it", "User has it"),
    ],
)
def test_what_only_sounds_alike_is_not(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("content", "speaker", "said"),
    [
        ("Mia: I like tea", "Mia", "I like tea"),
        ("Mia van Dyk: I like tea", "", "Mia van Dyk: I like tea"),
        ("Mia Dyk: I like tea", "Mia Dyk", "I like tea"),
        ("Ada: Tea? Mia: Yes, tea.", "Mia", "Yes, tea."),
        ("User likes tea", "", "User likes tea"),
        ("At 10:30 I drink tea", "", "At 10:30 I drink tea"),
    ],
)
def test_who_says_it_stands_before_what_is_said(content: str, speaker: str, said: str) -> None:
    assert split_speaker(content) == (speaker, said)


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("I like tea", False),
        ("I don't like tea", True),
        ("I can't stand tea", True),
        ("I never go without tea", False),
        ("I am not allergic to nuts", False),
        ("I no longer hate tea", False),
    ],
)
def test_denied_twice_is_not_denied(text: str, *, negative: bool) -> None:
    assert is_negative(text) is negative


def test_topics_leave_out_stances_numbers_and_measures() -> None:
    assert topics("User really wants to try 2 cups of green tea for 5 minutes") == {
        "cup",
        "green",
        "tea",
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1.0, 0.0), (1.0, 0.0), 1.0),
        ((1.0, 0.0), (0.0, 1.0), 0.0),
        ((1.0, 0.0), (1.0,), -1.0),
        ((float("nan"), 0.0), (1.0, 0.0), -1.0),
    ],
)
def test_vectors_that_cannot_be_compared_are_far_apart(
    one: tuple[float, ...], other: tuple[float, ...], expected: float
) -> None:
    assert cosine(one, other) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a " * 10_000,
        "When " * 4_000,
        "prefers a, " * 2_000,
        "Mia: what? " * 2_000,
        "1 " * 10_000,
        "x" * 20_000,
        "on Monday (8 May 2025) " * 1_000,
    ],
    ids=lambda text: text[:10],
)
def test_a_long_text_is_read_to_an_end(text: str) -> None:
    assert Aspect.of(text).holder is not None
