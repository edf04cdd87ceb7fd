from importlib.machinery import ModuleSpec
from math import isclose, sqrt
from pathlib import Path

import pytest

from nrem.errors import ConfigError
from nrem.llm import embed
from nrem.llm.embed import Embedder, MiniLMEmbedder, load_embedder
from nrem.llm.embed_hash import HashEmbedder

TEXTS = ["I moved to Porto.", "", "My new flat is in Portugal now.", "Пёс ест. 犬", "long " * 400]


@pytest.fixture(params=["hash", "minilm"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return load_embedder(request.param)


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_every_text_gets_a_vector_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed(TEXTS)

    assert [len(one) for one in vectors] == [embedder.dimensions] * len(TEXTS)
    assert all(isclose(sqrt(cosine(one, one)), 1.0, abs_tol=1e-5) for one in vectors)
    assert embedder.embed([]) == []


def test_a_vector_does_not_depend_on_its_neighbours(embedder: Embedder) -> None:
    together = embedder.embed(TEXTS)

    for text, vector in zip(TEXTS, together, strict=True):
        assert embedder.embed([text])[0] == pytest.approx(vector, abs=1e-5)
        assert embedder.embed_query(text) == pytest.approx(vector, abs=1e-5)


def test_a_caller_cannot_spoil_the_remembered_vector(embedder: Embedder) -> None:
    first = embedder.embed_query("hello")
    expected = list(first)
    first[0] = 9.0

    assert embedder.embed_query("hello") == expected


def test_meaning_is_nearer_than_chance() -> None:
    moved, _, flat, dog, _ = MiniLMEmbedder().embed(TEXTS)

    assert cosine(moved, flat) > 0.4 > cosine(moved, dog)


def test_shared_words_are_nearer_without_a_model() -> None:
    one, same, other = HashEmbedder().embed(["My dog Rex", "Rex is a dog", "We sail boats"])

    assert cosine(one, same) > 0.5 > cosine(one, other)


def test_the_hash_is_the_same_on_every_machine() -> None:
    vector = HashEmbedder().embed_query("Rex")

    (largest,) = [at for at, value in enumerate(vector) if abs(value) > 0.8]
    assert (largest, vector[largest] > 0) == (117, True)


def test_auto_takes_the_model_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(load_embedder(), MiniLMEmbedder)

    monkeypatch.setattr(embed, "find_spec", lambda _name: None)

    assert isinstance(load_embedder(), HashEmbedder)
    with pytest.raises(ConfigError, match="not installed"):
        load_embedder("minilm")


def test_another_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="auto, minilm or hash"):
        load_embedder("other")


def test_a_file_that_was_not_reviewed_is_never_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"another model")
    tokenizer = tmp_path / "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
    tokenizer.parent.mkdir(parents=True)
    tokenizer.write_bytes(b"{}")

    def found(name: str) -> ModuleSpec:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(tmp_path)]
        return spec

    monkeypatch.setattr(embed, "find_spec", found)

    with pytest.raises(ConfigError, match="not the reviewed file"):
        load_embedder("auto").embed(["hello"])


def test_a_missing_data_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def found(name: str) -> ModuleSpec:
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(tmp_path)]
        return spec

    monkeypatch.setattr(embed, "find_spec", found)

    with pytest.raises(ConfigError, match=r"cannot read .*tokenizer\.json"):
        MiniLMEmbedder().embed(["hello"])
