"""Erasures over HTTP: asked for with one key, confirmed with another, and told how far they are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nrem import ids
from nrem.store import engine, key
from tests.api.admin import admin, administrator
from tests.api.erasing import work
from tests.api.serving import Caller, Service
from tests.world import DIGEST, TOOLS
from worker.passes.erase import ERASE
from worker.runner import Cause, Setting, drain

__all__ = ["admin"]

PATH = "/v1/admin/erasures"
NOBODY = ids.encode(ids.ERASURE, 987_654_321)


@pytest.fixture
def purger(service: Service, caller: Caller) -> Iterator[Caller]:
    """Somebody else, who confirms."""
    with administrator(service, caller.org, key.PURGE_SCOPES) as made:
        yield made


@pytest.fixture
def place(service: Service) -> Path:
    """The data directory of the worker."""
    return service.data_dir


def ask(admin: Caller, kind: str = "user", ref: str | None = "ann@example.org") -> str:
    """Ask for an erasure; answers its id."""
    answer = admin.post(PATH, {"kind": kind, **({} if ref is None else {"ref": ref})})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["erasure_id"])


def shown(admin: Caller, erasure_id: str) -> str:
    """The hash of its preview."""
    return str(admin.get(f"{PATH}/{erasure_id}/preview").json()["preview_hash"])


@pytest.mark.parametrize("kind", ["user", "agent", "session", "memory", "org"])
def test_erasure_is_asked_for_previewed_confirmed_and_certified(
    admin: Caller, caller: Caller, purger: Caller, place: Path, kind: str
) -> None:
    caller.begin("s", user_id="ann@example.org")
    stored = caller.store("Ann is allergic to peanuts", user_id="ann@example.org", session_id="s")
    ref = {"user": "ann@example.org", "agent": "agent", "session": "s", "memory": stored["id"]}

    erasure = ask(admin, kind, ref.get(kind))
    early = admin.get(f"{PATH}/{erasure}/preview")
    work(caller, place)
    preview = admin.get(f"{PATH}/{erasure}/preview").json()
    unsigned = admin.get(f"{PATH}/{erasure}/receipt")
    answer = purger.post(f"{PATH}/{erasure}:confirm", {"preview_hash": preview["preview_hash"]})
    work(caller, place)

    assert erasure.startswith("era_")
    assert (early.status_code, early.json()["error"]) == (409, "not_previewed")
    assert preview["tables"]["memories"] == 1
    assert (unsigned.status_code, unsigned.json()["error"]) == (409, "not_certified")
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "confirmed"
    its = admin.get(f"{PATH}/{erasure}").json()
    assert its["state"] == "certified"
    assert its["deleted"] == its["manifest"] == preview["tables"]
    assert (its["progress"], its["warning"], its["error"]) == (1.0, None, None)
    assert admin.get(f"{PATH}/{erasure}/receipt").status_code == 200
    assert caller.get(f"/v1/memories/{stored['id']}").status_code == 404
    assert "ann@example.org" not in str(its)


def test_same_person_may_come_back_as_somebody_new(
    admin: Caller, caller: Caller, purger: Caller, place: Path
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    erasure = ask(admin)
    work(caller, place)
    purger.post(f"{PATH}/{erasure}:confirm", {"preview_hash": shown(admin, erasure)})
    work(caller, place)

    caller.store("Ann moved to Lisbon", user_id="ann@example.org")

    assert [one["content"] for one in caller.recall("Ann")] == ["Ann moved to Lisbon"]
    assert ask(admin) != erasure


def test_writes_are_refused_while_it_runs(
    admin: Caller, caller: Caller, purger: Caller, place: Path
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    caller.client.put("/v1/agents/agent/card-schema", json={"schema": schema})
    erasure = ask(admin)
    work(caller, place)
    purger.post(f"{PATH}/{erasure}:confirm", {"preview_hash": shown(admin, erasure)})
    tools = replace(TOOLS, data_dir=None)
    cause = Cause(name="command")
    # without a ledger it stops behind the fence
    drain(
        Setting(database=caller.world.worker, tools=tools, cause=cause, only_org=caller.org), ERASE
    )
    assert admin.get(f"{PATH}/{erasure}").json()["state"] == "fenced"
    about = {"agent_id": "agent", "user_id": "ann@example.org"}

    answers = [
        caller.post("/v1/memories", {**about, "content": "x"}),
        caller.post(
            "/v1/events", {"events": [{"type": "turn", **about, "role": "user", "content": "x"}]}
        ),
        caller.post("/v1/conversations", {**about, "title": "x"}),
        caller.patch("/v1/cards/agent/ann@example.org", {"fields": {"name": "x"}}),
    ]

    assert {(one.status_code, one.json()["error"]) for one in answers} == {(409, "erasing")}
    assert answers[0].json()["remedy"]
    assert caller.recall("peanuts") == []
    caller.store("Bob likes tea", user_id="bob@example.org")
    answer = admin.client.post(f"{PATH}/{erasure}:cancel")
    assert answer.json()["state"] == "cancelled"
    assert caller.recall("peanuts")


def test_one_key_cannot_ask_and_confirm(service: Service, caller: Caller, place: Path) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    with administrator(service, caller.org, key.SCOPES) as both:
        erasure = ask(both)
        work(caller, place)

        answer = both.post(f"{PATH}/{erasure}:confirm", {"preview_hash": shown(both, erasure)})

    assert (answer.status_code, answer.json()["error"]) == (403, "same_key")
    assert answer.json()["remedy"]


def _rotate(holder: Caller) -> None:
    """Give its holder a key in the place of the newest, as the command does."""
    with engine.begin(holder.world.admin) as conn:
        newest = key.listed(conn, holder.org)[-1]
        made = key.rotate(
            conn,
            holder.org,
            newest.key_row_id,
            digest=DIGEST,
            environment="test",
            overlap_seconds=60.0,
        )
    holder.client.headers["Authorization"] = f"Bearer {made.key}"


@pytest.mark.parametrize("times", [1, 2])
def test_key_that_took_the_place_of_the_one_that_asked_cannot_confirm(
    service: Service, caller: Caller, place: Path, times: int
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    with administrator(service, caller.org, key.SCOPES) as both:
        erasure = ask(both)
        work(caller, place)
        preview_hash = shown(both, erasure)
        for _ in range(times):
            _rotate(both)

        answer = both.post(f"{PATH}/{erasure}:confirm", {"preview_hash": preview_hash})

    assert (answer.status_code, answer.json()["error"]) == (403, "same_key")


@pytest.mark.parametrize(
    ("given", "status", "error"),
    [("0" * 32, 409, "preview_stale"), ("x", 422, "validation_error")],
)
def test_confirmation_names_the_preview_as_it_stands(
    admin: Caller, caller: Caller, purger: Caller, place: Path, given: str, status: int, error: str
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    erasure = ask(admin)
    work(caller, place)

    answer = purger.post(f"{PATH}/{erasure}:confirm", {"preview_hash": given})

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("when", ["request", "confirm"])
def test_legal_hold_refuses(
    admin: Caller, caller: Caller, purger: Caller, place: Path, when: str
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    erasure = ask(admin) if when == "confirm" else ""
    work(caller, place)
    held = {"kind": "user", "ref": "ann@example.org", "reference": "case 1"}
    assert admin.post("/v1/admin/holds", held).status_code == 201

    if when == "request":
        answer = admin.post(PATH, {"kind": "user", "ref": "ann@example.org"})
    else:
        given = {"preview_hash": shown(admin, erasure)}
        answer = purger.post(f"{PATH}/{erasure}:confirm", given)

    assert (answer.status_code, answer.json()["error"]) == (409, "legal_hold")


@pytest.mark.parametrize("kind", ["user", "agent", "session", "memory"])
def test_unknown_target_is_404(admin: Caller, kind: str) -> None:
    answer = admin.post(PATH, {"kind": kind, "ref": "nobody"})

    assert (answer.status_code, answer.json()["field"]) == (404, "ref")


@pytest.mark.parametrize("given", [{"kind": "org", "ref": "x"}, {"kind": "user"}, {"kind": "x"}])
def test_request_names_one_thing(admin: Caller, given: dict[str, str]) -> None:
    assert admin.post(PATH, given).status_code == 422


def test_foreign_erasure_looks_like_none(
    service: Service, admin: Caller, caller: Caller, place: Path
) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    erasure = ask(admin)
    with administrator(service, None, key.SCOPES) as other:
        for one in (erasure, NOBODY, "x"):
            given = {"preview_hash": "0" * 32}
            answers = [
                other.get(f"{PATH}/{one}"),
                other.get(f"{PATH}/{one}/preview"),
                other.get(f"{PATH}/{one}/receipt"),
                other.post(f"{PATH}/{one}:confirm", given),
                other.client.post(f"{PATH}/{one}:cancel"),
            ]
            assert {answer.status_code for answer in answers} == {404}


def test_second_request_for_the_same_is_409(admin: Caller, caller: Caller) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    ask(admin)

    answer = admin.post(PATH, {"kind": "user", "ref": "ann@example.org"})

    assert (answer.status_code, answer.json()["error"]) == (409, "erasure_exists")


def test_trail_names_the_erasure_and_nobody(admin: Caller, caller: Caller) -> None:
    caller.store("Ann is allergic to peanuts", user_id="ann@example.org")
    erasure = ask(admin)
    admin.client.post(f"{PATH}/{erasure}:cancel")

    rows = caller.world.ask(
        "SELECT operation, details FROM audit WHERE org_id = %(o)s AND operation LIKE 'erasure%%' "
        "ORDER BY id",
        o=caller.org,
    )

    told = {"erasure_id": erasure, "kind": "user"}
    assert [tuple(row) for row in rows] == [("erasure_request", told), ("erasure_cancel", told)]
