"""What became of each event of a session, so that its sender can ask: pure."""

from collections.abc import Iterable, Iterator

from nrem.policy.consolidate_model import Decisions, Dropped, Working

# event, outcome, reason
Outcome = tuple[int, str, str | None]


def outcomes(
    working: Iterable[Working], dropped: Iterable[Dropped], decisions: Decisions
) -> list[Outcome]:
    """One outcome per event: what was kept wins over what was dropped.

    `dropped` is what the proposal left out; the decisions add theirs.
    """
    sources = {one.memory_id: one.source_event_ids for one in working}
    found: dict[int, Outcome] = {}
    for event_id, reason in _dropped((*dropped, *decisions.dropped), sources):
        found[event_id] = (event_id, "dropped", reason)
    for merge in decisions.merge:
        found |= {event: (event, "merged", None) for event in merge.source_event_ids}
    for create in decisions.create:
        said = create.candidate.source_event_ids
        found |= {event: (event, "consolidated", None) for event in said}
    return list(found.values())


def _dropped(
    gone: Iterable[Dropped], sources: dict[int, tuple[int, ...]]
) -> Iterator[tuple[int, str]]:
    for one in gone:
        if one.event_id is not None:
            yield one.event_id, one.reason
        elif one.memory_id is not None:
            for event_id in sources.get(one.memory_id, ()):
                yield event_id, one.reason
