"""The migrations: one line of them, up and down and up again, and what they leave behind."""

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from nrem.store.schema import SCHEMA_VERSION
from tests.house.project import ROOT
from tests.postgres import Database, migrate

# Everything of the schema that a statement can meet: columns, constraints, indexes, row-level
# security, grants, functions and triggers.
_CATALOGUE = """
SELECT 'column', table_name, column_name,
       concat_ws(' ', data_type, is_nullable, column_default, identity_generation)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'policy', tablename, policyname, concat_ws(' ', roles::text, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'security', relname, relowner::regrole::text,
       concat_ws(' ', relrowsecurity, relforcerowsecurity, reloptions::text)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p')
UNION ALL
SELECT 'grant', table_name, grantee, privilege_type
FROM information_schema.role_table_grants WHERE table_schema = 'public'
UNION ALL
SELECT 'function', p.proname, p.proowner::regrole::text, md5(pg_get_functiondef(p.oid))
FROM pg_proc AS p
WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3, 4
"""


def _catalogue(database: Database) -> list[tuple[str, ...]]:
    with psycopg.connect(database.admin_url) as conn:
        return conn.execute(_CATALOGUE).fetchall()


def test_there_is_one_head_and_the_code_expects_it() -> None:
    heads = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_heads()

    assert heads == [SCHEMA_VERSION]


def test_empty_database_reaches_the_head(empty_database: Database) -> None:
    migrate(empty_database, "upgrade", "head")

    with psycopg.connect(empty_database.admin_url) as conn:
        assert conn.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (SCHEMA_VERSION,)
        ]


def test_down_to_the_base_leaves_no_table(database: Database) -> None:
    migrate(database, "downgrade", "base")

    tables = {row[1] for row in _catalogue(database)}

    assert tables <= {"alembic_version", "alembic_version_pkc"}


def test_down_and_up_again_changes_nothing(database: Database) -> None:
    before = _catalogue(database)

    migrate(database, "downgrade", "base")
    migrate(database, "upgrade", "head")

    assert _catalogue(database) == before


def test_upgrade_of_a_current_database_changes_nothing(database: Database) -> None:
    before = _catalogue(database)

    migrate(database, "upgrade", "head")

    assert _catalogue(database) == before


def test_metadata_and_migrations_agree(database: Database) -> None:
    assert "No new upgrade operations detected" in migrate(database, "check")
