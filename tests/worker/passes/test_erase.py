"""The pass erase: what somebody asked to have erased goes, with all that came of it."""

from pathlib import Path

from nrem.policy.erase import Kind, State
from tests.worker.erasing import erased
from tests.world import Org, end, memory, turn

ALICE = "alice"
BOB = "bob"


def tables(org: Org) -> list[str]:
    return org.world.ask("SELECT relname FROM pg_class WHERE relkind = 'r'")


def live(org: Org, user: str) -> None:
    """Leave rows of a user in many tables."""
    org.append(
        turn(
            f"I am {user}'s friend and moved to Lisbon.",
            user=user,
            session=f"s-{user}",
            thread=f"t-{user}",
        ),
        turn(
            f"{user} likes green tea in the morning.",
            user=user,
            session=f"s-{user}",
            thread=f"t-{user}",
        ),
        end(f"s-{user}", user=user),
        memory(f"{user} is allergic to peanuts", user=user, importance=0.9),
    )
    org.world.settle()
    org.world.drain("observe")


def test_user_is_erased(org: Org, tmp_path: Path) -> None:
    live(org, ALICE)
    live(org, BOB)
    before = org.ask("SELECT * FROM memories WHERE org_id = %(org)s AND user_id = 2 ORDER BY id")

    its = erased(org, Kind.USER, ALICE, data_dir=tmp_path)

    assert its.state is State.SCANNED, its
    assert its.deleted_counts == its.manifest
    assert its.manifest["events"] == 4
    assert not any(its.measured.values())
    assert before == org.ask(
        "SELECT * FROM memories WHERE org_id = %(org)s AND user_id = 2 ORDER BY id"
    )
    assert org.column("SELECT external_id FROM users WHERE org_id = %(org)s") == [BOB]
