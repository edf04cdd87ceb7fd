"""What a subject knows already: its newest live memories, and nobody else's."""

from datetime import datetime, timedelta

import pytest

from nrem.policy.novelty import WINDOW
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import novelty
from nrem.store.memory import Owner
from tests.world import NOW, Org, memory

KAYAK = "Porto kayak"


def _tell(org: Org, *said: str, **fields: object) -> Owner:
    """Memories of the subject that `fields` name; answers it."""
    stored = org.append(*(memory(content, **fields) for content in said))[0]  # type: ignore[arg-type]
    org.world.drain("score")
    return Owner(
        subject_id=stored.subject_id,
        agent_id=stored.agent_id,
        user_id=stored.user_id,
        session_id=None,
    )


def _overlap(org: Org, owner: Owner, text: str = KAYAK, *, now: datetime = NOW) -> float:
    with org.begin(now=now) as conn:
        asked = [(owner, text)]
        (found,) = novelty.overlaps(conn, org.number, asked, timeline=Timeline(Policy()), now=now)
    return found


@pytest.mark.parametrize(
    ("known", "share"),
    [("A green kayak.", 0.5), ("Kayaks are built in Porto.", 1.0), ("It rains.", 0.0)],
)
def test_overlap_is_the_share_of_words_one_memory_holds(org: Org, known: str, share: float) -> None:
    assert _overlap(org, _tell(org, "It rains.", known)) == share


@pytest.mark.parametrize("user", ["user", None])
def test_memories_of_other_subjects_are_not_known(org: Org, user: str | None) -> None:
    owner = _tell(org, "It rains.", user=user)
    for other in ("other", "user", None):
        if other != user:
            _tell(org, KAYAK, user=other)
    _tell(org, KAYAK, user=user, agent="other")
    foreign = org.world.found("foreign")
    _tell(foreign, KAYAK, user=user)

    before = _overlap(org, owner)
    _tell(org, KAYAK, user=user)

    assert (before, _overlap(org, owner)) == (0.0, 1.0)


def test_turns_are_no_memories(org: Org) -> None:
    owner = _tell(org, "It rains.")
    org.do("UPDATE lexemes SET item_kind = 'turn'")

    assert _overlap(org, owner, "It rains.") == 0.0


@pytest.mark.parametrize(("newer", "share"), [(WINDOW - 1, 1.0), (WINDOW, 0.0)])
def test_only_the_newest_memories_are_known(org: Org, newer: int, share: float) -> None:
    owner = _tell(org, KAYAK, *["It rains."] * newer)

    assert _overlap(org, owner) == share


@pytest.mark.parametrize(("seconds", "share"), [(59, 1.0), (60, 0.0)])
def test_what_has_expired_is_not_known(org: Org, seconds: int, share: float) -> None:
    owner = _tell(org, KAYAK, ttl_seconds=60)

    assert _overlap(org, owner, now=NOW + timedelta(seconds=seconds)) == share


@pytest.mark.parametrize(("days", "share"), [(6.9, 1.0), (7.0, 0.0)])
@pytest.mark.parametrize("is_swept", [False, True])
def test_what_time_has_archived_is_not_known_swept_or_not(
    org: Org, days: float, share: float, *, is_swept: bool
) -> None:
    owner = _tell(org, KAYAK, tier="short", importance=0.9)
    now = NOW + timedelta(days=days)
    if is_swept:
        org.world.drain("decay", now=now)

    assert _overlap(org, owner, now=now) == share


def test_a_batch_is_asked_at_once_in_its_order(org: Org) -> None:
    one, other = _tell(org, KAYAK), _tell(org, "It rains.", user="other")
    asked = [(other, KAYAK), (one, KAYAK), (other, KAYAK), (other, "ok")]

    with org.begin() as conn:
        found = novelty.overlaps(conn, org.number, asked, timeline=Timeline(Policy()), now=NOW)

    assert found == [0.0, 1.0, 1.0, 0.0]
