"""Behaviour to beat of zeno-memory, its lines about cards. Names carry its numbers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.api.serving import Caller

CARD = "/v1/cards/agent/ana"
NAMES = ("Ana", "Eva", "Ida", "Eva")


@pytest.fixture
def owner(caller: Caller) -> Caller:
    """Somebody whose agent has cards."""
    fields = {name: {"type": "string"} for name in ("name", "city")}
    schema = {"type": "object", "properties": fields}
    answer = caller.client.put("/v1/agents/agent/card-schema", json={"schema": schema})
    assert answer.status_code == 200, answer.text
    return caller


def _patch(caller: Caller, name: str, expected: int | None = None) -> int:
    more = {} if expected is None else {"expected_version": expected}
    return int(caller.patch(CARD, {"fields": {"name": name}, **more}).status_code)


def _card(caller: Caller, **given: str) -> dict[str, Any]:
    return dict(caller.get(CARD, **given).json())


def test_line_26_every_value_that_a_field_had_is_told(owner: Caller) -> None:
    for name in NAMES:
        _patch(owner, name)

    past = owner.get(f"{CARD}/history").json()["values"]

    assert [one["value"] for one in past] == [*reversed(NAMES)]
    assert [one["valid_to"] for one in past[1:]] == [one["valid_from"] for one in past[:-1]]
    assert past[0]["valid_to"] is None


def test_line_26_card_is_told_as_it_was(owner: Caller) -> None:
    moments = []
    for name in NAMES:
        _patch(owner, name)
        moments.append(_card(owner)["updated_at"])

    told = [_card(owner, as_of=at)["fields"]["name"]["value"] for at in moments]

    assert told == [*NAMES]


def test_line_26_of_many_who_saw_one_version_one_writes(owner: Caller) -> None:
    _patch(owner, "Ana")
    version = _card(owner)["version"]
    with ThreadPoolExecutor(8) as many:
        statuses = list(many.map(lambda at: _patch(owner, f"n{at}", version), range(8)))

    assert sorted(statuses) == [200, *[409] * 7]
    assert _card(owner)["fields"]["name"]["value"] == f"n{statuses.index(200)}"


def test_line_26_without_a_version_the_last_write_wins(owner: Caller) -> None:
    with ThreadPoolExecutor(8) as many:
        statuses = list(many.map(lambda at: _patch(owner, f"n{at}"), range(8)))

    newest = owner.get(f"{CARD}/history").json()["values"][0]["value"]
    assert statuses == [200] * 8
    assert _card(owner)["fields"]["name"]["value"] == newest
