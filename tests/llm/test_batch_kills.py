"""A process that dies at any step of a batch's life: each request is paid once and applied once.

A kill is an error that nothing catches: the transaction at hand is rolled back, and what was
claimed is left claimed until its lease lapses, as when the process is gone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nrem.llm.anthropic_batch import AnthropicBatches
from nrem.store import batch, lease
from tests.llm.batching import HOUR, KNOWN, MINUTE, NIGHT, READY, SENT, Night
from tests.llm.batching import night as begun
from tests.llm.messages_api import Answer
from tests.world import Org, World


class KilledError(BaseException):
    """The process is gone."""


@pytest.fixture
def night(world: World, org: Org, tmp_path: Path) -> Iterator[Night]:
    """Three users of whom promote has something to ask, gathered."""
    with begun(world, org, tmp_path / "data") as found:
        found.gather()
        yield found


def _kill(patch: pytest.MonkeyPatch, owner: object, name: str, *, is_after: bool) -> None:
    """The next call of a function is the last thing that the process does, or does not get to."""
    real: Callable[..., Any] = getattr(owner, name)

    def last(*args: Any, **given: Any) -> Any:  # noqa: ANN401
        patch.undo()
        if is_after:
            real(*args, **given)
        raise KilledError

    patch.setattr(owner, name, last)


def _live_on(night: Night) -> None:
    """Another process does all that is left, for as long as it takes."""
    night.org.world.lapse()
    for hour in range(1, 4):
        now = SENT + hour * HOUR
        night.send(now)
        night.asking.api.batches.finish()
        night.send(now + 15 * MINUTE)
        night.drain("promote", now + 16 * MINUTE)


def _paid_once_and_applied_once(night: Night) -> None:
    assert night.known() == KNOWN
    assert night.calls() == ["ok"] * 3
    assert night.asking.api.batches.paid == 3
    assert night.asking.api.calls == []
    (spent,) = night.org.ask("SELECT calls, micros FROM llm_spend WHERE org_id = %(org)s")
    costs = night.org.column("SELECT cost_micros FROM llm_calls WHERE org_id = %(org)s")
    assert tuple(spent) == (3, sum(costs))
    assert [run for run in night.runs() if run[0] == "applied"] == [("applied", None)] * 3


@pytest.mark.parametrize(
    ("owner", "name", "is_after"),
    [
        pytest.param(batch, "send", False, id="before-it-is-marked"),
        pytest.param(AnthropicBatches, "create", False, id="before-it-is-sent"),
        pytest.param(AnthropicBatches, "create", True, id="after-it-was-sent"),
        pytest.param(batch, "sent", True, id="while-its-name-is-written"),
    ],
)
def test_killed_while_a_batch_goes_out(
    night: Night, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, is_after: bool
) -> None:
    _kill(monkeypatch, owner, name, is_after=is_after)
    with pytest.raises(KilledError):
        night.send()

    _live_on(night)

    _paid_once_and_applied_once(night)


@pytest.mark.parametrize(
    ("owner", "name", "is_after"),
    [
        pytest.param(AnthropicBatches, "progress", False, id="before-it-is-asked-for"),
        pytest.param(AnthropicBatches, "results", False, id="before-it-is-fetched"),
        pytest.param(AnthropicBatches, "results", True, id="after-it-was-fetched"),
        pytest.param(batch, "settle", True, id="while-it-is-written"),
        pytest.param(batch, "answered", True, id="before-it-is-committed"),
    ],
)
def test_killed_while_the_replies_come_in(
    night: Night, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, *, is_after: bool
) -> None:
    night.send()
    _kill(monkeypatch, owner, name, is_after=is_after)
    with pytest.raises(KilledError):
        night.deliver()

    _live_on(night)

    _paid_once_and_applied_once(night)


def test_killed_before_a_reply_is_applied(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.send()
    night.deliver()
    _kill(monkeypatch, lease, "finish", is_after=True)
    with pytest.raises(KilledError):
        night.drain("promote", READY)

    _live_on(night)

    _paid_once_and_applied_once(night)


def test_killed_while_a_request_is_gathered(
    world: World, org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begun(world, org, tmp_path / "data") as night:
        _kill(monkeypatch, lease, "arm", is_after=True)
        with pytest.raises(KilledError):
            night.gather()
        world.lapse()
        night.gather()

        _live_on(night)

        _paid_once_and_applied_once(night)


def test_batch_whose_acceptance_nobody_heard_of_is_not_sent_again(night: Night) -> None:
    night.asking.api.batch_script.append(Answer(is_unheard=True))
    night.send()
    assert night.batch() == ["sending"]

    _live_on(night)

    assert len(night.asking.api.batches.held) == 1
    _paid_once_and_applied_once(night)


def test_batch_of_somebody_else_is_not_taken_for_ours_for_good(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = night.asking.api.batches
    _kill(monkeypatch, AnthropicBatches, "create", is_after=True)
    with pytest.raises(KilledError):
        night.send()
    (ours,) = api.held
    others = [{**one, "custom_id": f"theirs-{at}"} for at, one in enumerate(ours.requests)]
    api.clock = lambda: SENT - MINUTE
    api.handle("POST", "/v1/messages/batches", {"requests": others}, "")

    _live_on(night)

    assert night.batch("foreign_ids") == [["msgbatch_2"]]
    assert night.batch("provider_id") == ["msgbatch_1"]
    assert night.known() == KNOWN
    assert night.calls() == ["ok"] * 3


def test_batch_that_was_made_long_before_is_none_of_ours(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = night.asking.api.batches
    api.clock = lambda: NIGHT - HOUR
    theirs = [
        {"custom_id": f"theirs-{at}", "params": {"messages": [{"content": "[]"}]}}
        for at in range(3)
    ]
    api.handle("POST", "/v1/messages/batches", {"requests": theirs}, "")
    api.clock = lambda: SENT
    _kill(monkeypatch, AnthropicBatches, "create", is_after=False)
    with pytest.raises(KilledError):
        night.send()
    night.org.world.lapse()

    night.send(SENT + HOUR)

    assert night.batch("provider_id") == ["msgbatch_2"]
