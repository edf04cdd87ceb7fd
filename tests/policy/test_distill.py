from datetime import UTC, datetime

from nrem.llm.embed_hash import HashEmbedder
from nrem.policy import distill
from nrem.policy.consolidate_model import Trust
from nrem.policy.distill import Memo, Options, Source, read, summaries
from nrem.policy.model import MemoryType
from nrem.policy.params import ScorePolicy

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def source(number: int, content: str, *, subject: int = 1, trust: Trust = Trust.USER) -> Source:
    return Source(
        memory_id=number,
        version=1,
        subject_id=subject,
        memory_type=MemoryType.EPISODIC,
        content=content,
        occurred_at=NOW,
        trust=trust,
        source_event_ids=(number * 10,),
    )


def facts(*sources: Source) -> list[Memo]:
    return list(read(sources, Options(), ScorePolicy()).memos)


def test_small_talk_and_questions_are_no_facts() -> None:
    found = facts(source(1, "Thanks! How are you? I live in Lisbon since 2019."))

    assert [one.content for one in found] == ["I live in Lisbon since 2019."]


def test_relative_dates_are_resolved() -> None:
    (found,) = facts(source(1, "I painted a lake yesterday with Mel."))

    assert "1 March 2026" in found.content


def test_name_of_who_said_it_stays() -> None:
    found = facts(source(1, "Mel: I live in Lisbon since 2019. I work as a nurse in Porto."))

    assert [one.content for one in found] == [
        "Mel: I live in Lisbon since 2019.",
        "Mel: I work as a nurse in Porto.",
    ]


def test_fact_of_two_memories_is_one_with_the_least_trust() -> None:
    said = "Ana works as a nurse in Porto."

    (found,) = facts(source(1, said), source(2, said, trust=Trust.WEB))

    assert (found.event_ids, found.trust) == ((10, 20), Trust.WEB)


def test_same_words_of_two_subjects_are_two_facts() -> None:
    said = "I live in Lisbon since 2019."

    assert len(facts(source(1, said), source(2, said, subject=2))) == 2


def test_order_of_the_memories_does_not_matter() -> None:
    one, other = source(1, "I live in Lisbon since 2019."), source(2, "Ana works in Porto.")

    assert facts(one, other) == facts(other, one)


def test_what_is_too_much_is_counted_as_failed() -> None:
    big = source(2, "x" * distill.MOST_CHARACTERS)

    found = read([source(1, "I live in Lisbon since 2019."), big], Options(), ScorePolicy())

    assert (found.chunks, found.failed, len(found.memos)) == (2, 1, 1)


def test_entities_are_subjects_and_values() -> None:
    found = read([source(1, "Ana lives in Porto.")], Options(), ScorePolicy())

    assert found.entities == 2


def vectors(memos: list[Memo]) -> list[tuple[Memo, list[float]]]:
    return list(zip(memos, HashEmbedder().embed([one.content for one in memos]), strict=True))


def test_one_fact_has_no_summary() -> None:
    told = vectors(facts(source(1, "I live in Lisbon since 2019.")))

    assert summaries(told, Options()) == ()


def test_summary_stays_within_its_bounds() -> None:
    said = [f"Ana bought {n} books about the town of Porto in 2019." for n in range(2, 40)]
    told = vectors(facts(*(source(n, one) for n, one in enumerate(said, start=1))))

    (concise,) = summaries(told, Options())
    (bullet,) = summaries(told, Options(style="bullet"))

    assert concise.content.count("Ana") == 4
    assert [line[:2] for line in bullet.content.splitlines()] == ["- "] * 8
    assert len(bullet.content) <= 1_200
