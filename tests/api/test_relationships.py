"""Edges over HTTP: drawn, listed, ended, asked for again; what is not there is never told apart."""

from typing import Any

import pytest

from nrem import ids
from nrem.store import key
from tests.api.changing import NOBODY, OTHER, TEXT, do
from tests.api.serving import Caller, Service
from tests.api.test_as_of import instant

NO_EDGE = ids.encode(ids.RELATIONSHIP, 2**40)
TYPES = [
    ("RELATES_TO", "relates_to"),
    ("related_to", "relates_to"),
    ("Caused_By", "caused_by"),
    ("follows", "follows"),
    ("contradicts", "contradicts"),
    ("SUPPORTS", "supports"),
    ("derived_from", "derived_from"),
    ("supersedes", "supersedes"),
]


@pytest.fixture
def pair(caller: Caller) -> tuple[str, str]:
    """Two memories."""
    return caller.store(TEXT)["id"], caller.store(OTHER)["id"]


def place(memory_id: str, edge_id: str = "") -> str:
    return f"/v1/memories/{memory_id}/relationships" + (f"/{edge_id}" if edge_id else "")


def draw(caller: Caller, source: str, target: str, **fields: Any) -> Any:  # noqa: ANN401
    given = {"target_memory_id": target, "relationship_type": "supports", **fields}
    return caller.post(place(source), given)


def listed(caller: Caller, memory_id: str, **params: str) -> list[dict[str, Any]]:
    answer = caller.get(place(memory_id), **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["relationships"])


def end(caller: Caller, path: str, **params: str) -> int:
    return caller.client.delete(path, params=params).status_code


def test_edge_is_drawn_and_listed_at_both_ends(caller: Caller, pair: tuple[str, str]) -> None:
    source, target = pair

    answer = draw(caller, source, target, weight=0.5, metadata={"why": "said so"})

    drawn = answer.json()
    assert answer.status_code == 201
    assert drawn["id"].startswith("rel_")
    assert drawn["valid_from"]
    assert {name: drawn[name] for name in drawn if name not in {"id", "valid_from"}} == {
        "source_memory_id": source,
        "target_memory_id": target,
        "relationship_type": "supports",
        "weight": 0.5,
        "metadata": {"why": "said so"},
        "drawn_by": None,
        "run_id": None,
        "valid_to": None,
    }
    assert listed(caller, source) == listed(caller, target) == [drawn]


def test_edge_that_stands_is_answered_as_it_is(caller: Caller, pair: tuple[str, str]) -> None:
    first = draw(caller, *pair, weight=0.5)

    again = draw(caller, *pair, weight=0.9, metadata={"a": 1})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert caller.count("edges") == 1


@pytest.mark.parametrize(("given", "answered"), TYPES)
def test_type_is_read_in_any_case_and_answered_in_lower_case(
    caller: Caller, pair: tuple[str, str], given: str, answered: str
) -> None:
    drawn = draw(caller, *pair, relationship_type=given).json()

    assert (drawn["relationship_type"], drawn["weight"]) == (answered, 1.0)
    assert listed(caller, pair[0], type=given) == [drawn]


def test_listing_obeys_direction_and_type(caller: Caller, pair: tuple[str, str]) -> None:
    one, other = pair
    out = draw(caller, one, other).json()
    back = draw(caller, other, one, relationship_type="follows").json()

    assert listed(caller, one) == [out, back]
    assert listed(caller, one, direction="out") == [out]
    assert listed(caller, one, direction="in") == [back]
    assert listed(caller, one, type="FOLLOWS") == [back]
    assert listed(caller, one, direction="out", type="follows") == []


