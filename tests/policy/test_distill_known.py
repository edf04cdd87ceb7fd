from nrem.llm.embed_hash import HashEmbedder
from nrem.policy.distill import Memo
from nrem.policy.distill_known import Known, fresh, text_key
from nrem.policy.params import ConsolidatePolicy
from tests.policy.test_distill import source

POLICY = ConsolidatePolicy()


def memo(number: int, content: str, *, is_summary: bool = False) -> tuple[Memo, list[float]]:
    made = Memo(
        subject_id=1,
        content=content,
        sources=(source(number, content),),
        importance=0.5,
        is_summary=is_summary,
    )
    return made, HashEmbedder().embed([content])[0]


def known(content: str, *, subject: int = 1) -> Known:
    (vector,) = HashEmbedder().embed([content])
    return Known(subject_id=subject, content=content, vector=vector)


def kept(*memos: tuple[Memo, list[float]], **against: object) -> list[str]:
    given = {"known": (), "said": frozenset(), "policy": POLICY, **against}
    return [one.content for one, _ in fresh(memos, **given)]  # type: ignore[arg-type]


def test_new_facts_keep_their_order() -> None:
    assert kept(memo(1, "I like tea."), memo(2, "Ana lives in Porto now.")) == [
        "I like tea.",
        "Ana lives in Porto now.",
    ]


def test_what_is_known_in_these_words_is_left_out() -> None:
    assert kept(memo(1, "I like tea."), said=frozenset({text_key(1, "i like  tea")})) == []
    assert kept(memo(1, "I like tea."), said=frozenset({text_key(2, "i like  tea")})) != []


def test_near_duplicate_of_something_known_is_left_out() -> None:
    told = memo(1, "Ana is allergic to peanuts.")

    assert kept(told, known=[known("Ana is really allergic to peanuts.")]) == []
    assert kept(told, known=[known("Ana is not allergic to peanuts.")]) != []
    assert kept(told, known=[known("Ana is really allergic to peanuts.", subject=2)]) != []


def test_repeat_within_the_job_gives_its_sources_to_the_fuller_one() -> None:
    found = fresh(
        [memo(1, "Ana is allergic to peanuts."), memo(2, "Ana is really allergic to peanuts.")],
        (),
        frozenset(),
        POLICY,
    )

    ((one, _),) = found
    assert (one.content, one.event_ids) == ("Ana is really allergic to peanuts.", (10, 20))


def test_summary_may_repeat_a_fact_but_not_a_text() -> None:
    summary = memo(2, "Ana is really allergic to peanuts.", is_summary=True)

    assert len(kept(memo(1, "Ana is allergic to peanuts."), summary)) == 2
    assert kept(summary, said=frozenset({text_key(1, summary[0].content)})) == []
