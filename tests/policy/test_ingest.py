import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.ingest import MAX_PASSAGE, cleaned, passages


def cut(text: str) -> list[str]:
    return [one.content for one in passages(text, 0, 10_000)]


def words(count: int) -> str:
    return " ".join(f"word{n}" for n in range(count)) + "."


def test_short_text_is_one_passage() -> None:
    assert cut("One paragraph.\n\nAnd another.") == ["One paragraph.\n\nAnd another."]


def test_section_begins_a_passage() -> None:
    assert cut("# One\n\nText.\n\n# Two\nText.") == ["# One\n\nText.", "# Two\nText."]


@pytest.mark.parametrize("heading", ["# Heading", "Heading", "Heading\n=======", "They said:"])
def test_heading_stays_with_what_it_stands_above(heading: str) -> None:
    found = cut(f"{words(90)}\n\n{heading}\n\n{words(30)}")

    assert found[-1] == f"{heading}\n\n{words(30)}"


def test_list_stays_with_the_line_above_it() -> None:
    assert cut(f"{words(90)}\n\nWe need:\n\n- tea\n- honey")[-1] == "We need:\n\n- tea\n- honey"


def test_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "This sentence has some words in it. "

    found = cut(sentence * 60)

    assert all(one.endswith("in it.") for one in found)
    assert " ".join(found) == (sentence * 60).strip()


def test_long_sentence_is_cut_between_words_and_a_long_word_anywhere() -> None:
    assert all(one.startswith("word") for one in cut(words(500)))
    assert "".join(cut("x" * 2_000)) == "x" * 2_000


def test_rules_and_blank_lines_are_no_passages() -> None:
    assert cut("\n\n---\n\n***\n \n") == []


def test_line_ends_and_nul_are_cleaned() -> None:
    assert cleaned("a\r\nb\rc\x00d") == "a\nb\ncd"


LINES = st.text(alphabet="ab .\n#-é你", max_size=3_000)


@given(text=LINES)
def test_no_passage_is_too_long_and_no_letter_is_lost(text: str) -> None:
    found = cut(text)

    assert all(0 < len(one) <= MAX_PASSAGE for one in found)
    kept = [letter for one in found for letter in one if letter.isalnum()]
    assert kept == [letter for letter in text if letter.isalnum()]


@given(text=LINES, step=st.integers(1, 3))
def test_a_text_that_is_cut_in_steps_loses_nothing(text: str, step: int) -> None:
    at, found = 0, []
    while coming := passages(text, at, step):
        assert coming[-1].end > at
        at = coming[-1].end
        found += [one.content for one in coming]

    kept = [letter for one in found for letter in one if letter.isalnum()]
    assert kept == [letter for letter in text if letter.isalnum()]