def test_cursor_leads_to_the_next_page(caller: Caller, pair: tuple[str, str]) -> None:
    drawn = [draw(caller, *pair, relationship_type=one).json() for one in ("supports", "follows")]

    first = caller.get(place(pair[0]), limit="1").json()
    second = caller.get(place(pair[0]), limit="1", cursor=first["next_cursor"]).json()

    assert first["relationships"] + second["relationships"] == drawn
    assert second["next_cursor"] is None
    assert caller.get(place(pair[0]), cursor="mem_x").json()["field"] == "cursor"


def test_edge_that_was_ended_is_listed_as_of_then(caller: Caller, pair: tuple[str, str]) -> None:
    before = instant(caller).isoformat()
    drawn = draw(caller, *pair).json()
    stood = instant(caller).isoformat()

    codes = [end(caller, place(pair[0], drawn["id"])) for _ in range(2)]

    assert codes == [204, 204]
    assert listed(caller, pair[0]) == []
    assert listed(caller, pair[0], as_of=before) == []
    (found,) = listed(caller, pair[0], as_of=stood)
    assert found["id"] == drawn["id"]
    assert found["valid_to"]


def test_edge_is_ended_by_where_it_leads(caller: Caller, pair: tuple[str, str]) -> None:
    source, target = pair
    draw(caller, source, target)
    other = draw(caller, source, target, relationship_type="follows").json()
    named = {"target_memory_id": target, "relationship_type": "Supports"}

    codes = [end(caller, place(source), **named) for _ in range(2)]

    assert codes == [204, 204]
    assert listed(caller, source) == [other]
    assert end(caller, place(target), **(named | {"target_memory_id": source})) == 404


def test_edge_is_ended_at_either_end_and_at_no_other(caller: Caller, pair: tuple[str, str]) -> None:
    third = caller.store("tea at noon")["id"]
    drawn = draw(caller, *pair).json()

    assert end(caller, place(third, drawn["id"])) == 404
    assert end(caller, place(pair[1], drawn["id"])) == 204
    assert draw(caller, *pair).json()["id"] != drawn["id"]


def test_edge_to_the_memory_itself_is_refused(caller: Caller, pair: tuple[str, str]) -> None:
    answer = draw(caller, pair[0], pair[0])

    assert (answer.status_code, answer.json()["field"]) == (422, "target_memory_id")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"relationship_type": "likes"}, "relationship_type"),
        ({"relationship_type": 1}, "relationship_type"),
        ({"weight": 1.1}, "weight"),
        ({"weight": -0.1}, "weight"),
        ({"weight": "1"}, "weight"),
        ({"metadata": {str(n): n for n in range(65)}}, "metadata"),
        ({"metadata": {"a": "\u0000"}}, "metadata"),
        ({"target_memory_id": ""}, "target_memory_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_fault_is_named_by_its_field(
    caller: Caller, pair: tuple[str, str], fields: dict[str, Any], named: str
) -> None:
    answer = draw(caller, *pair, **fields)

    assert answer.status_code == 422
    assert answer.json()["field"] == named
    assert caller.count("edges") == 0


@pytest.mark.parametrize(
    "params", [{"direction": "up"}, {"type": "likes"}, {"limit": "0"}, {"x": "y"}]
)
def test_fault_of_a_listing_is_named(
    caller: Caller, pair: tuple[str, str], params: dict[str, str]
) -> None:
    answer = caller.get(place(pair[0]), **params)

    assert (answer.status_code, answer.json()["field"]) == (422, next(iter(params)))


