"""What promote makes of its decisions: memories, evidence, edges, and how it tells of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nrem.policy.contradict import Contradiction
from nrem.policy.graph import EdgeKind
from nrem.policy.promote_model import Episode, Gate, Promote, Promotions, Support
from nrem.policy.run_change import RunChange, What
from nrem.policy.state import first_tier
from nrem.store.edge import NewEdge
from nrem.store.memory import NewMemory, Owner, content_hash
from worker.changes import Change
from worker.contract import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What is to be written for a subject."""

    promotions: Promotions
    contradictions: tuple[Contradiction, ...]
    # how much evidence each promoted memory has that gains some
    supporters: Mapping[int, int]

    @property
    def reason(self) -> str:
        """Why nothing comes of it, if nothing does: what the first draft was refused for."""
        return next((reason for _, reason in self.promotions.refused), "nothing_to_promote")

    def judged(self) -> dict[int, int]:
        """The memories that it rests on, with the versions that were judged."""
        made = self.promotions
        evidence = [episode for one in made.promote for episode in one.draft.episodes]
        evidence += [episode for one in made.support for episode in one.episodes]
        judged = {one.memory_id: one.version for one in evidence}
        judged |= {one.memory_id: one.version for one in made.support}
        for one in self.contradictions:
            judged |= {end.memory_id: end.version for end in (one.older, one.newer)}
        return judged

    def changed(self) -> set[int]:
        """The memories there are already whose rows it writes."""
        superseded = {one.older.memory_id for one in self.contradictions if one.supersedes}
        return superseded | {one.memory_id for one in self.promotions.support}


def memory_of(job: Work, owner: Owner, one: Promote) -> NewMemory:
    """The memory that is made of a promotion; it belongs to no one session."""
    draft = one.draft
    return NewMemory(
        owner=owner,
        memory_type=draft.memory_type,
        tier=first_tier(draft.memory_type),
        content=draft.content,
        content_hash=content_hash(job.tools.digest, job.org_id, draft.content),
        importance=draft.importance,
        is_importance_given=False,
        trust=str(one.trust),
        occurred_at=one.occurred_at,
        source_event_ids=one.source_event_ids,
        due_at=None,
        metadata=draft.metadata,
        derived_by="promote",
        run_id=job.run_id,
    )


def supported(supports: Sequence[Support]) -> list[RunChange]:
    """What a run did that gave memories more evidence; their rows stay as they are."""
    return [
        RunChange(
            memory_id=one.memory_id,
            what=What.SUPPORTED,
            version_before=one.version,
            version_after=one.version,
        )
        for one in supports
    ]


def superseded(decided: Decided) -> list[tuple[int, int, datetime]]:
    """The facts that give way: memory, version, and until when each was true."""
    return [
        (one.older.memory_id, one.older.version, one.true_until)
        for one in decided.contradictions
        if one.supersedes and one.true_until is not None
    ]


def edges(decided: Decided, ids: Sequence[int]) -> list[NewEdge]:
    """The edges of what is new (its numbers are `ids`), better supported, and contradicted."""
    made = [
        (number, one.draft.episodes)
        for number, one in zip(ids, decided.promotions.promote, strict=True)
    ]
    made += [(one.memory_id, one.episodes) for one in decided.promotions.support]
    return [
        *(
            NewEdge(source_id=source, target_id=target, kind=kind)
            for number, episodes in made
            for episode in episodes
            for source, target, kind in (
                (episode.memory_id, number, EdgeKind.SUPPORTS),
                (number, episode.memory_id, EdgeKind.DERIVED_FROM),
            )
        ),
        *(
            NewEdge(source_id=one.newer.memory_id, target_id=one.older.memory_id, kind=kind)
            for one in decided.contradictions
            for kind in _kinds(one)
        ),
    ]


def _kinds(one: Contradiction) -> tuple[EdgeKind, ...]:
    if one.supersedes:
        return (EdgeKind.CONTRADICTS, EdgeKind.SUPERSEDES)
    return (EdgeKind.CONTRADICTS,)


def lines(decided: Decided) -> Iterator[Change]:
    """One line per memory that is new, better supported or true no more, with its evidence."""
    for at, new in enumerate(decided.promotions.promote, start=1):
        yield Change(
            kind=str(new.draft.memory_type),
            id=None,
            name=f"new {at}",
            before=None,
            after=new.draft.content,
            reason=f"{_gates(new.draft.gates)}, importance {new.draft.importance:.2f}; "
            f"{_versions(new.draft.episodes)}",
            evidence=_evidence(new.draft.episodes),
        )
    for more in decided.promotions.support:
        had = decided.supporters.get(more.memory_id, 0)
        yield Change(
            kind="evidence",
            id=more.memory_id,
            before=f"{had} episodes",
            after=f"{had + len(more.episodes)} episodes",
            reason=f"repeated; {_versions(more.episodes)}",
            evidence=_evidence(more.episodes),
        )
    for one in decided.contradictions:
        yield _contradicted(one)


def _gates(gates: Sequence[Gate]) -> str:
    return ", ".join(f"{one.name} {one.value:g} of {one.needed:g}" for one in gates)


def _versions(episodes: Sequence[Episode]) -> str:
    """Which versions were judged: another one is another source."""
    return "at versions " + ", ".join(str(one.version) for one in episodes)


def _contradicted(one: Contradiction) -> Change:
    newer = (f"memory {one.newer.memory_id}",)
    versions = f"at versions {one.older.version}, {one.newer.version}"
    if one.supersedes and one.true_until is not None:
        return Change(
            kind="true_until",
            id=one.older.memory_id,
            before="true",
            after=f"true until {one.true_until.isoformat()}",
            reason=f"superseded: {one.attribute}; {versions}",
            evidence=newer,
        )
    return Change(
        kind="edge",
        id=one.newer.memory_id,
        before=None,
        after=f"{EdgeKind.CONTRADICTS} {one.older.memory_id}",
        reason=f"not superseded: {one.reason}; {versions}",
        evidence=newer,
    )


def _evidence(episodes: Sequence[Episode]) -> tuple[str, ...]:
    return tuple(f"memory {one.memory_id}" for one in episodes)
