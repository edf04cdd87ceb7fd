"""Every relation there is: what a role reaches of other orgs is what is written here."""

import pytest

from tests.isolation.matrix import ROLES, reached, relations, unsettled
from tests.isolation.trying import BY_ORG
from tests.world import Org, World

# What belongs to no org, and names none.
OF_NOBODY = {"alembic_version", "erasure_lines", "heartbeats", "rewrites", "ticks"}
ALL = {"select", "insert", "update", "delete", "give away"}
READ = {"select"}
# Workers choose among all orgs by rows that hold numbers, times and codes; administrators make orgs
# and keys; the role of the functions that look across orgs cannot log in.
CROSSED: dict[str, dict[str, set[str]]] = {
    "nrem_api": {},
    "nrem_owner": {},
    "nrem_maintain": {},
    "nrem_worker": {
        **dict.fromkeys(("streams", "leases", "inbox", "org_work", "parked", "redues"), ALL),
        **dict.fromkeys(("llm_batches", "llm_batch_waits", "llm_gates", "llm_spend"), ALL),
        "run_totals": ALL,
        # a line waits until its seal takes it out; the end of a chain only moves on
        "seal_queue": {"select", "insert", "delete"},
        "seal_heads": ALL - {"delete"},
        "erasures": ALL - {"delete"},
        "rewrite_marks": ALL - {"update", "give away"},
        **dict.fromkeys(("orgs", "schedules"), READ),
    },
    "nrem_admin": {
        "api_keys": ALL - {"delete"},
        "orgs": {"select", "insert", "update"},
        "rates": READ,
    },
    "nrem_lookup": {
        **dict.fromkeys(("api_keys", "inbox", "leases", "parked", "run_totals"), READ),
        "erasures": READ,
        "orgs": {"select", "insert", "update"},
    },
}


@pytest.mark.parametrize("role", ROLES)
def test_role_reaches_of_other_orgs_what_is_written_here(
    world: World, orgs: tuple[Org, Org], role: str
) -> None:
    with unsettled(world) as conn:
        found = reached(conn, role, *orgs)

    assert found == CROSSED[role]


def test_every_relation_has_an_org_or_belongs_to_nobody(world: World) -> None:
    with unsettled(world) as conn:
        found = relations(conn, "nrem_api")

    assert {one.name for one in found if one.owner is None} == OF_NOBODY


@pytest.mark.parametrize("role", ["nrem_api", "nrem_worker"])
@pytest.mark.parametrize(
    "mistake",
    [
        "CREATE TABLE made (org_id bigint, words text)",
        """CREATE TABLE made (org_id bigint, words text);
        ALTER TABLE made ENABLE ROW LEVEL SECURITY;
        CREATE POLICY made_all ON made USING (true)""",
        """CREATE TABLE made (org_id bigint, words text) PARTITION BY LIST (org_id);
        CREATE TABLE made_1 PARTITION OF made DEFAULT;
        GRANT SELECT ON made_1 TO {role}""",
        "CREATE VIEW made AS SELECT org_id, content AS words FROM memories",
        "CREATE MATERIALIZED VIEW made AS SELECT org_id, content AS words FROM memories",
    ],
    ids=["no policy", "a policy for all", "a partition", "a view", "a kept view"],
)
def test_relation_that_is_made_without_its_policy_is_found(
    world: World, orgs: tuple[Org, Org], role: str, mistake: str
) -> None:
    victim, intruder = orgs
    with unsettled(world) as conn:
        conn.exec_driver_sql(mistake.format(role=role))
        if "TABLE" in mistake:
            conn.exec_driver_sql(f"INSERT INTO made VALUES ({victim.number}, 'secret')")  # noqa: S608
        conn.exec_driver_sql(f"GRANT SELECT ON made TO {role}")

        found = reached(conn, role, victim, intruder, only="made")
        inner = reached(conn, role, victim, intruder, only="made_1")

    assert "select" in found.get("made", set()) | inner.get("made_1", set())


@pytest.mark.parametrize(
    ("role", "mistake"),
    [
        ("nrem_api", "ALTER TABLE memories DISABLE ROW LEVEL SECURITY"),
        ("nrem_worker", "ALTER TABLE memories DISABLE ROW LEVEL SECURITY"),
        ("nrem_owner", "ALTER TABLE memories NO FORCE ROW LEVEL SECURITY"),
        ("nrem_api", "ALTER ROLE nrem_api BYPASSRLS"),
        ("nrem_api", "CREATE POLICY another ON memories USING (true)"),
    ],
    ids=str,
)
def test_policy_that_is_taken_away_is_found(
    world: World, orgs: tuple[Org, Org], role: str, mistake: str
) -> None:
    with unsettled(world) as conn:
        conn.exec_driver_sql(mistake)

        found = reached(conn, role, *orgs, only="memories")

    assert "select" in found["memories"]


def test_functions_that_act_as_another_role_are_these_and_are_pinned(world: World) -> None:
    rows = world.ask(
        """
        SELECT p.proname, p.proowner::regrole::text, p.proconfig::text,
               EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS g
                       WHERE g.grantee = 0) AS is_anybodys
        FROM pg_proc AS p
        WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
        """
    )

    assert {(row.proname, row.proowner) for row in rows} == {
        *((name, "nrem_lookup") for name in ("api_key_find", "backlog_read", "run_counts")),
        *((name, "nrem_lookup") for name in ("org_bound", "org_found", "org_is_operator")),
        *((name, "nrem_lookup") for name in ("erasures_stand", "org_named", "org_seen")),
        ("erasure_drop_uses", "nrem_owner"),
        ("memory_close_version", "nrem_owner"),
    }
    assert {row.proconfig for row in rows} == {'{"search_path=pg_catalog, public, pg_temp"}'}
    assert not [row.proname for row in rows if row.is_anybodys and row.proowner == "nrem_lookup"]


def test_tables_that_workers_read_across_orgs_are_control_tables() -> None:
    assert set(CROSSED["nrem_worker"]) <= {*BY_ORG, "orgs"}
