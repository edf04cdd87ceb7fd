"""Recalling with the unmodified client: every parameter, every strategy, and the stream."""

from datetime import UTC, datetime, timedelta

import pytest
import z3rno
from z3rno import RetrievalStrategy

from nrem.clock import utc_now
from tests.contract.driving import Driver

CAT = "Ada keeps a grey cat called Pixel."
TRAIN = "The night train to Vienna leaves at ten."
STRATEGIES = [one for one in RetrievalStrategy if one is not RetrievalStrategy.CYPHER]


@pytest.fixture
def known(client: Driver, agent: str) -> dict[str, str]:
    """Two memories that have nothing in common, by their content."""
    return {
        content: client.store(
            agent_id=agent, content=content, user_id=user, metadata={"topic": topic}, importance=0.5
        ).id
        for content, user, topic in ((CAT, "ann", "pets"), (TRAIN, "ben", "travel"))
    }


def test_recall_ranks_what_answers_the_query_first(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    told = client.recall(agent_id=agent, query="Which cat does Ada keep?")

    assert told.results[0].memory_id == known[CAT]
    assert told.results[0].content == CAT
    assert 0 < told.results[0].similarity_score <= 1
    assert 0 < told.results[0].relevance_score <= 1
    assert told.total == len(told.results)
    assert told.query == "Which cat does Ada keep?"
    assert told.strategy_used in {one.value for one in RetrievalStrategy}
    assert told.elapsed_ms > 0


def test_recall_without_a_query_is_newest_first(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    told = client.recall(agent_id=agent)

    assert [one.content for one in told.results] == [TRAIN, CAT]


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ({"user_id": "ann"}, [CAT]),
        ({"metadata_filter": {"topic": "travel"}}, [TRAIN]),
        ({"metadata_filter": {"topic": "none"}}, []),
        ({"memory_type": "semantic"}, []),
        ({"top_k": 1}, [TRAIN]),
        ({"user_id": "nobody"}, []),
    ],
)
def test_recall_keeps_to_what_was_asked(
    client: Driver,
    agent: str,
    known: dict[str, str],
    only: dict[str, object],
    found: list[str],
) -> None:
    told = client.recall(agent_id=agent, **only)

    assert [one.content for one in told.results] == found


def test_recall_by_the_old_name_of_the_filter(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    with pytest.warns(DeprecationWarning, match="metadata_filter"):
        told = client.recall(agent_id=agent, filters={"topic": "pets"})

    assert [one.content for one in told.results] == [CAT]


def test_recall_leaves_out_what_is_less_alike_than_the_threshold(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    told = client.recall(agent_id=agent, query=CAT, similarity_threshold=0.9)

    assert [one.content for one in told.results] == [CAT]


def test_recall_within_a_range_of_time(client: Driver, agent: str, known: dict[str, str]) -> None:
    now = utc_now()
    day = timedelta(days=1)

    assert client.recall(agent_id=agent, time_range=(now - day, now + day)).total == 2
    assert client.recall(agent_id=agent, time_range=(now - 2 * day, now - day)).total == 0


def test_recall_as_of_an_instant_answers_what_was_believed_then(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    changed = client.update_memory(known[CAT], content="Ada keeps no cat any more.")
    versions = client.get_memory_history(changed.id).versions
    then = versions[1].valid_from - timedelta(microseconds=1)

    told = client.recall(agent_id=agent, query="cat", as_of=then)

    assert CAT in {one.content for one in told.results}
    assert client.recall(agent_id=agent, as_of=datetime(2020, 1, 1, tzinfo=UTC)).total == 0


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("spelling", ["upper", "lower"])
def test_every_strategy_answers(
    client: Driver, agent: str, known: dict[str, str], strategy: str, spelling: str
) -> None:
    told = client.recall(
        agent_id=agent, query="grey cat", strategy=getattr(strategy, spelling)(), rerank=True
    )

    assert CAT in {one.content for one in told.results}
    assert told.strategy_used in {one.value for one in RetrievalStrategy}


def test_cypher_is_refused(client: Driver, agent: str) -> None:
    with pytest.raises(z3rno.Z3rnoError) as refused:
        client.recall(agent_id=agent, query="MATCH (n) RETURN n", strategy="CYPHER")

    assert refused.value.status_code == 403


def test_recall_in_a_conversation(client: Driver, agent: str, known: dict[str, str]) -> None:
    talk = client.create_conversation(agent_id=agent)
    client.add_turn(talk.id, memory_id=known[CAT], turn_role="user")

    told = client.recall(agent_id=agent, conversation_id=talk.id)

    assert [one.content for one in told.results] == [CAT]


def test_recall_of_an_agent_that_nobody_knows_is_empty(client: Driver, agent: str) -> None:
    told = client.recall(agent_id=agent, query="anything")

    assert (told.results, told.total) == ([], 0)


def test_recall_stream_yields_the_results(
    client: Driver, agent: str, known: dict[str, str]
) -> None:
    found = client.collect("recall_stream", agent_id=agent, query="cat", top_k=1)

    assert [one.content for one in found] == [CAT]


@pytest.mark.parametrize("client", ["async"], indirect=True)
@pytest.mark.parametrize("strategy", ["AUTO", "TRACE"])
def test_the_sent_stream_ends_with_done(
    client: Driver, agent: str, known: dict[str, str], strategy: str
) -> None:
    odd = "Ada wrote \u2028two\u0085lines \x0cand more about a cat."
    client.store(agent_id=agent, content=odd)

    sent = client.collect("recall_stream_sse", agent_id=agent, query="Ada cat", strategy=strategy)

    names = [one["event"] for one in sent]
    assert names[-2:] == ["results", "done"]
    assert set(names[:-2]) <= {"step"}
    assert {one["content"] for one in sent[-2]["data"]["results"]} >= {CAT, odd}
    assert sent[-1]["data"]["elapsed_ms"] > 0
