-- engine_version: the migration that the database is at.
-- Index: none (one row)
SELECT version_num FROM alembic_version
