"""The index's view of text: the same for writing and asking, in every script, for any string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.text import (
    FUNCTION_WORDS,
    MAX_LEXEME,
    MAX_QUERY_LEXEMES,
    fingerprint_text,
    lexemes,
    normalize,
    query_lexemes,
    token_estimate,
)

# Hypothesis leaves lone surrogates out unless asked; they arrive from JSON all the same.
anything = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Two\t\nlines ", "two lines"),
        ("CAFÉ", "cafe"),
        ("Straße", "strasse"),
        ("Ælfgar Øster Łódź", "aelfgar oster lodz"),
        ("Ёлка", "елка"),
        ("йод", "йод"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("don’t", "don't"),
        ("don´t", "don't"),
        ("a\x00b", "a b"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_normalising_folds_what_readers_take_for_the_same(text: str, normal: str) -> None:
    assert normalize(text) == normal


@given(text=anything)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalize(text)

    assert normalize(once) == once


@given(text=anything)
def test_lexemes_are_those_of_the_normal_form(text: str) -> None:
    assert lexemes(normalize(text)) == lexemes(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Caroline's café", {"carolin": 1, "cafe": 1}),
        ("O'Brien met D’Angelo", {"obrien": 1, "met": 1, "angelo": 1}),
        ("L'été à l'école", {"ete": 1, "a": 1, "ecol": 1}),
        ("in 2023, 3.5 kg", {"in": 1, "2023": 1, "3.5": 1, "kg": 1}),
        ("3.5kg for 1,000 euros", {"3.5": 1, "kg": 1, "for": 1, "1000": 1, "euro": 1}),
        ("Мы любим ёлки, ёлки!", {"мы": 1, "любим": 1, "елки": 2}),
        ("東京都に", {"東京": 1, "京都": 1, "都に": 1}),
        ("猫", {"猫": 1}),
        ("한국어 책", {"한국": 1, "국어": 1, "책": 1}),
        ("我在Berlin住", {"我在": 1, "berlin": 1, "住": 1}),
        ("हिन्दी में", {"हिन्दी": 1, "में": 1}),
        ("😀 🎉 !!! -- _", {}),
        ("", {}),
        ("\ud800\x00", {}),
    ],
)
def test_lexemes_of_each_script(text: str, expected: dict[str, int]) -> None:
    assert lexemes(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        "hike hikes hiked hiking",
        "plan plans planned planning",
        "decide decides decided deciding",
        "study studies studied studying",
        "church churches",
        "movie movies",
        "die dies died",
        "care cares cared caring",
        "agree agrees agreed agreeing",
        "speed speeds",
        "James James's",
        "visit visits visited visiting",
        "fall falls falling",
        "create creates created creating",
    ],
)
def test_the_forms_of_an_english_word_meet(family: str) -> None:
    assert len(lexemes(family)) == 1


@pytest.mark.parametrize(
    "pair", ["care car", "hope hop", "us use", "thing th", "red r", "speed spee", "paris pari"]
)
def test_stemming_keeps_short_words_apart(pair: str) -> None:
    assert len(lexemes(pair)) == len(pair.split())


@given(text=anything)
def test_a_lexeme_is_never_empty_and_never_too_long(text: str) -> None:
    assert all(0 < len(lexeme) <= MAX_LEXEME for lexeme in lexemes(text))


def test_a_lexeme_is_cut_at_its_limit() -> None:
    assert list(lexemes("я" * MAX_LEXEME)) == ["я" * MAX_LEXEME]
    assert list(lexemes("я" * (MAX_LEXEME + 1))) == ["я" * MAX_LEXEME]
    assert list(lexemes("7" * 1000)) == ["7" * MAX_LEXEME]


# A fifth of a second each; a rule whose time grew with the square of the text would take minutes.
@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["word ", "a'", "1,", "東", "é", "z", "\u0301", "'", "ing"])
def test_a_long_text_is_no_trouble(unit: str) -> None:
    assert sum(lexemes(unit * 400_000).values()) <= 400_000


def test_a_query_keeps_its_function_words_for_the_ranking_to_judge() -> None:
    found = query_lexemes("When did she go to the support group?")

    assert list(found) == ["when", "did", "she", "go", "to", "the", "support", "group"]
    assert set(found) - FUNCTION_WORDS == {"go", "support", "group"}


def test_a_query_is_bounded() -> None:
    words = " ".join(f"w{number}" for number in range(MAX_QUERY_LEXEMES + 1))

    assert len(query_lexemes(words)) == MAX_QUERY_LEXEMES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I like tea.", "i LIKE  tea"),
        ("I like tea!", "I like tea."),
        ("don't", "don’t"),
        ("ｔｅａ", "tea"),
    ],
)
def test_equal_content_has_one_fingerprint(one: str, other: str) -> None:
    assert fingerprint_text(one) == fingerprint_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You like tea?", "You like tea."),
        ("un año", "un ano"),
        ("3.5 kg", "35 kg"),
        ("C", "C++"),
        ("!", ""),
    ],
)
def test_different_content_has_different_fingerprints(one: str, other: str) -> None:
    assert fingerprint_text(one) != fingerprint_text(other)


@given(text=anything)
def test_a_fingerprint_is_its_own_fingerprint(text: str) -> None:
    once = fingerprint_text(text)

    assert fingerprint_text(once) == once


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("sevenab", 2), ("eight ab", 3), ("東京都", 3), ("東京 tokyo!", 4)],
)
def test_tokens_are_estimated_by_script(text: str, tokens: int) -> None:
    assert token_estimate(text) == tokens
