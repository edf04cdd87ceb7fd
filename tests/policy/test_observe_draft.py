from datetime import UTC, datetime, timedelta

import pytest

from nrem.policy.consolidate_model import Turn
from nrem.policy.observe_draft import drafts
from nrem.policy.observe_model import ObserveDraft, ObserveInput

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def observed(*said: str, role: str = "user", timezone: str = "UTC") -> tuple[ObserveDraft, ...]:
    turns = tuple(
        Turn(
            event_id=100 + at,
            seq=at,
            role=role,
            speaker=None,
            content=text,
            occurred_at=NOW + timedelta(minutes=at),
        )
        for at, text in enumerate(said, start=1)
    )
    return drafts(ObserveInput(turns=turns, now=NOW, timezone=timezone))


def test_each_fact_is_noted_in_its_own_words_with_its_turn() -> None:
    found = observed("Hello!", "I moved to Lisbon in May.", "Thanks a lot.")

    assert [(one.text, one.sources) for one in found] == [("User: I moved to Lisbon in May.", (2,))]


def test_relative_date_becomes_the_day_it_is_about() -> None:
    (found,) = observed("I signed the lease for the flat yesterday.")

    assert found.referenced_date == "2026-03-01"


def test_yesterday_follows_the_time_zone_over_midnight() -> None:
    late = Turn(
        event_id=1,
        seq=1,
        role="user",
        speaker=None,
        content="I signed the lease for the flat yesterday.",
        occurred_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
    )

    days = [
        drafts(ObserveInput(turns=(late,), now=NOW, timezone=zone))[0].referenced_date
        for zone in ("UTC", "Europe/Berlin")
    ]

    assert days == ["2026-03-01", "2026-03-02"]


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("Please remember that I am allergic to walnuts.", "high"),
        ("By the way, I prefer tea to coffee, so please no espresso bars.", "medium"),
        ("No, we came too late for dinner.", "low"),
    ],
)
def test_what_lasts_matters_more(said: str, priority: str) -> None:
    assert [one.priority for one in observed(said)] == [priority]


def test_what_a_tool_returns_is_not_noted() -> None:
    assert observed("I moved to Lisbon in May.", role="tool") == ()
