"""What of a proposal is noted: checked against the window, held against what is known.

A model is believed in nothing that can be checked. What it cites must lie in the window; what it
says of a turn that nobody vouches for stays tainted, also when it cites another one; the date is
that of the turns.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nrem.policy.consolidate_model import Trust, Turn, Vector, least_trust
from nrem.policy.observe_date import read_date
from nrem.policy.observe_model import Noted, ObserveDraft, ObserveInput, Priority
from nrem.policy.observe_window import trust_of
from nrem.policy.reflect import Entry, covers
from nrem.policy.reflect_model import Logged
from nrem.policy.render import one_line
from nrem.policy.score import telling
from nrem.policy.text import fingerprint_text

MAX_CHARACTERS: Final = 1_000
# An observation rests on so many turns at most, the newest of those that are cited.
MAX_TURNS: Final = 20
# Share of an observation's telling words that a turn must hold to be taken for its source.
_SAID_FROM: Final = 0.5
_UNVOUCHED: Final = frozenset({Trust.TOOL, Trust.WEB, Trust.DERIVED})
_RANK: Final = {one: at for at, one in enumerate(Priority)}

# Why a draft is left out, or changed.
EMPTY: Final = "empty"
NO_SOURCE: Final = "no_source"
BAD_DATE: Final = "bad_date"
BAD_PRIORITY: Final = "bad_priority"
REPEATED: Final = "repeated"
OVER_CAP: Final = "over_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The drafts that hold, in the order of the proposal, and how often a rule met one."""

    noted: tuple[Noted, ...]
    met: Mapping[str, int] = field(default_factory=dict)


def check(drafts: Sequence[ObserveDraft], window: ObserveInput) -> Checked:
    """The drafts that hold, at most `window.most`: those of the highest priority, then the first.

    Never raises, whatever a draft says.
    """
    turns = {turn.seq: turn for turn in window.turns}
    met: Counter[str] = Counter()
    found: dict[str, Noted] = {}
    for draft in drafts:
        noted = _checked(draft, turns, window, met)
        if noted is None:
            continue
        same = fingerprint_text(noted.text)
        if same in found:
            met[REPEATED] += 1
        found.setdefault(same, noted)
    ranked = sorted(enumerate(found.values()), key=lambda it: (_RANK[it[1].priority], it[0]))
    met[OVER_CAP] += max(0, len(ranked) - window.most)
    kept = sorted(ranked[: window.most], key=lambda it: it[0])
    return Checked(noted=tuple(one for _, one in kept), met=dict(+met))


def _checked(
    draft: ObserveDraft, turns: Mapping[int, Turn], window: ObserveInput, met: Counter[str]
) -> Noted | None:
    text = one_line(draft.text)[:MAX_CHARACTERS].strip()
    cited = [turns[one] for one in sorted(set(draft.sources)) if one in turns]
    if not text or not cited:
        met[NO_SOURCE if text else EMPTY] += 1
        return None
    sources = _with_unvouched(text, cited, window.turns)[-MAX_TURNS:]
    trust = least_trust(trust_of(one) for one in sources)
    day = read_date(draft.referenced_date, window.now)
    met[BAD_DATE] += draft.referenced_date is not None and day is None
    return Noted(
        text=text,
        priority=_priority(draft.priority, trust, met),
        observation_date=max(one.occurred_at for one in sources),
        referenced_date=day,
        source_event_ids=tuple(sorted(one.event_id for one in sources)),
        trust=trust,
    )


def _with_unvouched(text: str, cited: list[Turn], turns: Sequence[Turn]) -> list[Turn]:
    """The cited turns, and those that nobody vouches for and that say it better than they do."""
    words = telling(text)
    if not words:
        return cited
    numbers = {one.seq for one in cited}
    share = max(_share(words, one) for one in cited)
    more = [
        one
        for one in turns
        if one.seq not in numbers
        and trust_of(one) in _UNVOUCHED
        and _share(words, one) >= max(_SAID_FROM, share)
    ]
    return sorted([*cited, *more], key=lambda one: one.seq)


def _share(words: frozenset[str], turn: Turn) -> float:
    return len(words & telling(turn.content)) / len(words)


def _priority(name: str, trust: Trust, met: Counter[str]) -> Priority:
    """As proposed; what nobody vouches for is never of high priority."""
    try:
        priority = Priority(name.strip().casefold())
    except ValueError:
        met[BAD_PRIORITY] += 1
        return Priority.LOW
    return Priority.MEDIUM if priority is Priority.HIGH and trust in _UNVOUCHED else priority


def fresh(
    noted: Sequence[tuple[Noted, Vector]], known: Sequence[Logged], *, similarity: float
) -> tuple[int, ...]:
    """The places in `noted` of those that say something new.

    One is left out where a known one, or one before it, says as much and matters as much.
    """
    said = [Entry.of(one) for one in known]
    kept = []
    for at, (one, vector) in enumerate(noted):
        entry = Entry.of(
            Logged(
                ordinal=0,
                text=one.text,
                priority=one.priority,
                observation_date=one.observation_date,
                referenced_date=one.referenced_date,
                vector=vector,
            )
        )
        if not any(_repeats(entry, other, similarity) for other in said):
            kept.append(at)
            said.append(entry)
    return tuple(kept)


def _repeats(new: Entry, old: Entry, similarity: float) -> bool:
    matters = _RANK[old.logged.priority] <= _RANK[new.logged.priority]
    return matters and covers(old, new, similarity=similarity)
