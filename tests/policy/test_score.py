"""Importance: what tells more about a person scores higher, in the same way every time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrem.policy.model import MemoryType, Role
from nrem.policy.params import ScorePolicy
from nrem.policy.score import (
    MAX_CHARACTERS,
    MAX_TELLING,
    Score,
    compared,
    contributions,
    score,
    telling,
)

anything = st.text(st.characters())
types = st.sampled_from(MemoryType)
roles = st.none() | st.sampled_from(Role)
weight = st.floats(0.0, 1.0)


def scored(text: str, role: Role | None = Role.USER) -> Score:
    return score(text, memory_type=MemoryType.WORKING, role=role)


@given(text=anything, memory_type=types, role=roles)
def test_importance_and_features_lie_between_0_and_1(
    text: str, memory_type: MemoryType, role: Role | None
) -> None:
    found = score(text, memory_type=memory_type, role=role)

    assert 0.0 <= found.importance <= 1.0
    assert all(0.0 <= value <= 1.0 for value in found.features.values())


@given(text=anything, base=weight, remember=weight, filler=weight)
def test_importance_stays_in_range_under_any_weights(
    text: str, base: float, remember: float, filler: float
) -> None:
    weights = ScorePolicy(base=base, remember=remember, filler_penalty=filler, length=1.0)

    assert 0.0 <= score(text, memory_type=MemoryType.SEMANTIC, weights=weights).importance <= 1.0


@given(text=anything, role=roles)
def test_the_same_text_scores_the_same(text: str, role: Role | None) -> None:
    assert scored(text, role) == scored(text, role)


def test_every_feature_has_a_weight_in_the_policy() -> None:
    features = scored("text").features

    assert set(ScorePolicy.__dataclass_fields__) == {"base"} | {
        f"{name}_penalty" if name in {"filler", "question"} else name for name in features
    }


@given(text=anything, memory_type=types, role=roles, overlap=weight)
def test_contributions_and_base_add_up_to_the_importance(
    text: str, memory_type: MemoryType, role: Role | None, overlap: float
) -> None:
    weights = ScorePolicy(base=0.2, novelty=0.3, filler_penalty=0.9)
    found = score(text, memory_type=memory_type, role=role, overlap=overlap, weights=weights)

    parts = contributions(found.features, weights)

    total = weights.base + sum(one.contribution for one in parts)
    assert found.importance == pytest.approx(min(max(total, 0.0), 1.0), abs=1e-12)
    assert {one.name for one in parts if one.weight < 0} == {"filler", "question"}


@given(text=anything, overlap=weight, is_given=st.booleans())
def test_what_is_kept_of_a_score_gives_the_same_importance(
    text: str, overlap: float, *, is_given: bool
) -> None:
    found = score(text, memory_type=MemoryType.SEMANTIC, overlap=overlap)

    kept = json.loads(json.dumps(found.record(is_given=is_given), sort_keys=True))

    assert kept["given"] is is_given
    assert 0.0 not in kept["features"].values()
    assert Score.of_record(kept).importance == found.importance == kept["importance"]


def test_what_is_known_already_scores_lower() -> None:
    text = "We decided to move to Berlin in June 2024."

    new, half, repeat = (
        score(text, memory_type=MemoryType.EPISODIC, overlap=overlap) for overlap in (0.0, 0.5, 1.0)
    )

    assert [one.features["novelty"] for one in (new, half, repeat)] == [1.0, 0.5, 0.0]
    assert new.importance > half.importance > repeat.importance


@given(text=anything, overlap=weight)
def test_comparing_later_gives_the_same_as_at_once(text: str, overlap: float) -> None:
    at_once = score(text, memory_type=MemoryType.EPISODIC, overlap=overlap)

    assert compared(score(text, memory_type=MemoryType.EPISODIC), overlap) == at_once


@pytest.mark.parametrize("text", ["", "😀", "ok, thanks!", "it is what it is"])
def test_a_text_without_telling_words_is_not_new(text: str) -> None:
    assert telling(text) == frozenset()
    assert scored(text).features["novelty"] == 0.0


def test_a_long_statement_is_known_by_its_first_words() -> None:
    words = [f"{number}" for number in range(MAX_TELLING + 1)]

    assert telling(" ".join(words)) == set(words[:MAX_TELLING])


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        ("length", "granite paving covers the narrow courtyard"),
        ("numbers", "it costs 40 coins"),
        ("dates", "it happened on 3 May 1980"),
        ("dates", "we met yesterday"),
        ("dates", "2024年5月3日"),
        ("names", "then Anna met Пётр"),
        ("identity", "I'm a nurse"),
        ("identity", "my daughter sings"),
        ("preference", "I prefer tea"),
        ("preference", "she is allergic to nuts"),
        ("commitment", "we decided to move"),
        ("commitment", "I'll call them"),
        ("emotion", "that made me so proud"),
        ("remember", "please remember the code"),
        ("remember", "不要忘了,请记住"),
        ("remember", "запомни это"),
        ("filler", "thanks, bye!"),
        ("filler", "привет"),
        ("question", "where is it?"),
        ("question", "どこですか？"),
    ],
)
def test_a_feature_is_seen(feature: str, text: str) -> None:
    assert scored(text).features[feature] > 0.0


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        ("names", "привет мир как дела"),
        ("names", "then I'm off and I’ll call"),
        ("dates", "i may call"),
        ("remember", "i do not remember"),
        ("filler", "granite paving"),
        ("question", "where it is."),
    ],
)
def test_a_feature_is_not_imagined(feature: str, text: str) -> None:
    assert scored(text).features[feature] == 0.0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Where is it?", 1.0),
        ("Here it is. Where was it?", 0.5),
        ("Where was it?! Here it is", 0.5),
        ("It is here", 0.0),
    ],
)
def test_only_sentences_that_ask_count_as_questions(text: str, share: float) -> None:
    assert scored(text).features["question"] == share


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("I am allergic to peanuts.", "Hi, good to see you!"),
        ("We decided to move to Berlin in June 2024.", "We decided to move."),
        ("Please remember that my code is 4711.", "My code is 4711."),
        ("My sister Anna lives in Oslo.", "How are you?"),
        ("Ich wohne seit 2019 in Hamburg mit Anna.", "Hallo!"),
        ("我的女儿2015年5月3日出生在上海。", "你好!"),
        ("Моя дочь Анна родилась 3 мая 2015 года.", "Привет, спасибо!"),
        ("She studies geology in Leeds.", "Does she study geology in Leeds?"),
    ],
)
def test_what_tells_more_scores_higher(more: str, less: str) -> None:
    assert scored(more).importance > scored(less).importance


@pytest.mark.parametrize("text", ["Hi!", "ok", "Thanks, bye!", "lol", "", "😀", "!!!", "你好"])
def test_greetings_and_empty_texts_weigh_next_to_nothing(text: str) -> None:
    assert scored(text).importance < 0.05


def test_what_the_user_said_counts_more_than_what_a_tool_returned() -> None:
    text = "The invoice is due on 3 May."

    assert scored(text, Role.USER).importance > scored(text, Role.TOOL).importance


def test_a_distilled_fact_counts_more_than_a_passing_note() -> None:
    text = "The invoice is due on 3 May."

    semantic = score(text, memory_type=MemoryType.SEMANTIC)

    assert semantic.importance > score(text, memory_type=MemoryType.WORKING).importance


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    start = "word " * (MAX_CHARACTERS // 5)

    assert scored(start + "I am allergic to 3 nuts") == scored(start)


# Half a second each; a rule whose time grew with the square of the text would take minutes.
@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["a ", "1", "may ", "Anna ", "i ", "?", "no ", "\u0301", "a-"])
def test_a_long_text_is_no_trouble(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nrem.policy.score.MAX_CHARACTERS", 400_000)

    assert scored(unit * 400_000).importance <= 1.0
