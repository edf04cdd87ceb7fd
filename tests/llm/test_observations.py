"""Observations and edits of them, proposed by a model, by rules, and from the ledger."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from nrem.errors import ReplyError
from nrem.llm.duty_observe import Reply
from nrem.llm.offline import OfflineProvider
from nrem.llm.order import read
from nrem.llm.provider import Provider
from nrem.policy.budget import LlmPolicy
from nrem.policy.consolidate_model import Turn
from nrem.policy.observe_model import Neighbour, ObserveDraft, ObserveInput, Priority
from nrem.policy.reflect_model import Delete, Logged, Merge, ReflectInput, Replace
from tests.llm.asking import Asking
from tests.llm.messages_api import Answer
from tests.llm.shape import order
from tests.world import EMBEDDER, NOW, Org
from worker.ledger import Errand

SAID_AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
WINDOW = ObserveInput(
    turns=(
        Turn(
            event_id=901,
            seq=4,
            role="user",
            speaker="Mira",
            content="I fly to Oslo tomorrow with my sister.",
            occurred_at=SAID_AT,
        ),
    ),
    now=NOW,
    timezone="Europe/Lisbon",
    known=(
        Neighbour(
            ordinal=1,
            text="Mira has a sister.",
            priority=Priority.LOW,
            observation_date=SAID_AT - timedelta(days=9),
        ),
    ),
    subject_id=7,
)
LOG = ReflectInput(
    observations=tuple(
        Logged(ordinal=at, text=text, priority=Priority.LOW, observation_date=SAID_AT)
        for at, text in enumerate(("Mira likes tea.", "Mira likes green tea.", "Mira sails."), 1)
    ),
    now=NOW,
    subject_id=7,
)


def _provider(asking: Asking, org: Org, **given: Any) -> Provider:  # noqa: ANN401
    desk = asking.tools(**given).desk
    assert desk is not None
    errand = Errand(org_id=org.number, run_id=1, pass_name="observe", policy=LlmPolicy())
    return desk.provider(org.world.worker, errand, NOW)


def _edits(*edits: dict[str, Any]) -> Answer:
    return Answer(text=json.dumps({"edits": list(edits)}))


def test_model_notes_what_it_is_shown(asking: Asking, org: Org) -> None:
    proposal = _provider(asking, org).propose_observations(WINDOW)

    assert proposal.drafts == (
        ObserveDraft(
            text="I fly to Oslo tomorrow with my sister.",
            priority="medium",
            sources=(4,),
            referenced_date="2026-03-01",
        ),
    )
    assert proposal.engine.startswith("claude-haiku-5-5@")
    assert proposal.cost_usd > 0


def test_model_sees_dates_zone_and_what_is_known_and_no_row_number(
    asking: Asking, org: Org
) -> None:
    _provider(asking, org).propose_observations(WINDOW)

    shown = json.loads(asking.api.calls[0].request["messages"][0]["content"])
    assert shown == {
        "today": "2026-03-01",
        "timezone": "Europe/Lisbon",
        "turns": [
            {
                "id": 4,
                "date": "2026-03-01T23:30+00:00",
                "role": "user",
                "speaker": "Mira",
                "text": "I fly to Oslo tomorrow with my sister.",
            }
        ],
        "known": [{"date": "2026-02-20T23:30+00:00", "text": "Mira has a sister."}],
        "at_most": 50,
    }


def test_same_turns_are_the_same_request_on_another_day(asking: Asking, org: Org) -> None:
    first = _provider(asking, org).propose_observations(WINDOW)

    later = replace(WINDOW, now=NOW + timedelta(days=400))
    again = _provider(asking, org, mode="replay").propose_observations(later)

    assert again.drafts == first.drafts


def test_same_observations_are_the_same_request_under_other_ordinals(
    asking: Asking, org: Org
) -> None:
    asking.api.script.append(_edits({"verb": "delete", "source_ids": [2], "text": None}))
    first = _provider(asking, org).propose_edits(LOG)
    renumbered = tuple(replace(one, ordinal=one.ordinal + 40) for one in LOG.observations)

    later = replace(LOG, observations=renumbered, now=NOW + timedelta(days=400))
    again = _provider(asking, org, mode="replay").propose_edits(later)

    assert (first.edits, again.edits) == ((Delete(source_id=2),), (Delete(source_id=42),))


def test_edit_of_what_was_not_shown_names_no_observation(asking: Asking, org: Org) -> None:
    given = [{"verb": "delete", "source_ids": [at], "text": None} for at in (0, -1, 4)]
    asking.api.script.append(_edits(*given))

    proposal = _provider(asking, org).propose_edits(LOG)

    assert proposal.edits == (Delete(source_id=0),) * 3


def test_reply_with_nothing_to_note_is_empty(asking: Asking, org: Org) -> None:
    asking.api.script.append(Answer(text='{"observations": []}'))

    assert _provider(asking, org).propose_observations(WINDOW).drafts == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"observations": [{"text": "half'])
def test_reply_that_cannot_be_read_is_never_empty_however_often(
    asking: Asking, org: Org, text: str
) -> None:
    asking.api.script += [Answer(text=text)] * 4
    provider = _provider(asking, org)

    for _ in range(4):
        with pytest.raises(ReplyError):
            provider.propose_observations(WINDOW)

    assert len(asking.api.calls) == 4


def test_replay_gives_the_same_observations_for_nothing(asking: Asking, org: Org) -> None:
    first = _provider(asking, org).propose_observations(WINDOW)

    again = _provider(asking, org, mode="replay").propose_observations(WINDOW)

    assert again.drafts == first.drafts
    assert (again.engine, again.cost_usd) == (first.engine, 0.0)
    assert len(asking.api.calls) == 1


def test_without_money_rules_note_and_say_why(asking: Asking, org: Org) -> None:
    desk = asking.tools().desk
    assert desk is not None
    poor = LlmPolicy(daily_budget_usd=0.0)
    errand = Errand(org_id=org.number, run_id=1, pass_name="observe", policy=poor)

    proposal = desk.provider(org.world.worker, errand, NOW).propose_observations(WINDOW)

    assert proposal.drafts == OfflineProvider(EMBEDDER).propose_observations(WINDOW).drafts
    assert (proposal.engine, proposal.reason) == ("offline@1", "budget_of_the_day_spent")


def test_model_may_merge_replace_and_delete(asking: Asking, org: Org) -> None:
    asking.api.script.append(
        _edits(
            {"verb": "merge", "source_ids": [1, 2], "text": "Mira likes green tea."},
            {"verb": "replace", "source_ids": [3], "text": "Sails."},
            {"verb": "delete", "source_ids": [1], "text": None},
        )
    )

    proposal = _provider(asking, org).propose_edits(LOG)

    assert proposal.edits == (
        Merge(source_ids=(1, 2), text="Mira likes green tea."),
        Replace(source_id=3, text="Sails."),
        Delete(source_id=1),
    )
    assert proposal.engine.startswith("claude-haiku-5-5@")


@pytest.mark.parametrize(
    "edit",
    [
        {"verb": "merge", "source_ids": [1, 2], "text": None},
        {"verb": "replace", "source_ids": [1], "text": None},
        {"verb": "replace", "source_ids": [1, 2], "text": "x"},
        {"verb": "delete", "source_ids": [], "text": None},
        {"verb": "purge", "source_ids": [1], "text": None},
    ],
)
def test_edit_that_lacks_what_its_verb_needs_makes_the_reply_useless(
    asking: Asking, org: Org, edit: dict[str, Any]
) -> None:
    asking.api.script.append(_edits(edit))

    with pytest.raises(ReplyError):
        _provider(asking, org).propose_edits(LOG)


def test_replay_gives_the_same_edits_for_nothing(asking: Asking, org: Org) -> None:
    asking.api.script.append(_edits({"verb": "delete", "source_ids": [1], "text": None}))
    first = _provider(asking, org).propose_edits(LOG)

    again = _provider(asking, org, mode="replay").propose_edits(LOG)

    assert again.edits == first.edits == (Delete(source_id=1),)
    assert len(asking.api.calls) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"observations": [' + "[" * 900_000, "reply_is_no_json"),
        ('{"observations": [' + "1," * 400_000 + "1]}", "reply_has_another_shape"),
        ("{" * 1_000_001, "reply_is_too_long"),
    ],
    ids=["deep", "wide", "long"],
)
def test_huge_broken_reply_is_refused_by_its_first_fault(text: str, code: str) -> None:
    with pytest.raises(ReplyError, match=code):
        read(order("a", shape=Reply), text, lambda its: its)


def test_each_shape_stops_at_its_first_fault() -> None:
    with pytest.raises(ValidationError) as caught:
        Reply.model_validate({"observations": [1] * 1_000})

    assert caught.value.error_count() == 1
