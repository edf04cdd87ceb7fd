import pytest

from nrem.policy.consolidate_sentence import Kind, sentences

NAMES = frozenset({"jon", "gina"})


@pytest.mark.parametrize(
    "text",
    [
        "My sister Jana is coming from Graz.",
        "We decided to spend at most 1800 euros.",
        "I'm allergic to walnuts.",
        "I prefer tea to coffee.",
        "The movers come on 21 March.",
        "She is bringing her van.",
        "Ich ziehe am 3. Mai nach Berlin.",
        "我昨天搬到了柏林。",
        "Я живу в Москве с 2019 года.",
    ],
)
def test_a_statement_with_substance_is_a_fact(text: str) -> None:
    assert [one.kind for one in sentences(text)] == [Kind.FACT]


@pytest.mark.parametrize(
    "text",
    [
        "Hi Jon!",
        "Thanks a lot!",
        "That sounds lovely.",
        "Wow, that's amazing!",
        "Good night, Gina!",
        "🎉",
    ],
)
def test_greetings_thanks_and_praise_are_talk(text: str) -> None:
    assert [one.kind for one in sentences(text, NAMES)] == [Kind.TALK]


@pytest.mark.parametrize("text", ["When do you move?", 'Did he say "no"?', "真的吗？", "Really?!"])
def test_what_asks_is_a_question(text: str) -> None:
    assert [one.kind for one in sentences(text)] == [Kind.QUESTION]


def test_addressing_a_speaker_is_no_name_but_another_person_is() -> None:
    (addressed,) = sentences("Look, Gina, dancing.", NAMES)
    (mentioned,) = sentences("Look, Tom, dancing.", NAMES)

    assert (addressed.kind, addressed.weight) == (Kind.TALK, 1)
    assert mentioned.weight > addressed.weight


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I met Dr. Silva. He is kind.", ["I met Dr. Silva.", "He is kind."]),
        ('It is called "Freedom." We won.', ['It is called "Freedom."', "We won."]),
        ("Am 3. Mai. Ja", ["Am 3. Mai.", "Ja"]),
        ("one\ntwo", ["one", "two"]),
        ("你好。再见", ["你好。", "再见"]),
        ("3.5 litres", ["3.5 litres"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_says_so(text: str, parts: list[str]) -> None:
    assert [one.text for one in sentences(text)] == parts


@pytest.mark.parametrize(
    ("text", "leans"),
    [("She wants to visit.", True), ("I cancelled it yesterday.", True), ("I rent a flat.", False)],
)
def test_a_sentence_that_points_back_leans_on_the_one_before(text: str, *, leans: bool) -> None:
    assert sentences(text)[0].is_dependent is leans
