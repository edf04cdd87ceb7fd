"""Databases full of memories, of which a given number is due."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from nrem.embedded.postgres import EmbeddedPostgres
from tests.postgres import Database, migrate
from tests.world import World, connected

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

_ORG = """
INSERT INTO orgs (name) VALUES ('bench');
INSERT INTO agents (org_id, external_id) VALUES (1, 'agent');
INSERT INTO subjects (org_id, agent_id) VALUES (1, 1)
"""
# Every n-th memory lay idle for eight days in the tier that archives after seven; the others were
# used within the last three weeks and archive after thirty days. None fades below the level.
_FILL = """
INSERT INTO memories (
  org_id, id, subject_id, agent_id, type, tier, state_since, content, content_hash, importance,
  trust, occurred_at, recorded_at, valid_from, last_access, facts_since, text_since, due_at)
SELECT 1, n, 1, 1, 'episodic', CASE WHEN is_due THEN 'short' ELSE 'long' END, at,
       'The meeting of ' || n || ' was moved to another room on the second floor.', int8send(n),
       0.5 + (n %% 50) / 100.0, 'user', at, at, at, at, at, at,
       at + CASE WHEN is_due THEN interval '7 days' ELSE interval '30 days' END
FROM (
  SELECT n, n %% %(every)s = 0 AS is_due,
         CASE WHEN n %% %(every)s = 0 THEN %(now)s::timestamptz - interval '8 days'
              ELSE %(now)s::timestamptz - (n %% 500) * interval '1 hour' END AS at
  FROM generate_series(1, %(rows)s) AS n
) AS memory
"""
# What the sweep did is undone, so that it can be measured again.
_AGAIN = """
UPDATE memories
SET state = 'live', state_since = last_access, state_reason = NULL,
    due_at = last_access + interval '7 days'
WHERE tier = 'short'
"""


@contextmanager
def populated(cluster: EmbeddedPostgres, *, rows: int, due: int) -> Iterator[World]:
    """An org with so many memories, of which so many are due at NOW."""
    database = Database(name=f"bench_{rows}", cluster=cluster)
    url = Database(name="postgres", cluster=cluster).admin_url
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {database.name}".encode())
    migrate(database, "upgrade", "head")
    with psycopg.connect(database.admin_url, autocommit=True) as conn:
        # The events behind the memories are left out: nothing here reads them.
        conn.execute("SET session_replication_role = replica")
        conn.execute(_ORG)
        conn.execute(_FILL, {"rows": rows, "every": rows // due, "now": NOW})
        conn.execute("VACUUM ANALYZE memories")
    with connected(database) as world:
        yield world


def make_due(world: World) -> None:
    """What a sweep archived is live and due again, and the org is due as by a tick."""
    world.do(_AGAIN)
    world.do("DELETE FROM crossings")
    tick(world)


def tick(world: World) -> None:
    """Make the org due for decay."""
    world.tick("decay", now=NOW)
