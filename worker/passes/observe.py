"""observe: the turns of a stream become dated, prioritised observations, one window after another.

Reads: the events behind the stream's cursor, and the observations of their people that are near.
Writes: observations with the events behind them, and the tokens up to the cursor. Safe to repeat
because fence and cursor refuse a second apply, and a window's places are taken once.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from nrem.policy.consolidate_model import Vector
from nrem.policy.observe import REPEATED, Checked, check, fresh
from nrem.policy.observe_model import Neighbour, Noted, ObserveInput, ObserveProposal
from nrem.policy.observe_window import looked_at, near, window_tokens
from nrem.policy.reflect_model import Logged
from nrem.policy.text import token_estimate
from nrem.store import card, observation, observation_log, observe, reflect, zeno_watermark
from nrem.store.memory import content_hash
from nrem.store.observation import Added, NewObservation
from nrem.store.observe import Share, Window
from worker.changes import Change, Changes
from worker.contract import Nothing, Pass, Shape, Work
from worker.gathering import each

NAME: Final = "observe"
# Of a person, the newest are searched for what is near to a window.
_SEARCHED: Final = 400
# A model may think for a minute.
_LEASE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one person said in the window, and what is known near to it."""

    share: Share
    known: tuple[Neighbour, ...]
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The window at hand."""

    window: Window
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be noted of one part, beside what is known."""

    part: Part
    # None: nobody was asked, as there is nothing to look at
    proposal: ObserveProposal | None
    checked: Checked
    vectors: tuple[Vector, ...]
    similar: tuple[Logged, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to note of the window."""

    window: Window
    new: tuple[NewObservation, ...]
    proposed: int
    # how often which rule met a draft
    met: dict[str, int]
    engine: str | None
    # why rules proposed, where a model was to
    instead: str | None
    cost_usd: float

    @property
    def steps(self) -> int:
        """How far the cursor moves: over every event of the window."""
        return self.window.last_seq - self.window.first_seq + 1


def rouse(conn: Connection, job: Work, only_subject: int | None) -> None:
    """Somebody asked, or the night has come: what waits is due, however little it is."""
    observe.rouse(conn, job.org_id, only_subject)


def claim(conn: Connection, job: Work, _limit: int) -> Found | Nothing:
    """The next window of the stream, once enough waits, it rests, or its session has ended."""
    held, policy = job.stream, job.policy.observe
    due_at = observe.progress(conn, held, idle_seconds=job.waits.idle).due_at(
        job.now, policy.tokens
    )
    if due_at is None or due_at > job.now:
        return Nothing(reason="not_due")
    window = observe.window(conn, held, tokens=window_tokens(policy, held.attempts))
    return Found(window=window, parts=tuple(_part(conn, job, one) for one in window.shares))


def _part(conn: Connection, job: Work, share: Share) -> Part:
    turns = looked_at(share.turns, job.policy.observe)
    number = share.owner.subject_id
    known = observation.known(conn, job.org_id, number, limit=_SEARCHED) if turns else ()
    return Part(
        share=replace(share, turns=turns),
        known=near(turns, known),
        timezone=card.timezone(conn, job.org_id, number) or job.policy.observe.timezone,
    )


def propose(job: Work, found: Found) -> list[Proposal]:
    """What the provider would note, checked; no transaction is open here."""
    return each(partial(_proposed, job), found.parts)


def _proposed(job: Work, part: Part) -> Proposal:
    window = ObserveInput(
        turns=part.share.turns,
        now=job.now,
        timezone=part.timezone,
        known=part.known,
        most=job.policy.observe.max_per_window,
        weights=job.policy.score,
        subject_id=part.share.owner.subject_id,
    )
    if not window.turns:
        return Proposal(part=part, proposal=None, checked=Checked(noted=()), vectors=())
    proposal = job.tools.provider.propose_observations(window)
    checked = check(proposal.drafts, window)
    vectors = job.tools.embedder.embed([one.text for one in checked.noted])
    return Proposal(part=part, proposal=proposal, checked=checked, vectors=tuple(vectors))


def compare(
    conn: Connection, job: Work, _found: Found, proposals: list[Proposal]
) -> list[Proposal]:
    """Beside each proposal, the observations it might repeat."""
    model = job.tools.embedder.model_id
    return [
        replace(
            its,
            similar=observation.similar(
                conn, job.org_id, its.part.share.owner.subject_id, its.vectors, model=model
            ),
        )
        for its in proposals
    ]


def decide(found: Found, proposals: list[Proposal], job: Work) -> Verdict:
    """What of it is new."""
    met: Counter[str] = Counter()
    new = []
    for its in proposals:
        pairs = list(zip(its.checked.noted, its.vectors, strict=True))
        kept = fresh(pairs, its.similar, similarity=job.policy.observe.duplicate_similarity)
        met.update(its.checked.met)
        met[REPEATED] += len(pairs) - len(kept)
        new += [_new(job, its.part.share.owner.subject_id, *pairs[at]) for at in kept]
    asked = [its.proposal for its in proposals if its.proposal is not None]
    return Verdict(
        window=found.window,
        new=tuple(new),
        proposed=sum(len(one.drafts) for one in asked),
        met=dict(+met),
        engine=next((one.engine for one in asked), None),
        instead=next((one.reason for one in asked if one.reason), None),
        cost_usd=sum(one.cost_usd for one in asked),
    )


def _new(job: Work, subject_id: int, noted: Noted, vector: Vector) -> NewObservation:
    return NewObservation(
        subject_id=subject_id,
        text=noted.text,
        content_hash=content_hash(job.tools.digest, job.org_id, noted.text),
        priority=noted.priority,
        trust=noted.trust,
        tokens=token_estimate(noted.text),
        observation_date=noted.observation_date,
        referenced_date=noted.referenced_date,
        referenced_from=noted.referenced_date,
        source_event_ids=noted.source_event_ids,
        vector=vector,
    )


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Note it, and count the window as observed."""
    observe.advance(conn, job.stream, tokens=verdict.window.tokens)
    due = _wake_reflect(conn, job, verdict)
    held = observation_log.lock(conn, job.org_id, {one.subject_id for one in verdict.new})
    of = observation.Written(
        run_id=job.run_id,
        model=job.tools.embedder.model_id,
        stream_id=job.stream.stream_id,
        window_seq=verdict.window.first_seq,
    )
    added = observation.add(conn, job.org_id, verdict.new, held, of)
    window = verdict.window
    status = zeno_watermark.OK if added else zeno_watermark.EMPTY
    zeno_watermark.follow(conn, job.stream, last_seq=window.last_seq, status=status)
    return Changes(
        read=sum(len(one.turns) for one in window.shares),
        proposed=verdict.proposed,
        changed=len(added),
        reason=verdict.instead or (None if added else "nothing_to_note"),
        engine=verdict.engine,
        cost_usd=verdict.cost_usd,
        detail={
            "window": [window.first_seq, window.last_seq],
            "observations": [one.observation_id for one in added],
            "met": verdict.met,
        },
        due=due,
        diff=tuple(_lines(verdict, added)),
    )


def _wake_reflect(conn: Connection, job: Work, verdict: Verdict) -> dict[str, float]:
    """Wake it for people whose log gets long. Leases are locked before logs."""
    tokens: Counter[int] = Counter()
    for one in verdict.new:
        tokens[one.subject_id] += one.tokens
    logs = observation_log.read(conn, job.org_id, tokens)
    long = [
        number
        for number, log in logs.items()
        if reflect.is_long(log, job.policy.reflect, more=tokens[number])
    ]
    return {"reflect": 0.0} if reflect.wake(conn, job.org_id, long) else {}


def _lines(verdict: Verdict, added: list[Added]) -> list[Change]:
    """One line per observation; its number is its ordinal in the person's log."""
    return [
        Change(
            kind="observation",
            id=None,
            name=f"new {one.ordinal}",
            before=None,
            after=verdict.new[one.place].text,
            reason=f"{verdict.new[one.place].priority}, "
            f"said {verdict.new[one.place].observation_date.isoformat()}",
            evidence=tuple(f"event {its}" for its in verdict.new[one.place].source_event_ids),
        )
        for one in added
    ]


def next_due(conn: Connection, job: Work) -> datetime | None:
    """Now, while more waits than a window holds; else when the stream has rested."""
    return observe.next_due(
        conn,
        job.stream,
        job.now,
        threshold_tokens=job.policy.observe.tokens,
        idle_seconds=job.waits.idle,
    )


def failed(conn: Connection, job: Work) -> None:
    """Say so where an agent's own observer reads how far the stream was observed."""
    zeno_watermark.follow(conn, job.stream, last_seq=0, status=zeno_watermark.ERROR)


def _steps(verdict: Verdict) -> int:
    return verdict.steps


OBSERVE: Final = Pass(
    name=NAME,
    shape=Shape.LEASED,
    lease_seconds=_LEASE_SECONDS,
    gathers=True,
    rouse=rouse,
    claim=claim,
    propose=propose,
    compare=compare,
    decide=decide,
    apply=apply,
    steps=_steps,
    next_due=next_due,
    failed=failed,
)
