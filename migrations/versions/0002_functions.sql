-- What is left of an importance, in SQL: the formula of nrem/policy/decay.py, held equal by a test.
CREATE FUNCTION stability_days(stability_days float8, gain float8, max_stability_days float8, access_count int)
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(stability_days * (1 + gain * ln(1 + access_count::float8)), max_stability_days);

CREATE FUNCTION retention(
  kind text, days float8, stability float8, stability_days float8, step_days float8[], step_factors float8[])
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE kind
  -- below the smallest float8, which power() refuses to give
  WHEN 'exponential' THEN CASE WHEN days / stability > 1000 THEN 0 ELSE power(2.0::float8, -greatest(days, 0) / stability) END
  WHEN 'logarithmic' THEN 1 / (1 + ln(1 + greatest(days, 0) / stability))
  WHEN 'step' THEN coalesce(
    (SELECT min(s.factor)
     FROM unnest(step_days, step_factors) AS s (at, factor)
     WHERE s.at <= greatest(days, 0) * stability_days / stability), 1)
  ELSE 1
END;

CREATE FUNCTION effective_importance(
  importance float8, access_count int, days float8, kind text, stability_days float8, gain float8,
  max_stability_days float8, floor float8, step_days float8[], step_factors float8[])
RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(floor, importance) + (importance - least(floor, importance))
  * retention(kind, days, stability_days(stability_days, gain, max_stability_days, access_count),
              stability_days, step_days, step_factors);

-- As before, and: a text that is replaced takes what recall searches of it along into the past; a
-- purge makes no version, for it leaves nothing to keep.
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
  IF NEW.content IS DISTINCT FROM OLD.content THEN
    NEW.text_since := NEW.valid_from;
    WITH gone AS (
      DELETE FROM embeddings AS e
      WHERE e.org_id = OLD.org_id AND e.item_kind = 'memory' AND e.item_id = OLD.id
      RETURNING e.agent_id, e.subject_id, e.model, e.content_hash, e.vector
    )
    INSERT INTO past_embeddings (
      org_id, memory_id, valid_from, valid_to, agent_id, subject_id, model, content_hash, vector)
    SELECT OLD.org_id, OLD.id, OLD.text_since, NEW.valid_from, g.agent_id, g.subject_id, g.model,
           g.content_hash, g.vector
    FROM gone AS g;
    WITH gone AS (
      DELETE FROM lexemes AS l
      WHERE l.org_id = OLD.org_id AND l.item_kind = 'memory' AND l.item_id = OLD.id
      RETURNING l.agent_id, l.lexeme, l.tf, l.length
    )
    INSERT INTO past_lexemes (org_id, agent_id, lexeme, memory_id, valid_from, valid_to, tf, length)
    SELECT OLD.org_id, g.agent_id, g.lexeme, OLD.id, OLD.text_since, NEW.valid_from, g.tf, g.length
    FROM gone AS g;
  END IF;
  RETURN NEW;
END
$$;

DROP TRIGGER memories_version_trg ON memories;
CREATE TRIGGER memories_version_trg
BEFORE UPDATE ON memories
FOR EACH ROW
WHEN (
  NEW.state <> 'purged'
  AND (OLD.type, OLD.content, OLD.metadata, OLD.importance, OLD.pinned, OLD.occurred_at, OLD.true_until)
  IS DISTINCT FROM
  (NEW.type, NEW.content, NEW.metadata, NEW.importance, NEW.pinned, NEW.occurred_at, NEW.true_until)
)
EXECUTE FUNCTION memory_close_version();

-- Events are facts: nothing may rewrite one. What was said may be emptied when its time is over.
DROP TRIGGER events_immutable_trg ON events;
CREATE TRIGGER events_immutable_trg
BEFORE UPDATE ON events
FOR EACH ROW
WHEN (
  NEW.body <> '{}'
  OR (OLD.org_id, OLD.id, OLD.kind, OLD.stream_id, OLD.seq, OLD.subject_id, OLD.session_id,
      OLD.occurred_at, OLD.recorded_at, OLD.tokens, OLD.body_hash, OLD.idem_key)
  IS DISTINCT FROM
     (NEW.org_id, NEW.id, NEW.kind, NEW.stream_id, NEW.seq, NEW.subject_id, NEW.session_id,
      NEW.occurred_at, NEW.recorded_at, NEW.tokens, NEW.body_hash, NEW.idem_key)
)
EXECUTE FUNCTION event_refuse_update();
