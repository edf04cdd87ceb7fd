"""What else is remembered: memories that hang together with the best results compete with them.

Nothing is read for those to which too little comes to be among the results. Each result passes the
filters of the recall, its least similarity too; a path may lead through memories that do not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from nrem.policy.graph import MOST_FRONT, Reached
from nrem.policy.params import RecallPolicy
from nrem.policy.recall import Key, Kind, Ranked, appraise
from nrem.store import recall_heir
from nrem.store.recall_match import Matches, Question
from nrem.store.recall_rank import Candidate, Round, best_of
from nrem.store.walk import Ground, walk

# From keys to cosines and BM25 sums.
Figures = tuple[Mapping[Key, float], Mapping[Key, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """How what lies around the results is read, now or as of an instant."""

    # the filters of the recall, as statements take them
    filters: Mapping[str, Any]
    weights: RecallPolicy
    # the items that are live, of those with these keys
    read: Callable[[Sequence[Key]], Mapping[Key, Candidate]]
    figures: Callable[[Matches, Sequence[Key]], Figures]
    # whether something in scope is true no more, so that something else may hold instead
    has_superseded: bool = False


def widen(conn: Connection, found: Round, question: Question, around: Around) -> Round:
    """The results, with what comes over at most `graph_depth` edges from the best memories."""
    decay = around.weights.graph_decay
    if question.vector is None or not question.graph_depth or not decay:
        return found
    if around.has_superseded:
        found = _inherited(conn, found, question, around)
    is_full = len(found.best) >= question.limit
    # who gets less is no result
    floor = found.best[-1].relevance if is_full else 0.0
    starts = _starts(found, floor)
    seen: dict[Key, Candidate] = dict(found.candidates)

    def live(numbers: Sequence[int]) -> set[int]:
        keys = [(Kind.MEMORY, number) for number in numbers]
        seen.update(around.read([key for key in keys if key not in seen]))
        return {number for kind, number in keys if (kind, number) in seen}

    ground = Ground(filters=around.filters, weights=around.weights, live=live)
    reached = walk(conn, ground, starts, depth=question.graph_depth, floor=floor) if starts else {}
    return _with(found, reached, seen, question, around) if reached else found


def _inherited(conn: Connection, found: Round, question: Question, around: Around) -> Round:
    """The results, with what holds now instead of what the question is near to."""
    heirs = recall_heir.find(conn, around.filters, question)
    older = [(Kind.MEMORY, number) for number in heirs]
    seen = {**found.candidates, **around.read(older)}
    # what was read of a small scope holds no words of what is true no more
    words = replace(found.matches.words, all_sums=None)
    asked = replace(found, matches=replace(found.matches, words=words))
    told = _appraised(asked, [key for key in older if key in seen], seen, around)
    reached = recall_heir.lifted(heirs, {key: one.relevance for key, one in told.items()})
    return _with(found, reached, dict(found.candidates), question, around) if reached else found


def _starts(found: Round, floor: float) -> dict[int, float]:
    """The best memories that are as relevant as the results, repeats of turns among them."""
    memories = [
        one
        for one in found.appraised.values()
        if one.key[0] is Kind.MEMORY and one.relevance >= floor
    ]
    memories.sort(key=lambda one: (-one.relevance, one.key))
    return {one.key[1]: one.relevance for one in memories[:MOST_FRONT]}


def _with(
    found: Round,
    reached: Mapping[int, Reached],
    seen: dict[Key, Candidate],
    question: Question,
    around: Around,
) -> Round:
    """The results once what was reached competes with them."""
    keys = [(Kind.MEMORY, number) for number in reached]
    seen.update(around.read([key for key in keys if key not in seen]))
    new = [
        key
        for key in keys
        if key not in found.appraised and key in seen and _fits(seen[key], around.filters)
    ]
    appraised = {
        key: one.lifted(reached[key[1]]) if key[0] is Kind.MEMORY and key[1] in reached else one
        for key, one in {**found.appraised, **_appraised(found, new, seen, around)}.items()
    }
    return replace(
        found, candidates=seen, appraised=appraised, best=best_of(question, appraised, seen)
    )


def _appraised(
    found: Round, new: Sequence[Key], seen: Mapping[Key, Candidate], around: Around
) -> dict[Key, Ranked]:
    """The figures of memories that were reached and not found; the others keep theirs."""
    if not new:
        return {}
    cosines, lexical = around.figures(found.matches, new)
    appraised = appraise(
        {**found.matches.cosines, **cosines},
        {**found.matches.lexical, **lexical},
        {key: seen[key].fact for key in (*found.appraised, *new)},
        ideal=found.matches.ideal,
        weights=around.weights,
    )
    return {key: appraised[key] for key in new}


def _fits(candidate: Candidate, filters: Mapping[str, Any]) -> bool:
    """Whether a memory of the scope passes what else the recall asks for."""
    row, facts = candidate.row, candidate.facts
    return (
        row.fits
        and filters["session_id"] in {None, row.session_id}
        and (
            filters["type"] is None or (facts is not None and facts.memory_type == filters["type"])
        )
    )
