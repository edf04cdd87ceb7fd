-- Whatever is remembered anew waits for promote; a memory waits once.
CREATE FUNCTION memory_await_promotion() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO promote_queue (org_id, subject_id, memory_id)
  SELECT a.org_id, a.subject_id, a.id
  FROM added AS a
  WHERE a.type <> 'working'
  ORDER BY a.id
  ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER memories_promotion_trg
AFTER INSERT ON memories
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION memory_await_promotion();

CREATE FUNCTION memory_await_promotion_again() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  INSERT INTO promote_queue (org_id, subject_id, memory_id)
  VALUES (NEW.org_id, NEW.subject_id, NEW.id)
  ON CONFLICT (org_id, subject_id, memory_id) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER memories_promotion_again_trg
AFTER UPDATE OF content, type ON memories
FOR EACH ROW
WHEN (NEW.state <> 'purged' AND NEW.type <> 'working'
      AND (OLD.content, OLD.type) IS DISTINCT FROM (NEW.content, NEW.type))
EXECUTE FUNCTION memory_await_promotion_again();
