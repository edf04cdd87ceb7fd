"""`GET /v1/memories/{id}/explain`: features, curve, what is past and what is to come."""

from typing import Any

import pytest

from nrem import ids
from nrem.store import key
from tests.api.serving import Caller, Service

TEXT = "I moved to Lisbon on 3 May 2025 with my sister Ana."
INSERT = (
    "INSERT INTO crossings (org_id, memory_id, kind, before, after, at, reason, run_id) "
    "VALUES (%(org)s, %(id)s, %(kind)s, %(before)s, %(after)s, now() - %(ago)s::interval, "
    "'used', %(run)s)"
)


def _explain(caller: Caller, memory_id: str) -> dict[str, Any]:
    answer = caller.get(f"/v1/memories/{memory_id}/explain")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _number(memory_id: str) -> int:
    return ids.decode(ids.MEMORY, memory_id) or 0


def _sum(score: dict[str, Any]) -> float:
    total = score["base"] + sum(one["contribution"] for one in score["features"])
    return float(min(max(total, 0.0), 1.0))


@pytest.mark.parametrize("content", [TEXT, "ok", "I'm so glad, thanks! How are you?"])
def test_features_add_up_to_the_importance(caller: Caller, content: str) -> None:
    stored = caller.store(content)

    found = _explain(caller, stored["id"])

    assert found["memory_id"] == stored["id"]
    assert found["importance_given"] is False
    assert found["importance"] == stored["importance"] == found["score"]["importance"]
    assert _sum(found["score"]) == pytest.approx(found["importance"], abs=1e-12)


def test_every_feature_is_shown_with_its_weight(caller: Caller) -> None:
    caller.store(TEXT)

    score = _explain(caller, caller.store(TEXT)["id"])["score"]

    features = {one["name"]: one for one in score["features"]}
    assert len(features) == 14
    assert (features["novelty"]["value"], features["novelty"]["weight"]) == (0.0, 0.1)
    assert features["dates"]["contribution"] > 0
    assert features["filler"]["weight"] == -0.2


def test_given_importance_wins_and_the_score_is_shown_beside_it(caller: Caller) -> None:
    found = _explain(caller, caller.store(TEXT, importance=0.01)["id"])

    assert (found["importance"], found["importance_given"]) == (0.01, True)
    assert found["score"]["importance"] > 0.3
    assert _sum(found["score"]) == pytest.approx(found["score"]["importance"], abs=1e-12)


def test_score_is_explained_by_the_weights_it_was_made_with(caller: Caller) -> None:
    stored = caller.store(TEXT)
    before = _explain(caller, stored["id"])
    caller.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        """VALUES (%(org)s, 1, '{"score": {"base": 0.9, "dates": 0.9, "remember": 0.5}}', now())""",
        org=caller.org,
    )

    after = _explain(caller, stored["id"])

    changed = [
        one["name"]
        for one, other in zip(
            after["score"].pop("features"), before["score"].pop("features"), strict=True
        )
        if one != other
    ]
    assert after["score"] == before["score"]
    assert changed == ["remember"]


def test_new_content_is_scored_and_explained_anew(caller: Caller) -> None:
    known = caller.store("Maria plays the cello.")
    stored = caller.store("Something about a garden.")

    caller.patch(f"/v1/memories/{stored['id']}", {"content": known["content"]})

    explained = caller.get(f"/v1/memories/{stored['id']}/explain").json()
    parts = {one["name"]: one["value"] for one in explained["score"]["features"]}
    assert parts["novelty"] == 0
    assert explained["importance"] < known["importance"]


def test_new_content_is_not_held_against_the_words_it_replaces(caller: Caller) -> None:
    stored = caller.store("Maria plays the cello.")

    caller.patch(f"/v1/memories/{stored['id']}", {"content": "Maria plays the cello!"})

    explained = caller.get(f"/v1/memories/{stored['id']}/explain").json()
    parts = {one["name"]: one["value"] for one in explained["score"]["features"]}
    assert parts["novelty"] == 1


def test_consolidated_memory_is_explained(caller: Caller) -> None:
    whose = {"agent_id": "agent", "user_id": "u", "session_id": "s"}
    caller.send(
        {"type": "turn", "role": "user", "content": TEXT, **whose},
        {"type": "session.end", **whose},
    )
    caller.run()

    (memory,) = caller.get("/v1/memories", agent_id="agent").json()["memories"]
    found = _explain(caller, memory["id"])
    assert _sum(found["score"]) == pytest.approx(memory["importance"], abs=1e-12)


