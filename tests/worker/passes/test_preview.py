"""The pass preview: it tells what a run would do, and does exactly that once it was approved."""

from nrem.store import preview
from nrem.store.preview import Preview
from tests.world import Org, end, turn

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."


def _tell(org: Org, *said: str, session: str = "s", user: str = "user") -> None:
    """An ended, scored session."""
    org.append(*(turn(one, session=session, user=user) for one in said), end(session, user=user))
    for name in ("score", "embed"):
        org.world.drain(name)


def ask(org: Org, *, subject_id: int | None = None) -> Preview:
    with org.begin() as conn:
        number = preview.ask(
            conn, org.number, "consolidate", subject_id=subject_id, cause="request:x"
        )
    org.world.drain("preview")
    return read(org, number)


def read(org: Org, number: int) -> Preview:
    with org.begin() as conn:
        found = preview.read(conn, org.number, number)
    assert found
    return found


def approve(org: Org, number: int) -> Preview:
    with org.begin() as conn:
        assert preview.approve(conn, org.number, number, cause="request:y")
    org.world.drain("preview")
    return read(org, number)


def test_preview_shows_what_a_run_would_do(org: Org) -> None:
    _tell(org, LISBON, PEANUTS)

    shown = ask(org)

    assert shown.state == "ready"
    assert [one["after"] for one in shown.changes if one["kind"] == "memory"] == [
        f"User: {LISBON}",
        f"User: {PEANUTS}",
    ]
    assert not org.memories()


def test_approved_preview_is_done(org: Org) -> None:
    _tell(org, LISBON, PEANUTS)
    shown = ask(org)

    done = approve(org, shown.preview_id)

    assert done.state == "applied"
    assert org.memories() == [f"User: {LISBON}", f"User: {PEANUTS}"]
    runs = "SELECT id FROM runs WHERE org_id = %(org)s AND pass = 'consolidate'"
    assert org.column(runs) == list(done.run_ids)
