-- SCD type 2: a change of a version-making column closes the old version and opens the new one,
-- at one instant that is taken after the row lock and lies after the version's own start.
CREATE FUNCTION memory_close_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.valid_from := greatest(app_now(), OLD.valid_from + interval '1 microsecond');
  INSERT INTO memory_versions (
    org_id, memory_id, version, type, content, metadata, importance, pinned,
    occurred_at, true_until, valid_from, valid_to)
  VALUES (
    OLD.org_id, OLD.id, OLD.version, OLD.type, OLD.content, OLD.metadata, OLD.importance,
    OLD.pinned, OLD.occurred_at, OLD.true_until, OLD.valid_from, NEW.valid_from);
  RETURN NEW;
END
$$;

CREATE TRIGGER memories_version_trg
BEFORE UPDATE ON memories
FOR EACH ROW
WHEN (
  (OLD.type, OLD.content, OLD.metadata, OLD.importance, OLD.pinned, OLD.occurred_at, OLD.true_until)
  IS DISTINCT FROM
  (NEW.type, NEW.content, NEW.metadata, NEW.importance, NEW.pinned, NEW.occurred_at, NEW.true_until)
)
EXECUTE FUNCTION memory_close_version();

-- A memory without sources could not be explained, nor erased with the person it came from.
CREATE FUNCTION memory_require_sources() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added AS a
    WHERE NOT EXISTS (
      SELECT FROM derivations AS d
      WHERE d.org_id = a.org_id AND d.child_kind = 'memory' AND d.child_id = a.id)
  ) THEN
    RAISE EXCEPTION 'a memory needs at least one row in derivations'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'memories_sources_check';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER memories_sources_trg
AFTER INSERT ON memories
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION memory_require_sources();

-- Events are facts: nothing may rewrite one.
CREATE FUNCTION event_refuse_update() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION 'events are immutable' USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER events_immutable_trg
BEFORE UPDATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_update();
