from math import nan

import pytest

from nrem.policy.consolidate_repeat import Meaning, is_duplicate, is_repeat
from nrem.policy.params import ConsolidatePolicy

POLICY = ConsolidatePolicy(duplicate_similarity=0.8, duplicate_overlap=0.6)


def repeats(new: str, old: str) -> bool:
    return is_repeat(Meaning.of(new), Meaning.of(old))


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("Mira: I'm allergic to walnuts.", "Mira: I'm allergic to walnuts!"),
        ("Mira: And remember, I am allergic to walnuts.", "Mira: I'm allergic to walnuts."),
        ("Mira: I really love to hike!", "Mira: I love hiking."),
        ("I'm allergic to walnuts", "Mira: I'm allergic to walnuts."),
        ("Mira: I work at Acme as a designer.", "Mira: I work as a designer at Acme."),
        ("Mira: I'm allergic to walnuts.", "Bot: Any needs? Mira: Yes, I'm allergic to walnuts."),
    ],
)
def test_the_same_said_again_is_a_repeat(new: str, old: str) -> None:
    assert repeats(new, old)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("Mira: I love coffee.", "Mira: I hate coffee."),
        ("Mira: I eat meat.", "Mira: I don't eat meat."),
        ("Mira: I live in Graz.", "Mira: I used to live in Graz."),
        ("Mira: I have two dogs.", "Mira: I have three dogs."),
        ("Mira: I have dogs.", "Mira: I have two dogs."),
        ("Mira: I ran 5 km.", "Mira: I ran 10 km."),
        ("Mira: I moved in March 2025.", "Mira: I moved in May 2025."),
        ("Mira: I ran yesterday (7 May 2023).", "Mira: I ran yesterday (14 May 2023)."),
        ("Mira: I met Tom.", "Mira: I met Anna."),
        ("Mira: I met Tom.", "Mira: I met Tom and Anna."),
        ("Mira: Tom likes Anna.", "Mira: Anna likes Tom."),
        ("Mira: I love hiking.", "Jon: I love hiking."),
        ("Mira: My dog is ill.", "Mira: His dog is ill."),
        ("Mira: I call before lunch.", "Mira: I call after lunch."),
        ("Mira: I sing in a choir on weekends.", "Mira: I sing in a choir."),
        ("Bot: Do you swim? Mira: Yes, a lot!", "Bot: Do you run? Mira: Yes, a lot!"),
        ("Bot: And Jana? Mira: She likes chess.", "Bot: And Anna? Mira: She likes chess."),
        ("Mira: [a photo of a dog]", "Mira: [a photo of a dog]"),
        ("", "Mira: I love hiking."),
    ],
)
def test_what_only_sounds_alike_is_no_repeat(new: str, old: str) -> None:
    assert not repeats(new, old)


@pytest.mark.parametrize(("cosine", "merges"), [(0.8, True), (0.79, False), (nan, False)])
def test_words_alone_do_not_make_a_duplicate(cosine: float, *, merges: bool) -> None:
    one = Meaning.of("Mira: I love hiking.")

    assert is_duplicate((one, [1.0, 0.0]), (one, [cosine, 0.6]), POLICY) is merges


def test_vectors_of_another_space_are_like_no_other() -> None:
    one = Meaning.of("Mira: I love hiking.")

    assert not is_duplicate((one, [1.0]), (one, [1.0, 0.0]), POLICY)


def test_little_of_a_long_statement_is_no_duplicate() -> None:
    short = Meaning.of("Mira: I love hiking.")
    long = Meaning.of("Mira: I love hiking because mountains, forests and lakes calm me.")

    assert is_repeat(short, long)
    assert not is_duplicate((short, [1.0]), (long, [1.0]), POLICY)