def test_memory_without_a_kept_score_says_so(caller: Caller) -> None:
    stored = caller.store(TEXT)
    caller.world.do("UPDATE memories SET features = NULL WHERE org_id = %(org)s", org=caller.org)

    assert _explain(caller, stored["id"])["score"] is None


def test_curve_says_how_the_memory_fades(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short", importance=0.8)

    curve = _explain(caller, stored["id"])["curve"]

    assert {name: curve[name] for name in ("type", "tier", "kind", "stability_days", "floor")} == {
        "type": "episodic",
        "tier": "short",
        "kind": "exponential",
        "stability_days": 14.0,
        "floor": 0.02,
    }
    assert curve["points"][0] == {"days": 0.0, "effective_importance": 0.8}
    at_half_life = next(one for one in curve["points"] if one["days"] == 14)
    assert at_half_life["effective_importance"] == pytest.approx(0.02 + 0.78 / 2)
    assert 0.79 < curve["effective_importance_now"] <= 0.8


def test_every_coming_crossing_is_told_in_order(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short", importance=0.8)

    upcoming = _explain(caller, stored["id"])["upcoming"]

    assert [(one["to"], one["reason"]) for one in upcoming][:2] == [
        ("archived", "idle"),
        ("forgotten", "retention_ended"),
    ]
    assert upcoming[0]["at"] == stored["due_at"]
    assert [one["at"] for one in upcoming] == sorted(one["at"] for one in upcoming)


def test_what_lasts_has_nothing_to_come(caller: Caller) -> None:
    assert _explain(caller, caller.store(TEXT, memory_type="semantic")["id"])["upcoming"] == []


def test_past_is_told_oldest_first_with_its_runs(caller: Caller) -> None:
    number = _number((stored := caller.store(TEXT))["id"])
    for kind, before, after, ago, run in (
        ("tier", "short", "long", "1 day", 7),
        ("state", "archived", "live", "2 days", None),
    ):
        caller.world.do(
            INSERT,
            org=caller.org,
            id=number,
            kind=kind,
            before=before,
            after=after,
            ago=ago,
            run=run,
        )

    past = _explain(caller, stored["id"])["past"]

    assert [(one["kind"], one["before"], one["after"], one["reason"]) for one in past] == [
        ("state", "archived", "live", "used"),
        ("tier", "short", "long", "used"),
    ]
    assert [one["run_id"] for one in past] == [None, ids.encode(ids.RUN, 7)]


def test_change_that_no_pass_has_written_down_is_past(caller: Caller) -> None:
    stored = caller.store(TEXT, tier="short", importance=0.9)
    caller.world.do(
        "UPDATE memories SET last_access = last_access - interval '8 days', "
        "state_since = state_since - interval '8 days', "
        "facts_since = facts_since - interval '8 days' WHERE org_id = %(org)s",
        org=caller.org,
    )

    found = _explain(caller, stored["id"])

    (passed,) = found["past"]
    assert (passed["before"], passed["after"], passed["reason"]) == ("live", "archived", "idle")
    assert passed["run_id"] is None
    assert [one["to"] for one in found["upcoming"]][:1] == ["forgotten"]


@pytest.mark.parametrize("memory_id", ["x", "mem_0000000000000", "mem_zzzzzzzzzzzzz"])
def test_unknown_memory_is_not_found(caller: Caller, memory_id: str) -> None:
    assert caller.get(f"/v1/memories/{memory_id}/explain").status_code == 404


def test_foreign_memory_is_answered_as_an_unknown_one(caller: Caller, stranger: Caller) -> None:
    memory_id = caller.store(TEXT)["id"]

    foreign = stranger.get(f"/v1/memories/{memory_id}/explain")
    unknown = stranger.get(f"/v1/memories/{ids.encode(ids.MEMORY, 987_654)}/explain")

    bodies = [answer.json() | {"request_id": ""} for answer in (foreign, unknown)]
    assert (foreign.status_code, bodies[0]) == (404, bodies[1])


def test_forgotten_memory_is_not_found(caller: Caller) -> None:
    stored = caller.store(TEXT)
    caller.world.do(
        "UPDATE memories SET state = 'forgotten' WHERE org_id = %(org)s", org=caller.org
    )

    assert caller.get(f"/v1/memories/{stored['id']}/explain").status_code == 404


def test_key_must_be_allowed_to_read(service: Service, caller: Caller) -> None:
    stored = caller.store(TEXT)

    with service.caller(caller.org, [key.MEMORY_WRITE]) as writer:
        answer = writer.get(f"/v1/memories/{stored['id']}/explain")

    assert answer.status_code == 403
