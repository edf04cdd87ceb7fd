import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from nrem.llm.embed import load_embedder
from nrem.llm.offline import OfflineProvider
from nrem.llm.provider import PromotionInput, SessionInput, SessionProposal
from nrem.policy.consolidate import decide
from nrem.policy.consolidate_model import Create, Known, Turn, Working
from nrem.policy.params import ConsolidatePolicy
from tests.policy.episodes import episodes

SAMPLE = Path(__file__).parents[2] / "examples" / "sample_conversation.json"


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return loaded


def session_of(entry: dict[str, Any], first_id: int) -> SessionInput:
    turns = tuple(
        Turn(
            event_id=first_id + at,
            seq=at,
            role=one["role"],
            speaker=one["speaker"],
            content=one["content"],
            occurred_at=datetime.fromisoformat(one["occurred_at"]),
            turn_id=one["turn_id"],
        )
        for at, one in enumerate(entry["turns"], start=1)
    )
    working = tuple(
        Working(
            memory_id=first_id + at,
            version=1,
            source_event_ids=(first_id + at,),
            content=one["content"],
            importance=0.5,
            occurred_at=datetime.fromisoformat(one["occurred_at"]),
        )
        for at, one in enumerate(entry["memories"], start=500)
    )
    return SessionInput(turns=turns, working=working)


def consolidated(sample: dict[str, Any]) -> tuple[list[Create], int]:
    """All that the sample's sessions leave behind, one after the other, and how much merged."""
    provider = OfflineProvider(load_embedder("minilm"))
    created: list[Create] = []
    merged = 0
    for number, entry in enumerate(sample["sessions"], start=1):
        proposal = provider.propose_session(session_of(entry, number * 1000))
        known = [
            Known(
                memory_id=at,
                version=1,
                content=one.candidate.content,
                vector=one.vector,
                pinned=False,
                importance=one.candidate.importance,
                occurred_at=one.candidate.occurred_at,
            )
            for at, one in enumerate(created, start=1)
        ]
        pairs = [(one.candidate, one.vector) for one in proposal.candidates]
        decisions = decide(pairs, known, ConsolidatePolicy())
        created += decisions.create
        merged += len(decisions.merge)
    return created, merged


def test_the_same_session_gives_the_same_proposal(sample: dict[str, Any]) -> None:
    session = session_of(sample["sessions"][0], 1000)

    one, other = (OfflineProvider(load_embedder("hash")).propose_session(session) for _ in "ab")

    assert isinstance(one, SessionProposal)
    assert one == other
    assert (one.engine, one.model_id, one.cost_usd) == ("offline@1", "hash-384@1", 0.0)


def test_an_empty_session_proposes_nothing() -> None:
    proposal = OfflineProvider(load_embedder("hash")).propose_session(SessionInput(turns=()))

    assert (proposal.candidates, proposal.dropped) == ((), ())


def test_the_sample_keeps_the_turns_its_questions_ask_for(sample: dict[str, Any]) -> None:
    created, _ = consolidated(sample)
    ids = {
        turn.event_id: turn.turn_id
        for number, entry in enumerate(sample["sessions"], start=1)
        for turn in session_of(entry, number * 1000).turns
    }

    cited = {ids.get(event) for one in created for event in one.candidate.source_event_ids}

    assert [q["question"] for q in sample["questions"] if cited.isdisjoint(q["turn_ids"])] == []


def test_the_sample_merges_repeats_resolves_dates_and_drops_greetings(
    sample: dict[str, Any],
) -> None:
    created, merged = consolidated(sample)
    texts = " ".join(one.candidate.content for one in created)

    assert merged == 2
    assert texts.count("allergic to walnuts") == 1
    assert "yesterday (2 March 2025)" in texts
    assert "next weekend (19-20 April 2025)" in texts
    assert "Good morning" not in texts


def test_promotions_are_drafted_with_vectors_of_their_words() -> None:
    embedder = load_embedder("hash")
    provider = OfflineProvider(embedder)
    said = episodes("User prefers green tea", "User had green tea again", "User drinks green tea")

    proposal = provider.propose_promotions(
        PromotionInput(fresh=tuple(said[:1]), known=tuple(said[1:]))
    )

    ((draft, vector),) = proposal.drafts
    assert [one.memory_id for one in draft.episodes] == [1, 2, 3]
    assert vector == embedder.embed([draft.content])[0]
    assert (proposal.engine, proposal.model_id) == (provider.engine, embedder.model_id)
    assert proposal.cost_usd == 0.0


def test_no_episodes_make_no_promotions() -> None:
    proposal = OfflineProvider(load_embedder("hash")).propose_promotions(PromotionInput(fresh=()))

    assert proposal.drafts == ()
