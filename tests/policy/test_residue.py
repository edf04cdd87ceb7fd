"""How a text repeats another one, told by digests."""

import pytest

from nrem.policy.residue import VOCABULARY, Kind, Traces, texts

SAID = "My sister Olga plays the cello in Porto"


def _of(*said: str) -> Traces:
    found = Traces(key=b"k" * 32)
    for one in said:
        found.say(one)
    return found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SAID, Kind.EXACT),
        (SAID.upper(), Kind.NORMALISED),
        (f"{SAID}.", Kind.NORMALISED),
        ("He heard that Olga plays the cello in secret", Kind.NGRAM),
        ("Olga plays the cello", None),
        ("My brother plays the cello in Porto", Kind.NGRAM),
        ("My brother plays a cello in Porto", None),
        ("", None),
    ],
)
def test_text_is_found_by_what_it_shares(text: str, kind: Kind | None) -> None:
    assert _of(SAID).find(text, is_touched=False) is kind


def test_text_without_spaces_is_found_by_a_run_of_characters() -> None:
    said = "私の妹はポルトでチェロを弾いています"

    assert _of(said).find(f"昨日{said[2:14]}と聞いた", is_touched=False) is Kind.NGRAM
    assert _of(said).find(f"昨日{said[2:11]}と聞いた", is_touched=False) is None


def test_what_others_say_is_spared_and_single_words_of_it() -> None:
    found = _of(SAID, "Olga", "Nobody else says these five words")
    found.spare(f"They told me: {SAID}")

    assert found.find("Olga", is_touched=True) is None
    assert found.find("she said that Olga plays the cello", is_touched=True) is None
    assert found.find("nobody else says these five words!", is_touched=True) is Kind.NORMALISED


def test_what_a_pass_wrote_counts_only_where_somebodys_words_went() -> None:
    found = _of()
    found.make("The user has a sister.")
    found.make("Noted.")

    assert found.find("the user has a sister", is_touched=True) is Kind.NORMALISED
    assert found.find("the user has a sister", is_touched=False) is None
    assert found.find("Noted.", is_touched=True) is None


def test_codes_are_looked_for_by_nobody() -> None:
    assert not any(_of(code).find(code, is_touched=True) for code in VOCABULARY)


def test_traces_are_the_same_after_they_were_kept() -> None:
    found = _of(SAID)
    found.make("The user has a sister.")

    assert Traces.of_json(found.as_json()) == found


def test_another_key_finds_nothing() -> None:
    kept = _of(SAID).as_json() | {"key": (b"l" * 32).hex()}

    assert Traces.of_json(kept).find(SAID, is_touched=True) is None


def test_texts_of_a_value_are_all_of_it_and_names_where_callers_choose_them() -> None:
    value = {"content": "a", "metadata": {"b": ["c", {"d": 1}]}, "n": None}

    assert list(texts(value, with_keys=False)) == ["a", "b", "c", "d"]
    assert list(texts({"b": "c"}, with_keys=True)) == ["b", "c"]