def test_unknown_and_foreign_memories_are_not_told_apart(
    caller: Caller, stranger: Caller, pair: tuple[str, str]
) -> None:
    drawn = draw(caller, *pair).json()
    own = stranger.store(TEXT)["id"]

    def answers(memory_id: str, edge_id: str) -> list[Any]:
        named = {"target_memory_id": memory_id, "relationship_type": "supports"}
        related = {"agent_id": "agent", "content": OTHER, "relationships": [named]}
        found = [
            stranger.get(place(memory_id)),
            stranger.get(place(memory_id), as_of="2026-01-01"),
            draw(stranger, memory_id, own),
            draw(stranger, own, memory_id),
            stranger.client.delete(place(memory_id, edge_id)),
            stranger.client.delete(place(own, edge_id)),
            stranger.client.delete(place(own), params=named),
            stranger.post("/v1/memories", related),
            stranger.post("/v1/memories/batch", {"memories": [related]}),
        ]
        return [(one.status_code, one.json() | {"request_id": ""}) for one in found]

    foreign = answers(pair[0], drawn["id"])

    assert foreign == answers(NOBODY, NO_EDGE) == answers("nobody", "rel_x")
    assert {status for status, _ in foreign} == {404}
    assert stranger.count("edges") == 0
    assert stranger.count("memories") == 1
    assert listed(caller, pair[0]) == [drawn]


def test_forgotten_memory_is_at_no_end_but_as_of_then(
    caller: Caller, pair: tuple[str, str]
) -> None:
    drawn = draw(caller, *pair).json()
    stood = instant(caller).isoformat()
    do(caller, pair[1], "forget")

    assert caller.get(place(pair[1])).status_code == 404
    assert draw(caller, *pair, relationship_type="follows").status_code == 404
    assert listed(caller, pair[1], as_of=stood) == listed(caller, pair[0]) == [drawn]


def test_memory_is_stored_with_its_edges(caller: Caller, pair: tuple[str, str]) -> None:
    one, other = pair
    wanted = [
        {"target_memory_id": one, "relationship_type": "CAUSED_BY", "weight": 0.5},
        {"target_memory_id": one, "relationship_type": "caused_by"},
        {"target_memory_id": other, "relationship_type": "follows", "metadata": {"a": 1}},
    ]

    stored = caller.store("tea at noon", relationships=wanted)["id"]

    found = listed(caller, stored)
    assert [
        (e["target_memory_id"], e["relationship_type"], e["weight"], e["metadata"]) for e in found
    ] in (
        [(one, "caused_by", 0.5, {}), (other, "follows", 1.0, {"a": 1})],
        [(other, "follows", 1.0, {"a": 1}), (one, "caused_by", 0.5, {})],
    )


def test_batch_is_stored_with_its_edges_once(caller: Caller, pair: tuple[str, str]) -> None:
    related = [{"target_memory_id": pair[0], "relationship_type": "supports"}]
    items = [
        {"agent_id": "agent", "content": "tea", "relationships": related},
        {"agent_id": "agent", "content": "snow"},
        {"agent_id": "agent", "content": "rain", "relationships": related},
    ]

    answers = [
        caller.post("/v1/memories/batch", {"memories": items}, Idempotency_Key="k").json()
        for _ in range(2)
    ]

    tea, snow, rain = (one["id"] for one in answers[0]["results"])
    assert [one["id"] for one in answers[1]["results"]] == [tea, snow, rain]
    assert {e["source_memory_id"] for e in listed(caller, pair[0])} == {tea, rain}
    assert caller.count("edges") == 2


@pytest.mark.parametrize(
    ("scope", "method", "status"),
    [
        (key.MEMORY_READ, "GET", 200),
        (key.MEMORY_READ, "POST", 403),
        (key.MEMORY_READ, "DELETE", 403),
        (key.MEMORY_WRITE, "GET", 403),
        (key.MEMORY_WRITE, "POST", 201),
        (key.MEMORY_WRITE, "DELETE", 404),
    ],
)
def test_key_needs_the_scope(
    service: Service, caller: Caller, pair: tuple[str, str], scope: str, method: str, status: int
) -> None:
    source, target = pair
    named = {"target_memory_id": target, "relationship_type": "supports"}
    with service.caller(caller.org, [scope]) as other:
        how = {"json": named} if method == "POST" else {}
        if method == "DELETE":
            how = {"params": named}
        answer = other.client.request(method, place(source), **how)  # type: ignore[arg-type]

    assert answer.status_code == status
