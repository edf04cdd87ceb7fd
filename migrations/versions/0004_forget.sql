-- A hard forget: memories go with all that hangs on them, and what they came from is emptied.
SET LOCAL ROLE nrem_owner;

-- Events are facts: nothing may rewrite one. What was said may be emptied; erased, it leaves no digest
-- either, and an empty digest says that it was.
DROP TRIGGER events_immutable_trg ON events;
CREATE TRIGGER events_immutable_trg
BEFORE UPDATE ON events
FOR EACH ROW
WHEN (
  NEW.body <> '{}'
  OR NEW.body_hash NOT IN (OLD.body_hash, '')
  OR (OLD.org_id, OLD.id, OLD.kind, OLD.stream_id, OLD.seq, OLD.subject_id, OLD.session_id,
      OLD.occurred_at, OLD.recorded_at, OLD.tokens, OLD.idem_key)
  IS DISTINCT FROM
     (NEW.org_id, NEW.id, NEW.kind, NEW.stream_id, NEW.seq, NEW.subject_id, NEW.session_id,
      NEW.occurred_at, NEW.recorded_at, NEW.tokens, NEW.idem_key)
)
EXECUTE FUNCTION event_refuse_update();

-- Whoever read the words before they were erased must not write down what came of them. The lock makes
-- him wait for an erasure that is under way, and see it.
CREATE FUNCTION derivation_refuse_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF (WITH held AS MATERIALIZED (
        SELECT e.body_hash
        FROM events AS e
        WHERE (e.org_id, e.id) IN (SELECT a.org_id, a.event_id FROM added AS a)
        FOR KEY SHARE)
      SELECT coalesce(bool_or(h.body_hash = ''), false) FROM held AS h) THEN
    RAISE EXCEPTION 'a source was erased'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'derivations_erased_check';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER derivations_erased_trg
AFTER INSERT ON derivations
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION derivation_refuse_erased();

-- What belongs to a memory goes with its row, by the foreign keys.
GRANT DELETE ON memories, inbox TO nrem_api;
GRANT UPDATE (body, body_hash) ON events TO nrem_api;
GRANT UPDATE (resolved_at, resolution) ON parked TO nrem_api;
RESET ROLE;
