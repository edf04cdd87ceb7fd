-- Back to 0001. Past texts that recall could search are lost; versions stay.
SET LOCAL ROLE nrem_owner;
DROP TABLE accesses, crossings, past_embeddings, past_lexemes, holds, schedules, redues;
DROP FUNCTION effective_importance(float8, int, float8, text, float8, float8, float8, float8, float8[], float8[]);
DROP FUNCTION retention(text, float8, float8, float8, float8[], float8[]);
DROP FUNCTION stability_days(float8, float8, float8, int);
DROP INDEX memories_purge_idx, memories_expiry_idx, memories_cap_idx;
ALTER TABLE memories DROP COLUMN facts_since, DROP COLUMN text_since, DROP COLUMN features;
ALTER TABLE policies DROP COLUMN rolled_back_to;
ALTER TABLE runs DROP COLUMN duration_ms;
ALTER TABLE org_work DROP COLUMN cause;
REVOKE INSERT ON policies FROM nrem_api;
REVOKE DELETE ON memory_versions FROM nrem_worker;
REVOKE UPDATE (body) ON events FROM nrem_worker;

CREATE OR REPLACE FUNCTION memory_close_version() RETURNS trigger
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

DROP TRIGGER memories_version_trg ON memories;
CREATE TRIGGER memories_version_trg
BEFORE UPDATE ON memories
FOR EACH ROW
WHEN (
  (OLD.type, OLD.content, OLD.metadata, OLD.importance, OLD.pinned, OLD.occurred_at, OLD.true_until)
  IS DISTINCT FROM
  (NEW.type, NEW.content, NEW.metadata, NEW.importance, NEW.pinned, NEW.occurred_at, NEW.true_until)
)
EXECUTE FUNCTION memory_close_version();

DROP TRIGGER events_immutable_trg ON events;
CREATE TRIGGER events_immutable_trg
BEFORE UPDATE ON events
FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_update();
RESET ROLE;
