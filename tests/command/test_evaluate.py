"""`nrem eval locomo`: figures by hand, the baselines, and the command on small conversations."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from nrem.cli import app
from nrem.command import evaluate
from nrem.command.conversation import Conversation, read
from nrem.command.evaluate_baseline import Baseline
from nrem.command.evaluate_metric import MOST_RESULTS, Result, mean, measure
from nrem.config import Settings
from nrem.llm.embed_hash import HashEmbedder
from tests.api.serving import Caller
from tests.command.talk import locomo, own, written
from tests.command.test_load import working

WANTED = frozenset({"D1:3"})


def hit(tokens: float = 12.0) -> Result:
    """A result that holds the answer, of about this many tokens."""
    return Result(content="x" * int((tokens - 8) * 4), sources=("D1:3",))


def miss(tokens: float = 12.0) -> Result:
    return replace(hit(tokens), sources=("D9:9",))


@pytest.mark.parametrize(
    ("before", "expected"),
    [(0, (1, 1, 1)), (4, (1, 1, 1 / 5)), (5, (0, 1, 1 / 6)), (9, (0, 1, 1 / 10))],
)
def test_hit_counts_up_to_its_rank(before: int, expected: tuple[float, float, float]) -> None:
    found = measure([*[miss()] * before, hit()], WANTED)

    assert (found["hit@5"], found["hit@10"], found["mrr"]) == expected


def test_hit_behind_the_tenth_counts_for_mrr_alone() -> None:
    found = measure([*[miss()] * 10, hit()], WANTED)

    assert (found["hit@10"], found["mrr"]) == (0, 1 / 11)


@pytest.mark.parametrize(
    ("tokens", "within"), [(256, 4), (256.25, 3), (512, 3), (512.25, 2), (1024.25, 1), (2048.25, 0)]
)
def test_hit_counts_within_the_tokens_it_fits_into(tokens: float, within: int) -> None:
    found = measure([hit(tokens)], WANTED)

    fits = [found[f"hit@{most}t"] for most in (256, 512, 1024, 2048)]
    assert sum(fits) == within
    assert fits == sorted(fits)


@pytest.mark.parametrize(("first", "counts"), [(244, 1), (244.25, 0)])
def test_results_before_the_hit_take_their_tokens(first: float, counts: int) -> None:
    assert measure([miss(first), hit(12)], WANTED)["hit@256t"] == counts


@pytest.mark.parametrize(
    ("characters", "sources", "tokens"),
    [(100, 1, 33), (15, 1, 12), (16, 1, 12), (17, 1, 12.25), (64, 2, 24), (65, 2, 24.25)],
)
def test_result_costs_its_words_or_its_sources(
    characters: int, sources: int, tokens: float
) -> None:
    assert Result(content="x" * characters, sources=("D1:3",) * sources).tokens == tokens


@pytest.mark.parametrize(("sources", "counts"), [(5, 1), (6, 0)])
def test_result_that_cites_a_whole_session_is_no_evidence(sources: int, counts: int) -> None:
    cited = tuple(f"D1:{n}" for n in range(1, sources + 1))

    assert measure([Result(content="summary", sources=cited)], WANTED)["hit@5"] == counts


def test_nothing_found_is_worth_nothing() -> None:
    assert set(measure([], WANTED).values()) == {0.0}
    assert set(measure([miss()], WANTED).values()) == {0.0}


def test_asked_for_results_fill_the_largest_budget() -> None:
    cheapest = Result(content="", sources=("D1:1",))

    assert MOST_RESULTS * cheapest.tokens <= 2048 < (MOST_RESULTS + 1) * cheapest.tokens


def test_mean_is_of_each_figure() -> None:
    assert mean([{"a": 1.0, "b": 0.0}, {"a": 0.0, "b": 0.0}, {"a": 0.0, "b": 1.0}]) == {
        "a": 0.3333,
        "b": 0.3333,
    }
    assert mean([]) == {}


@pytest.fixture
def talk(tmp_path: Path) -> Conversation:
    return read(written(tmp_path, locomo()))


def test_baselines_rank_every_turn_once(talk: Conversation) -> None:
    ((by_vector, fused),) = Baseline(talk, HashEmbedder()).answer(["What is the parrot called?"])

    said = sorted(turn.turn_id for session in talk.sessions for turn in session.turns)
    assert sorted(source for one in by_vector for source in one.sources) == said
    assert sorted(source for one in fused for source in one.sources) == said
    assert {by_vector[0].sources[0], by_vector[1].sources[0]} == {"D2:1", "D10:1"}
    assert fused[0].content.startswith("Mira: I adopted a grey parrot")


def test_vector_baseline_is_in_the_order_of_cosines(talk: Conversation) -> None:
    question, embedder = "Who moved to Lisbon?", HashEmbedder()
    asked = embedder.embed_query(question)

    ((by_vector, _),) = Baseline(talk, embedder).answer([question])

    cosines = [
        sum(a * b for a, b in zip(asked, embedder.embed_query(one.content), strict=True))
        for one in by_vector
    ]
    assert cosines == sorted(cosines, reverse=True)


def test_words_lift_a_turn_in_the_fused_baseline(talk: Conversation) -> None:
    class Blind(HashEmbedder):
        """Sees no difference between texts."""

        def embed(self, texts: object) -> list[list[float]]:
            return [[1.0, 0.0] for _ in list(texts)]  # type: ignore[call-overload]

    ((by_vector, fused),) = Baseline(talk, Blind()).answer(["Lisbon"])

    assert [one.sources[0] for one in by_vector] == ["D2:1", "D2:2", "D2:3", "D10:1"]
    assert [one.sources[0] for one in fused] == ["D2:1", "D2:3", "D2:2", "D10:1"]


def test_question_counts_when_a_turn_holds_its_answer(tmp_path: Path) -> None:
    value = locomo()
    value["qa"] += [
        {"question": "Dangling?", "evidence": ["D77:1"], "category": 2},
        {"question": "None named?", "evidence": [], "category": 4},
        {"question": "A trap?", "evidence": ["D2:1"], "category": 5},
        {"question": "One of two?", "evidence": ["D2:1", "D77:1"], "category": 3},
    ]

    found = evaluate.counted(read(written(tmp_path, value)))

    assert [one.text for one in found] == ["What is the parrot called?", "One of two?"]


@pytest.mark.parametrize(
    ("at_512", "at_1024", "holds"),
    [(0.51, 0.61, True), (0.5, 0.61, False), (0.51, 0.6, False)],
)
def test_recall_must_be_above_the_vector_baseline(
    at_512: float,
    at_1024: float,
    holds: bool,  # noqa: FBT001
) -> None:
    found = {
        "recall": {"hit@512t": at_512, "hit@1024t": at_1024},
        "baseline_vector": {"hit@512t": 0.5, "hit@1024t": 0.6},
    }

    assert evaluate.holds(found) is holds


def test_file_without_a_question_that_counts_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = written(tmp_path, locomo() | {"qa": []})

    done = CliRunner().invoke(app, ["eval", "locomo", str(path), "--json"])

    assert done.exit_code == 2
    assert str(path) in done.stderr
    assert done.stdout == ""


def _run(*arguments: str) -> tuple[int, list[str], str]:
    """Exit code, lines of stdout without the passes' log lines, and stderr."""
    done = CliRunner().invoke(app, ["eval", "locomo", *arguments])
    lines = [line for line in done.stdout.splitlines() if line and "[info" not in line]
    return done.exit_code, lines, done.stderr


