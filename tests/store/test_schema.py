"""The catalogue of the migrated database, held against the written lists of tables."""

from collections.abc import Iterable

import pytest

from nrem.store.schema import CONTENT_COLUMNS, CONTROL_TABLES, TENANT_TABLES
from tests.world import World

CONTROL = {table.name for table in CONTROL_TABLES}
TENANT = {table.name for table in TENANT_TABLES}
RUNTIME_ROLES = ("nrem_admin", "nrem_api", "nrem_maintain", "nrem_worker")
# Text of tenant tables that nrem chose itself: kinds, codes, names of passes and processes.
CODES = {
    *{("effects", name) for name in ("step", "outcome", "reason")},
    *{("events", "kind"), ("sessions", "state"), ("derivations", "child_kind")},
    *{("memories", name) for name in ("type", "tier", "state", "state_reason", "trust")},
    *{("memories", "derived_by"), ("memories", "shelf"), ("memory_versions", "type")},
    *{("embeddings", "item_kind"), ("embeddings", "model"), ("lexemes", "item_kind")},
    *{("runs", name) for name in ("pass", "cause", "task_id", "owner", "engine", "outcome")},
    *{("runs", "reason"), ("runs", "detail"), ("policies", "body")},
    *{("crossings", name) for name in ("kind", "before", "after", "reason")},
    *{("holds", "kind"), ("past_embeddings", "model")},
    *{("edges", "kind"), ("edges", "drawn_by")},
    *{("run_changes", name) for name in ("what", "before", "after")},
    *{("previews", name) for name in ("pass", "state", "outcome", "reason")},
    *{("audit", name) for name in ("operation", "memory_type", "details")},
    *{("jobs", name) for name in ("family", "state", "cause", "result", "error")},
    ("conversation_turns", "role"),
    *{("llm_calls", name) for name in ("pass", "model", "status", "request_id")},
    *{("observations", name) for name in ("priority", "trust", "archived_reason", "model")},
    ("zeno_watermarks", "status"),
    *{("erasure_items", name) for name in ("kind", "was")},
    ("erasure_remakes", "tier"),
    ("erasure_fences", "kind"),
}


# Keyed digests and hashes over them; from none of them can anything be read.
DIGESTS = {
    *{("events", name) for name in ("body_hash", "idem_key")},
    ("memories", "content_hash"),
    ("embeddings", "content_hash"),
    ("accesses", "turn_key"),
    ("past_embeddings", "content_hash"),
    ("attributes", "attribute_key"),
    ("previews", "digest"),
    *{("conversations", name) for name in ("idem_key", "body_hash")},
    *{("jobs", name) for name in ("input_key", "idem_key")},
    *{("replays", name) for name in ("key", "body")},
    *{("llm_calls", name) for name in ("prompt_hash", "request_hash")},
    ("observations", "content_hash"),
    ("carried", "key"),
    ("seals", "hash"),
    *{("erasure_fences", name) for name in ("salt", "name_hash")},
}
# Encrypted under a key of the person's.
SEALED = {("llm_calls", "request"), ("llm_calls", "reply")}


def _names(world: World, question: str) -> set[str]:
    return {row[0] for row in world.ask(question)}


def _pairs(world: World, question: str) -> set[tuple[str, str]]:
    return {(row[0], row[1]) for row in world.ask(question)}


