"""Canaries: unlike each other, and traced in whatever form they lie."""

from base64 import b64encode

import pytest

from nrem.proof.canary import Form, made, of_person, traces, written

WORD = made(1, "a field").word


def test_each_person_field_and_form_has_a_word_of_its_own_and_a_seed_gives_it_again() -> None:
    asked = [(person, field, form) for person in range(20) for field in "abc" for form in Form]

    words = {made(*one).word for one in asked}

    assert len(words) == len(asked)
    assert made(1, "a").word == made(1, "a").word != made(1, "a", seed=1).word
    assert all(made(one[0], "z").word.startswith(of_person(one[0])) for one in asked)


@pytest.mark.parametrize("form", Form)
def test_what_is_planted_in_a_form_has_a_trace_of_it(form: Form) -> None:
    planted = f"Before {written(WORD, form)} after".lower().encode()

    assert any(trace in planted for trace in traces(WORD).values())


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_base64_of_a_text_has_a_trace_wherever_the_word_stands_in_it(
    before: str, encoding: str
) -> None:
    whole = b64encode(f"{before}{WORD} and more".encode(encoding)).lower()

    if encoding == "utf-16-be":
        # one byte further on it is the other order of bytes
        whole = b64encode(f"{before}{WORD} and more".encode(encoding)[1:]).lower()
    assert any(trace in whole for trace in traces(WORD).values())


def test_the_trace_of_a_beginning_is_the_beginning_of_the_trace() -> None:
    beginnings = traces(of_person(1))

    assert all(trace.startswith(beginnings[form]) for form, trace in traces(WORD).items())
