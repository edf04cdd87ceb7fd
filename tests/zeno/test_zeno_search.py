"""Search of memories, on Zeno's stores and on ours: what is found, in which order, how near."""

import pytest

from tests.zeno.memories import LISBON, OAT, Memories, all_three


@all_three()
@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(memories: Memories, k: int) -> None:
    with pytest.raises(ValueError, match="k must be >= 1"):
        memories.search("oat", k)


@all_three()
@pytest.mark.parametrize("query", ["", "   ", "?!"])
def test_query_without_words_finds_nothing(memories: Memories, query: str) -> None:
    memories.add(OAT)

    assert memories.search(query) == []


@all_three()
def test_nobody_finds_what_is_anothers(memories: Memories) -> None:
    memories.add(OAT, user="ana")

    assert memories.texts("oat", user="bob") == []


@all_three()
def test_best_comes_first(memories: Memories) -> None:
    memories.add("tea with milk")
    memories.clock.seconds += 1
    memories.add("tea without anything")

    assert memories.texts("tea milk")[0] == "tea with milk"


@all_three()
def test_of_equals_the_newest_comes_first(memories: Memories) -> None:
    for text in ("tea one", "tea two", "tea three"):
        memories.add(text)
        memories.clock.seconds += 1

    assert memories.texts("tea") == ["tea three", "tea two", "tea one"]


@all_three()
def test_no_more_than_k_are_found(memories: Memories) -> None:
    for number in range(7):
        memories.add(f"tea number {number}")

    assert len(memories.texts("tea")) == 5
    assert len(memories.texts("tea", 1)) == 1


@all_three()
def test_archived_memories_are_never_found(memories: Memories) -> None:
    memories.add(OAT)
    memories.add("The user likes oat cakes")
    memories.archive(OAT)

    assert memories.texts("oat") == ["The user likes oat cakes"]


@all_three("[B17] the score is a count of words")
def test_scores_lie_between_nothing_and_one(memories: Memories) -> None:
    memories.add(OAT)
    memories.add("Milk, oat, coffee and the user: all that is preferred, and much more of it")

    scores = [hit.score for hit in memories.search("oat milk in coffee for the user")]

    assert len(scores) == 2
    assert all(0.0 < score <= 1.0 for score in scores)


@all_three("[B17] the score is a count of words")
@pytest.mark.parametrize("text", [OAT, LISBON, "Пользователь любит чай", "用户喜欢喝绿茶"])
def test_memory_asked_in_its_own_words_scores_one(memories: Memories, text: str) -> None:
    memories.add(text)

    (hit,) = memories.search(text)

    assert hit.score == pytest.approx(1.0, abs=1e-3)


@all_three("[B17] the score is a count of words")
@pytest.mark.parametrize(
    "query", ["oat milk", "prefers coffee", "What milk does the user prefer in coffee?"]
)
def test_words_of_a_memory_pass_the_threshold_of_injection(memories: Memories, query: str) -> None:
    memories.add(OAT)
    memories.add("A dog")

    (hit, *_) = memories.search(query)

    assert hit.text == OAT
    assert 0.65 <= hit.score <= 1.0


@all_three("[B16] only letters of ASCII are words")
@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Пользователь живёт в Москве", "МОСКВЕ"),
        ("用户喜欢喝绿茶", "绿茶"),
        ("ユーザーは東京に住んでいます", "東京"),
        ("Der Nutzer wohnt in Straßburg", "STRASSBURG"),
        ("Ela mora em São Tomé", "sao tome"),
        ("المستخدم يحب القهوة", "القهوة"),
    ],
)
def test_search_works_in_any_script(memories: Memories, text: str, query: str) -> None:
    memories.add("Something else 12")
    memories.add(text)

    assert memories.texts(query)[:1] == [text]


@all_three("[B15] part of a word is a hit")
def test_part_of_a_word_is_no_hit(memories: Memories) -> None:
    memories.add("The user gave a party")

    memories.search("art")

    assert memories.search("party")[0].meta["hit_count"] == 0


@all_three("[B15] a word that stands in every sentence is a hit")
def test_function_word_is_no_hit(memories: Memories) -> None:
    memories.add("The user gave a party")

    memories.search("What is the answer to a question?")

    assert memories.search("party")[0].meta["hit_count"] == 0
