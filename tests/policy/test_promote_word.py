from collections.abc import Sequence

import pytest

from nrem.policy.promote_alike import Aspect
from nrem.policy.promote_word import word
from tests.policy.episodes import episodes


def worded(*contents: str) -> str | None:
    said: Sequence[str] = contents
    return word(episodes(*said), [Aspect.of(content) for content in said])


@pytest.mark.parametrize(
    ("said", "content"),
    [
        (("User likes red wine", "User likes white wine", "User likes wine"), "User likes wine"),
        (
            ("User went hiking with Tom in the Alps", "User went hiking", "User hikes a lot"),
            "User went hiking",
        ),
        (
            ("Mia: I swam. The water was cold. I love swimming!", "Mia: I swam again."),
            "Mia: I swam.",
        ),
        (("User ran 5 km in the park", "User ran 5 km in the park"), "User ran 5 km in the park"),
        (("User ran 5 km in the park", "User ran 6 km in the park"), "User ran in the park"),
        (("Mia: You know what? I swim.", "Mia: I swim with friends."), "Mia: I swim."),
    ],
)
def test_the_sentence_that_says_what_is_common_and_least_besides_wins(
    said: tuple[str, ...], content: str
) -> None:
    assert worded(*said) == content


def test_a_sentence_that_turns_it_round_is_not_taken() -> None:
    content = worded(
        "Mia: Tom drinks green tea. I don't drink green tea at school.",
        "Mia: I don't drink green tea at parties.",
    )

    assert content == "Mia: I don't drink green tea at school."


def test_the_more_central_one_wins_among_equals() -> None:
    assert worded("User enjoys chess", "User likes chess") == "User enjoys chess"


@pytest.mark.parametrize(
    "said",
    [
        ("User bought a red car", "User bought a red shirt", "User bought a red lamp"),
        ("The build took 5 minutes", "The build took 6 minutes"),
        ("Mia: Thanks for the chess!", "Mia: Do you play chess?"),
    ],
    ids=" | ".join,
)
def test_without_a_sentence_that_carries_it_nothing_is_worded(said: tuple[str, ...]) -> None:
    assert worded(*said) is None
