"""Ids of another org: on every route they are answered as ids that were never given out.

The routes come from the applications, so one that is added is asked, too.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from docs.routes import Asked, asked
from nrem import ids
from nrem.store import key
from tests.api.admin import administrator
from tests.api.serving import Caller, Service
from tests.api.test_context import LISBON, observe

UNKNOWN = 987_654_321
# Whose row an id names, and the kind of id; what callers chose themselves has no kind.
KINDS = {
    "memory_id": ("memories", ids.MEMORY),
    "relationship_id": ("edges", ids.RELATIONSHIP),
    "event_id": ("events", ids.EVENT),
    "session_id": ("sessions", ids.SESSION),
    "conversation_id": ("conversations", ids.CONVERSATION),
    "job_id": ("jobs", ids.JOB),
    "observation_id": ("observations", ids.OBSERVATION),
    "run_id": ("runs", ids.RUN),
    "hold_id": ("holds", ids.HOLD),
    "preview_id": ("previews", ids.PREVIEW),
    "key_id": ("api_keys", ids.KEY),
    "erasure_id": ("erasures", ids.ERASURE),
}
CHOSEN = {"agent": ("victims-agent", "nobodys-agent"), "user": ("victims-user", "nobodys-user")}
# Names of nrem's own, of which every org has the same.
OWN = {"name", "number"}
# What a route needs beside the id to come as far as looking for it.
BODIES: dict[str, Any] = {
    "POST /v1/memories/{memory_id}/relationships": {
        "target_memory_id": "mem_x",
        "relationship_type": "FOLLOWS",
    },
    "PATCH /v1/memories/{memory_id}": {"content": "changed"},
    "POST /v1/memories/{memory_id}/rollback": {"version": 1},
    "POST /v1/conversations/{conversation_id}/turns": {"memory_id": "mem_x", "turn_role": "user"},
    "PUT /v1/tenants/{org_id}/budgets": {},
    "POST /v1/admin/erasures/{erasure_id}:confirm": {"preview_hash": "00" * 16},
    "PATCH /v1/admin/orgs/{org_id}": {"rate_limit_per_minute": 1},
    "PUT /v1/agents/{agent}/card-schema": {"fields": {}},
}
QUERIES = {
    "GET /v1/memories/{memory_id}/diff": "?from=1&to=2",
    "DELETE /v1/memories/{memory_id}/relationships": (
        "?target_memory_id=mem_x&relationship_type=FOLLOWS"
    ),
}
# An agent or a user of whom nothing is known is no error: there is nothing to show yet.
NO_ERROR = re.compile(r"\{(agent|user)\}")
ROUTES = [one for one in asked() if one.scope and set(re.findall(r"\{(\w+)\}", one.path)) - OWN]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Somebody of one org, on both listeners, and another org that has something of everything."""

    clients: dict[str, httpx2.Client]
    victim: Caller

    def ids(self, name: str) -> tuple[str, str]:
        """An id of the victim's, and one that was never given out."""
        if name in CHOSEN:
            return CHOSEN[name]
        if name == "org_id":
            return ids.encode(ids.ORG, self.victim.org), ids.encode(ids.ORG, UNKNOWN)
        table, kind = KINDS[name]
        ((number,),) = self.victim.world.ask(
            f"SELECT max(id) FROM {table} WHERE org_id = %(org)s",  # noqa: S608
            org=self.victim.org,
        )
        assert number, f"the victim has none of {table}"
        return ids.encode(kind, number), ids.encode(kind, UNKNOWN)

    def ask(self, route: Asked, which: int) -> tuple[int, dict[str, str], bytes]:
        """The answer for the foreign (0) or the unknown (1) id, without what tells them apart."""
        named = {name: self.ids(name)[which] for name in re.findall(r"\{(\w+)\}", route.path)}
        written = f"{route.verb} {route.path}"
        body = BODIES.get(written)
        answer = self.clients[route.listener].request(
            route.verb,
            route.path.format(**named) + QUERIES.get(written, ""),
            content=json.dumps(body) if body is not None else None,
            headers={"X-Request-ID": "same"},
        )
        kept = {
            name: value
            for name, value in answer.headers.items()
            if name != "date" and not name.startswith("x-ratelimit")
        }
        shown = answer.content
        for name, value in named.items():
            shown = shown.replace(value.encode(), name.encode())
        return answer.status_code, kept, shown


@pytest.fixture(scope="module")
def sides(service: Service) -> Iterator[Sides]:
    with (
        service.caller() as victim,
        service.caller(scopes=key.SCOPES) as caller,
        ExitStack() as more,
    ):
        _fill(service, victim)
        admin = more.enter_context(administrator(service, caller.org, key.SCOPES))
        yield Sides(
            clients={"public": caller.client, "admin": admin.client},
            victim=victim,
        )