def _of(tables: Iterable[str], rows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {row for row in rows if row[0] in tables}


def test_every_table_stands_in_one_list(world: World) -> None:
    found = _names(
        world,
        "SELECT relname FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
    )

    assert found == CONTROL | TENANT | {"alembic_version"}
    assert not CONTROL & TENANT


def test_row_level_security_is_enabled_and_forced_on_every_table(world: World) -> None:
    held = _names(
        world, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    )

    assert held == CONTROL | TENANT


def test_every_tenant_table_has_one_policy_for_all_roles(world: World) -> None:
    rows = world.ask(
        "SELECT tablename, roles::text, cmd, qual, with_check FROM pg_policies "
        "WHERE schemaname = 'public'"
    )

    policies = [row for row in rows if row.tablename in TENANT]

    assert sorted(row.tablename for row in policies) == sorted(TENANT)
    assert {(row.roles, row.cmd, row.qual == row.with_check) for row in policies} == {
        ("{public}", "ALL", True)
    }
    assert all("app_org()" in row.qual for row in policies)


def test_org_leads_every_key_of_tenant_tables(world: World) -> None:
    first = _pairs(
        world,
        "SELECT c.conrelid::regclass::text || '.' || c.conname, a.attname "
        "FROM pg_constraint AS c "
        "JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "WHERE c.contype IN ('p', 'u', 'f') AND c.connamespace = 'public'::regnamespace",
    )

    keys = {key: column for key, column in first if key.split(".")[0] in TENANT}

    assert {key.split(".")[0] for key in keys} == TENANT
    assert set(keys.values()) == {"org_id"}


def test_org_leads_every_unique_index_of_tenant_tables(world: World) -> None:
    first = _pairs(
        world,
        "SELECT i.indrelid::regclass::text, a.attname FROM pg_index AS i "
        "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indisunique",
    )

    assert {column for _, column in _of(TENANT, first)} == {"org_id"}


def test_every_text_of_tenant_tables_is_content_or_a_known_code(world: World) -> None:
    texts = _pairs(
        world,
        "SELECT a.attrelid::regclass::text, a.attname FROM pg_attribute AS a "
        "WHERE a.attnum > 0 "
        "AND a.atttypid::regtype::text IN ('text', 'jsonb', 'halfvec', 'vector')",
    )

    assert _of(TENANT, texts) == (set(CONTENT_COLUMNS) - SEALED) | CODES
    assert not set(CONTENT_COLUMNS) & CODES


def test_content_leaves_no_planner_statistics(world: World) -> None:
    without = _pairs(
        world,
        "SELECT attrelid::regclass::text, attname FROM pg_attribute WHERE attstattarget = 0",
    )

    assert without == set(CONTENT_COLUMNS)


def test_no_index_and_no_further_statistics_are_of_expressions(world: World) -> None:
    """The planner would sample what an expression makes of content."""
    indexes = _names(
        world, "SELECT indexrelid::regclass::text FROM pg_index WHERE indexprs IS NOT NULL"
    )

    assert {name for name in indexes if not name.startswith("pg_")} == set()
    assert not world.ask("SELECT FROM pg_statistic_ext")


# Numbers, instants, addresses: what cannot hold what somebody said.
HARMLESS = (
    *("bigint", "integer", "boolean", "double precision", "date", "inet", "bigint[]", "integer[]"),
    *("timestamp with time zone", "tstzmultirange"),
)


def test_column_of_any_other_type_is_content_a_code_or_a_digest(world: World) -> None:
    known = [*HARMLESS, "text", "jsonb", "halfvec", "vector"]
    others = {
        (row.name, row.attname)
        for row in world.ask(
            "SELECT a.attrelid::regclass::text AS name, a.attname FROM pg_attribute AS a "
            "JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r' "
            "WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 "
            "AND NOT a.attisdropped AND NOT a.atttypid::regtype::text = ANY(%(known)s)",
            known=known,
        )
    }

    assert _of(TENANT, others) - set(CONTENT_COLUMNS) == DIGESTS


def test_statistics_of_an_analyzed_table_hold_no_content(world: World) -> None:
    org = world.found("org")
    world.do(
        "INSERT INTO agents (org_id, external_id) SELECT %(org)s, 'somebody' || n "
        "FROM generate_series(1, 100) AS n",
        org=org.number,
    )

    world.do("ANALYZE agents")

    told = world.ask("SELECT attname FROM pg_stats WHERE tablename = 'agents'")
    assert "external_id" not in {row[0] for row in told}
    assert "id" in {row[0] for row in told}


@pytest.mark.parametrize("role", RUNTIME_ROLES)
def test_runtime_role_owns_nothing(world: World, role: str) -> None:
    owned = world.ask(
        "SELECT c.oid::regclass FROM pg_class AS c WHERE c.relowner = %(role)s::regrole "
        "UNION ALL SELECT p.oid::regclass FROM pg_proc AS p WHERE p.proowner = %(role)s::regrole",
        role=role,
    )

    assert not owned


def test_runtime_roles_cannot_bypass_row_level_security(world: World) -> None:
    roles = world.ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
        "WHERE rolname = ANY(%(roles)s) ORDER BY rolname",
        roles=list(RUNTIME_ROLES),
    )

    assert [tuple(row) for row in roles] == [(role, False, False, False) for role in RUNTIME_ROLES]


def test_nobody_else_may_truncate_or_reference(world: World) -> None:
    grants = world.ask(
        "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public' AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') "
        "AND grantee NOT IN ('nrem_owner', 'postgres')"
    )

    assert not grants


def test_nobody_is_granted_closed_versions_for_writing(world: World) -> None:
    grants = world.ask(
        "SELECT grantee, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_name = 'memory_versions' AND grantee <> 'nrem_owner'"
    )

    # DELETE is for purges; nobody writes one
    assert {(row.grantee, row.privilege_type) for row in grants} == {
        ("nrem_api", "SELECT"),
        ("nrem_worker", "SELECT"),
        ("nrem_worker", "DELETE"),
    }


def test_admin_role_may_add_to_the_trail_and_is_granted_no_other_tenant_table(
    world: World,
) -> None:
    granted = _pairs(
        world,
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = 'nrem_admin'",
    )

    assert _of(TENANT, granted) == {("audit", "INSERT")}
