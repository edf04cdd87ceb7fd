from collections.abc import Sequence
from itertools import permutations

import pytest

from nrem.policy.drift import MAX_PROBES, Drift, drift, joined, probe, probes, words_of
from nrem.policy.params_drift import DriftPolicy

POLICY = DriftPolicy()
SAID = "Melanie: I moved to Graz on 3 May 2023 with my dog Pepper."


def after(statements: Sequence[str], *rows: str, policy: DriftPolicy = POLICY) -> Drift:
    return drift(probes(statements), [words_of(one) for one in rows], policy)


def lost(statement: str, *rows: str) -> bool:
    return bool(after([statement], *rows).lost)


@pytest.mark.parametrize(
    "statement",
    [
        SAID,
        "User: I'm allergic to peanuts.",
        "Caroline: Do you have pets? Melanie: yes, a cat named Oliver.",
        "我住在北京的一个小公寓里。",
        "Я переехала в Грац в мае 2023 года.",
        "I ran 5 km yesterday (7 May 2023).",
    ],
)
def test_statement_answers_its_own_probe(statement: str) -> None:
    found = after([statement], statement)

    assert (found.asked, found.lost, found.is_rejected) == (1, (), False)


@pytest.mark.parametrize(
    "row",
    [
        "Melanie moved to Graz on 3 May 2023, together with her dog Pepper.",
        "On 2023-05-03 Melanie moved to Graz with a dog called Pepper.",
    ],
)
def test_other_words_answer_where_names_numbers_and_most_words_stand(row: str) -> None:
    assert not lost(SAID, row)


@pytest.mark.parametrize(
    "row",
    [
        "Melanie moved to Linz on 3 May 2023 with her dog Pepper.",
        "Melanie moved to Graz on 4 May 2023 with her dog Pepper.",
        "Melanie moved to Graz on 3 May 2023.",
        "Melanie moved to Graz with her dog Pepper.",
        "Melanie likes dogs.",
    ],
)
def test_name_number_or_date_that_is_gone_is_lost(row: str) -> None:
    assert lost(SAID, row)


def test_half_of_two_facts_is_lost_where_neither_has_a_name() -> None:
    said = "My sister is a nurse and my brother paints houses."

    assert lost(said, "The sister is a nurse.")
    assert not lost(said, "A sister is a nurse, a brother paints houses.")


def test_answer_may_be_told_in_several_rows_of_the_matter() -> None:
    rows = "Melanie moved to Graz on 3 May 2023.", "Melanie moved with the dog Pepper."

    assert not lost(SAID, *rows)


def test_answer_in_rows_of_another_matter_is_none() -> None:
    said = "I adopted a grey kitten with white paws at the shelter, named Luna."
    rows = "I adopted a grey kitten with white paws at the shelter.", "Luna Park opens at nine."

    assert lost(said, *rows)


def test_date_that_was_counted_may_be_worded_otherwise() -> None:
    said = "I swam in the lake last week (week of 1 May 2023)."

    assert not lost(said, "The user swam in the lake at the start of May 2023.")
    assert lost(said, "The user swam in the lake.")


def test_name_of_a_speaker_is_not_asked_for() -> None:
    made = probe(1, "Ada: I showed Melanie my pottery bowl.", frozenset({"melani"}))

    assert made is not None
    assert "melani" not in made.words | made.answer


def test_statement_that_tells_nothing_has_no_probe() -> None:
    assert probe(1, "User: It is what it is.") is None


def test_order_of_the_rows_does_not_matter() -> None:
    rows = ["Ada moved to Graz.", "Pepper is a dog.", "Ada moved on 3 May 2023.", "Ada has a dog."]

    found = {after([SAID], *order).lost for order in permutations(rows)}

    assert len(found) == 1


def test_lost_probes_are_numbered_in_their_order() -> None:
    said = ["I live in Graz.", "I have a dog named Pepper.", "My sister Jana is a nurse."]

    found = after(said, said[1])

    assert found.record() == {"asked": 3, "lost": [1, 3]}


@pytest.mark.parametrize(("share", "is_rejected"), [(0.0, True), (0.49, True), (0.5, False)])
def test_share_that_may_be_lost_is_a_setting(share: float, is_rejected: bool) -> None:  # noqa: FBT001
    said = ["I live in Graz.", "I have a dog named Pepper."]

    found = after(said, said[0], policy=DriftPolicy(max_lost_share=share))

    assert found.is_rejected is is_rejected


def test_without_a_probe_nothing_is_rejected() -> None:
    assert after([], "I live in Graz.") == Drift(asked=0, lost=(), is_rejected=False)


def test_no_more_probes_are_made_than_are_asked() -> None:
    said = [f"I own {at} red bicycles." for at in range(2, MAX_PROBES + 10)]

    assert len(probes(said)) == MAX_PROBES


def test_parts_of_a_run_are_numbered_on_and_rejected_together() -> None:
    first = after(["I live in Graz."], "I live in Graz.")
    second = after(["I live in Linz.", "I like tea."], "I like tea.")

    found = joined([first, second])

    assert (found.record(), found.is_rejected) == ({"asked": 3, "lost": [2]}, True)