def _fill(service: Service, victim: Caller) -> None:
    """Something of everything, under names that only the victim uses."""
    whose = {"agent_id": "victims-agent", "user_id": "victims-user"}
    one, other = (victim.store(text, **whose) for text in ("I like tea.", "I like coffee."))
    victim.post(
        f"/v1/memories/{one['id']}/relationships",
        {"target_memory_id": other["id"], "relationship_type": "RELATES_TO"},
    )
    victim.post("/v1/sessions", {"agent_id": "victims-agent"})
    victim.post("/v1/conversations", {"agent_id": "victims-agent"})
    victim.post("/v1/ingest", {"kind": "text", **whose, "text": "I live in Lisbon."})
    victim.client.patch("/v1/cards/victims-agent/victims-user", json={"fields": {"name": "Ana"}})
    observe(victim, LISBON)
    victim.run()
    with administrator(service, victim.org) as admin:
        admin.post("/v1/admin/erasures", {"kind": "user", "ref": "victims-user"})
        admin.post("/v1/admin/holds", {"kind": "org", "reference": "case 1"})
    victim.world.do(
        "INSERT INTO previews (org_id, pass, subject_id, asked_at, expires_at) "
        "SELECT org_id, 'consolidate', id, now(), now() + interval '1 day' "
        "FROM subjects WHERE org_id = %(org)s LIMIT 1",
        org=victim.org,
    )


def _everything(sides: Sides) -> list[Any]:
    return [
        sides.victim.world.ask(
            f"SELECT t::text FROM {table} AS t WHERE org_id = %(org)s ORDER BY 1",  # noqa: S608
            org=sides.victim.org,
        )
        for table in [*(table for table, _ in KINDS.values()), "cards", "card_schemas"]
    ]


def test_routes_with_ids_are_found() -> None:
    assert {name for one in ROUTES for name in re.findall(r"\{(\w+)\}", one.path)} - OWN == {
        *KINDS,
        *CHOSEN,
        "org_id",
    }


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{one.verb} {one.path}")
def test_foreign_id_is_answered_as_an_unknown_one(sides: Sides, route: Asked) -> None:
    foreign, unknown = (sides.ask(route, which) for which in (0, 1))

    assert foreign == unknown
    if not NO_ERROR.search(route.path):
        assert foreign[0] == 404, foreign


def test_nothing_of_the_victims_was_changed_by_asking(sides: Sides) -> None:
    before = _everything(sides)

    for route in ROUTES:
        sides.ask(route, 0)

    assert _everything(sides) == before


@pytest.mark.parametrize(
    ("path", "body", "name"),
    [
        (
            "/v1/memories",
            {
                "agent_id": "a",
                "content": "x",
                "relationships": [{"target_memory_id": "ID", "relationship_type": "FOLLOWS"}],
            },
            "memory_id",
        ),
        ("/v1/memories", {"agent_id": "a", "content": "x", "session_id": "ID"}, "session_id"),
        ("/v1/memories/forget", {"agent_id": "a", "memory_ids": ["ID"]}, "memory_id"),
        ("/v1/memories/forget", {"agent_id": "a", "memory_id": "ID", "hard": True}, "memory_id"),
        ("/v1/distill", {"agent_id": "a", "memory_ids": ["ID"]}, "memory_id"),
        (
            "/v1/memories/recall",
            {"agent_id": "a", "query": "tea", "conversation_id": "ID"},
            "conversation_id",
        ),
        ("/v1/memories/recall", {"agent_id": "victims-agent", "query": "tea"}, "memory_id"),
        (
            "/v1/events",
            {"events": [{"type": "access", "agent_id": "a", "memory_id": "ID"}]},
            "memory_id",
        ),
    ],
    ids=str,
)
def test_foreign_id_in_a_body_tells_nothing(
    sides: Sides, path: str, body: dict[str, Any], name: str
) -> None:
    before = _everything(sides)
    answers = []
    for given in sides.ids(name):
        asked_for = json.loads(json.dumps(body).replace("ID", given))
        answer = sides.clients["public"].post(
            path, json=asked_for, headers={"X-Request-ID": "same"}
        )
        text = answer.text.replace(given, "ID")
        # Ids of what was made, and how long it took, differ at each request.
        text = re.sub(r"(evt|job|mem)_\w{13}", "NEW", text)
        text = re.sub(r'"(elapsed_ms|created_at|updated_at)":[^,}]+', "", text)
        answers.append((answer.status_code, text))

    assert answers[0] == answers[1]
    assert _everything(sides) == before