def _figures(*paths: Path) -> tuple[int, dict[str, Any], str]:
    code, (line,), told = _run(*map(str, paths), "--json")
    return code, json.loads(line), told


@pytest.fixture
def worked(settings: Settings, caller: Caller) -> Iterator[None]:
    with working(caller):
        yield


def test_command_prints_one_object_of_figures(
    settings: Settings, worked: None, tmp_path: Path
) -> None:
    paths = (written(tmp_path, locomo()), written(tmp_path, own(), "own.json"))

    code, found, told = _figures(*paths)

    assert (found["files"], found["questions"]) == (2, 2)
    for way in evaluate.WAYS:
        assert list(found[way]) == [
            *("hit@5", "hit@10", "mrr", "hit@256t", "hit@512t", "hit@1024t", "hit@2048t"),
        ]
    assert found["recall"]["hit@5"] == 1
    assert found["consolidated"]["hit@5"] == 1
    assert {key: its["questions"] for key, its in found["by_category"].items()} == {"0": 1, "1": 1}
    assert found["compression"] > 0
    # On so little, plain search finds everything too, and equal is not above.
    assert code == 1
    assert "asking 1 questions about talk-1" in told


def test_table_names_every_way_and_figure(settings: Settings, worked: None, tmp_path: Path) -> None:
    _, lines, _ = _run(str(written(tmp_path, locomo())))

    rows = [line.split() for line in lines]
    assert rows[0][:2] == ["1", "questions"]
    assert rows[1][0] == "hit@5"
    assert [row[0] for row in rows[2:6]] == list(evaluate.WAYS)
    assert len({len(row) for row in rows[2:6]}) == 1


def test_evaluating_twice_gives_the_same(settings: Settings, worked: None, tmp_path: Path) -> None:
    path = written(tmp_path, locomo())
    _, first, _ = _figures(path)

    _, again, _ = _figures(path)

    assert {**again, "elapsed_s": 0} == {**first, "elapsed_s": 0}
