"""Behaviour to beat, lines 28 to 41: correctness under failure, and use. Names carry numbers."""

from typing import Any

import pytest

import nrem
from nrem.queue import make_app
from nrem.store.schema import SCHEMA_VERSION
from tests.api.serving import Caller, Service
from tests.contract.looking import column
from tests.house.project import ROOT
from tests.world import Org, memory

ENUMS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/memories", {"content": "x", "memory_type": "dream"}),
    ("/v1/memories/recall", {"query": "x", "strategy": "MAGIC"}),
    ("/v1/memories/recall", {"query": "x", "memory_type": "dream"}),
    ("/v1/distill", {"memory_ids": ["mem_none"], "summary_style": "haiku"}),
    ("/v1/ingest", {"kind": "dream", "text": "x"}),
]


def test_line_28_a_refused_request_leaves_no_job(caller: Caller) -> None:
    answer = caller.post("/v1/distill", {"agent_id": "agent", "memory_ids": ["mem_none"]})

    assert answer.status_code == 404
    assert caller.count("jobs") == 0
    assert column(caller, "SELECT count(*) FROM inbox WHERE org_id = %(org)s") == [0]


def test_line_29_without_a_broker_requests_are_answered(service: Service, caller: Caller) -> None:
    assert service.state.settings.broker_url is None

    assert caller.store("Ann has a cat.")["id"]


def test_line_31_every_task_has_limits_and_a_place_for_what_fails(org: Org) -> None:
    limits = make_app(None).conf
    org.append(memory("fact"))
    org.do("UPDATE inbox SET attempts = 99")
    org.world.lapse()

    org.world.drain("score")

    assert 0 < limits.task_soft_time_limit < limits.task_time_limit
    assert org.column("SELECT item_kind FROM parked WHERE org_id = %(org)s") == ["event"]


@pytest.mark.parametrize(("path", "body"), ENUMS)
def test_line_32_a_value_that_no_enum_has_is_refused_with_the_values(
    caller: Caller, path: str, body: dict[str, Any]
) -> None:
    answer = caller.post(path, {"agent_id": "agent", **body})

    assert answer.status_code == 422
    assert answer.json()["field"] in body


@pytest.mark.parametrize(
    "path", ["/v1/memories/x", "/v1/sessions/x", "/v1/conversations/x", "/v1/ingest/x"]
)
def test_line_32_an_unknown_id_is_not_found(caller: Caller, path: str) -> None:
    assert caller.get(path).status_code == 404


def test_line_32_a_long_request_id_is_cut(caller: Caller) -> None:
    answer = caller.client.get("/v1/agents", headers={"X-Request-ID": "r" * 5_000})

    assert (answer.status_code, answer.headers["X-Request-ID"]) == (200, "r" * 64)


def test_line_33_the_trail_is_readable_at_once_and_names_actor_key_and_address(
    caller: Caller,
) -> None:
    caller.store("Ann has a cat.")

    (entry,) = caller.get("/v1/audit").json()["entries"]

    assert (entry["operation"], entry["ip_address"]) == ("store", "127.0.0.1")
    keys = column(caller, "SELECT key_row_id IS NOT NULL FROM audit WHERE org_id = %(org)s")
    assert keys == [True]


def test_line_34_the_trail_needs_no_month_to_be_prepared(caller: Caller) -> None:
    kinds = column(caller, "SELECT relkind::text FROM pg_class WHERE relname = 'audit'")

    assert kinds == ["r"]


def test_line_35_readiness_asks_the_database(service: Service) -> None:
    with service.client() as client:
        ready = client.get("/readyz")
        service.world.do("UPDATE alembic_version SET version_num = '9999'")
        try:
            spoilt = client.get("/readyz")
            lives = client.get("/livez")
        finally:
            service.world.do("UPDATE alembic_version SET version_num = %(was)s", was=SCHEMA_VERSION)

    assert (ready.status_code, spoilt.status_code, lives.status_code) == (200, 503, 200)


def test_line_37_budgets_and_usage_are_read_and_set_by_the_org(caller: Caller) -> None:
    put = caller.client.put("/v1/tenants/me/budgets", json={"daily_tokens": 7})

    assert put.json()["overrides"]["daily_tokens"] == 7
    assert caller.get("/v1/tenants/me/budgets").json() == put.json()
    assert caller.get("/v1/usage").status_code == 200


def test_line_38_one_command_starts_everything() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    first = readme.split("```")[1].strip().splitlines()
    assert [line.split("#")[0].strip() for line in first if line.startswith("./")] == [
        "./run",
        "./run test",
    ]


def test_line_40_versions_agree(caller: Caller) -> None:
    health = caller.get("/v1/health").json()["version"]
    document = caller.get("/openapi.json").json()["info"]["version"]

    assert health == document == nrem.__version__


def test_line_41_an_evaluation_ships_with_the_product() -> None:
    found = {path.name for path in (ROOT / "nrem" / "command").glob("evaluate*.py")}

    assert found >= {"evaluate.py", "evaluate_baseline.py", "evaluate_metric.py"}
