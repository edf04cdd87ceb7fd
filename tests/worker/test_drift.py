"""The drift guard: who drops facts is rejected, who does not goes through, no stream is stuck."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from nrem.command.conversation import read
from nrem.policy.params import Policy
from nrem.store import engine, policy
from tests.worker.previewing import ask
from tests.worker.promoting import store
from tests.worker.sabotaged import SABOTAGED
from tests.world import NOW, TOOLS, Org, end, turn
from worker.contract import Tools
from worker.passes import BY_NAME
from worker.runner import Outcome, drain, rehearse, step

DAY = timedelta(days=1)
SOON = timedelta(minutes=1)
GRAZ = "I moved to Graz on 3 May 2023 with my dog Pepper."
NUTS = "I'm allergic to peanuts and to cashew nuts."
SISTER = "My sister Jana works as a nurse in Linz."
BIKE = "I bought a red bicycle for 300 euros in Porto."
TEA = (
    "User drinks green tea in the morning",
    "In the early morning the user drinks green tea in the morning",
    "Again the user drinks green tea in the morning",
)
# Their second halves have neither a name nor a number.
PAIRS = (
    "Jana lives in Graz and works as a gardener",
    "Pepper sleeps all day and chews old shoes",
)
SAMPLE = Path(__file__).parents[2] / "examples" / "sample_conversation.json"


def tell(org: Org, *said: str, session: str = "s") -> None:
    org.append(*(turn(one, session=session) for one in said), end(session))
    for name in ("score", "embed"):
        org.world.drain(name)


def drive(org: Org, name: str, tools: Tools = SABOTAGED, **setting: Any) -> list[Outcome]:  # noqa: ANN401
    return drain(org.world.setting(tools=tools, **setting), BY_NAME[name])


def note(org: Org) -> None:
    """Observations that a reflector may merge."""
    tell(org, *PAIRS)
    org.world.drain("observe")
    org.world.tick("reflect")


def ready(org: Org, name: str) -> None:
    """Work for a pass."""
    if name == "consolidate":
        tell(org, GRAZ, NUTS, SISTER, BIKE)
    elif name == "promote":
        store(org, *TEA, sessions="aab")
    else:
        note(org)


def state(org: Org) -> list[list[Any]]:
    """What the guarded passes write."""
    tables = "memories", "observations", "edges", "derivations", "effects", "run_changes"
    return [org.column(f"SELECT t::text FROM {one} AS t ORDER BY 1") for one in tables]  # noqa: S608


def runs(org: Org, name: str) -> list[tuple[Any, ...]]:
    rows = org.ask(
        "SELECT outcome, engine, reason FROM runs WHERE org_id = %(org)s AND pass = %(name)s "
        "ORDER BY id",
        name=name,
    )
    return [tuple(row) for row in rows]


GUARDED = pytest.mark.parametrize("name", ["consolidate", "promote", "reflect"])
WHEN = NOW + DAY


@GUARDED
def test_run_that_drops_every_second_fact_is_rejected_and_changes_nothing(
    org: Org, name: str
) -> None:
    ready(org, name)
    before = state(org)

    (run,) = drive(org, name, now=WHEN)

    assert (run.outcome, run.changes.reason) == ("rejected", "drift")
    assert state(org) == before


@GUARDED
def test_run_of_the_rules_is_not_rejected(org: Org, name: str) -> None:
    ready(org, name)

    found = drive(org, name, TOOLS, now=WHEN)

    assert {one.outcome for one in found} <= {"applied", "noop"}


@GUARDED
def test_after_a_rejection_rules_propose_and_the_run_says_so(org: Org, name: str) -> None:
    ready(org, name)
    drive(org, name, now=WHEN)

    (run,) = drive(org, name, now=WHEN + SOON)

    assert run.outcome in ("applied", "noop")
    assert (run.changes.engine, run.changes.reason) == ("offline@1", "rules_after_drift")


def test_rejected_run_waits(org: Org) -> None:
    ready(org, "consolidate")
    drive(org, "consolidate", now=WHEN)

    assert drive(org, "consolidate", now=WHEN) == []


def test_once_a_run_went_through_the_provider_is_asked_again(org: Org) -> None:
    ready(org, "consolidate")
    for at in (WHEN, WHEN + SOON):
        drive(org, "consolidate", now=at)
    tell(org, "I sold my car.", "My brother Tom paints.", session="t")

    (run,) = drive(org, "consolidate", now=WHEN + 2 * SOON)

    assert run.outcome == "rejected"


def test_probes_stand_in_the_run_by_number_and_never_in_words(org: Org) -> None:
    ready(org, "consolidate")

    drive(org, "consolidate", now=WHEN)

    (detail,) = org.column("SELECT detail FROM runs WHERE pass = 'consolidate'")
    assert detail["probes"] == {"asked": 4, "lost": [2, 4]}
    assert "cashew" not in str(org.column("SELECT r::text FROM runs AS r"))


def test_dry_run_shows_what_could_not_be_answered(org: Org) -> None:
    ready(org, "consolidate")
    before = state(org)
    setting = org.world.setting(tools=SABOTAGED, only_org=org.number, now=WHEN)

    (run, *_) = rehearse(setting, BY_NAME["consolidate"])

    assert (run.outcome, run.changes.reason) == ("rejected", "drift")
    assert [one.before for one in run.changes.diff] == [f"User: {NUTS}", f"User: {BIKE}"]
    assert state(org) == before


def test_preview_shows_the_verdict_and_cannot_be_approved(org: Org) -> None:
    ready(org, "consolidate")

    shown = ask(org, tools=SABOTAGED)

    assert (shown.state, shown.outcome, shown.reason) == ("failed", "rejected", "drift")


def test_share_of_an_org_lets_a_run_through(org: Org) -> None:
    ready(org, "consolidate")
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        changed = Policy.from_json({"drift": {"max_lost_share": 0.5}})
        policy.add(conn, org.number, changed, now=NOW)

    (run,) = drive(org, "consolidate", now=WHEN)

    assert run.outcome == "applied"


def test_what_rules_propose_in_vain_is_parked_and_can_be_brought_back(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(org, "consolidate")
    monkeypatch.setattr(Tools, "by_rules", lambda tools, _: tools)
    drive(org, "consolidate", now=WHEN)

    (run,) = drive(org, "consolidate", now=WHEN + SOON)

    assert (run.outcome, run.changes.reason) == ("parked", "drift")
    (found,) = org.world.ask("SELECT reason, error_class FROM parked")
    assert tuple(found) == ("rejected", "drift")


def test_every_session_of_the_sample_is_let_through_and_none_without_every_second_fact(
    org: Org,
) -> None:
    sample = read(SAMPLE)
    for one in sample.sessions:
        said = [turn(its.content, session=one.session_id, role=its.role) for its in one.turns]
        org.append(*said, end(one.session_id))
    for name in ("score", "embed"):
        org.world.drain(name)

    bad = step(org.world.setting(tools=SABOTAGED, now=WHEN), BY_NAME["consolidate"])
    good = drive(org, "consolidate", TOOLS, now=WHEN + SOON)

    assert bad is not None
    assert bad.outcome == "rejected"
    assert [one.outcome for one in good] == ["applied"] * len(sample.sessions)
