"""Which fields have had a canary: by what was sent, wherever in a request it stood."""

from typing import Any

import pytest

from nrem.command.server import Server
from nrem.proof.canary import Form
from tests.proof.recorder import Fate, Recorder

FIELDS = frozenset(
    f"POST /v1/x/{{id}} {one}"
    for one in ("path.id", "query.q", ".a", ".b[].c", ".meta.*", ".never")
)


class _Silent(Server):
    """Answers nothing."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", "no key")

    def ask(self, *_given: Any, **_named: Any) -> Any:  # noqa: ANN401 - as it is in the class
        return {}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(api=_Silent(), admin=_Silent(), fields=FIELDS)


def test_field_is_covered_when_its_place_in_a_request_had_a_canary(recorder: Recorder) -> None:
    word = recorder.word(1, "a")

    recorder.ask(
        "POST",
        "/v1/x/{id}",
        json={"a": f"with {word} in it", "b": [{"c": "none"}, {"c": word}], "meta": {"k": [word]}},
        params={"q": word},
        id=word,
    )

    assert recorder.left() == ["POST /v1/x/{id} .never"]


@pytest.mark.parametrize("form", Form)
def test_canary_counts_in_each_form(recorder: Recorder, form: Form) -> None:
    recorder.ask("POST", "/v1/x/{id}", json={"a": recorder.word(1, "a", form=form)}, id="x")

    assert "POST /v1/x/{id} .a" not in recorder.left()


def test_name_that_a_caller_chose_counts_as_free_text(recorder: Recorder) -> None:
    recorder.ask("POST", "/v1/x/{id}", json={"meta": {recorder.word(1, "k"): 1}}, id="x")

    assert "POST /v1/x/{id} .meta.*" not in recorder.left()


def test_words_are_told_by_fate_and_person(recorder: Recorder) -> None:
    kept, never = recorder.word(1, "a"), recorder.word(1, "b", Fate.NEVER)
    recorder.word(2, "a")

    assert recorder.words(Fate.PERSON, persons=[1]) == {kept}
    assert recorder.words(Fate.NEVER, persons=[1]) == {never}
