-- memory_add: inserts new memories; their sources must stand in derivations already.
-- Index: memories_pkey
INSERT INTO memories (
  org_id, id, subject_id, agent_id, user_id, session_id, type, tier, state_since, content,
  content_hash, metadata, importance, importance_given, features, trust, derived_by, run_id,
  occurred_at, recorded_at, valid_from, last_access, facts_since, text_since, due_at, expires_at, shelf,
  access_count)
SELECT cast(:org_id AS bigint), w.id, w.subject_id, w.agent_id, nullif(w.user_id, 0), nullif(w.session_id, 0),
       w.type, w.tier, app_now(), w.content, w.content_hash, w.metadata, w.importance, w.importance_given,
       w.features, w.trust, nullif(w.derived_by, ''), nullif(w.run_id, 0), w.occurred_at, app_now(), app_now(), app_now(),
       app_now(), app_now(), coalesce(w.due_at, 'infinity'), w.expires_at, nullif(w.shelf, ''),
       w.access_count
FROM unnest(
  cast(:ids AS bigint[]), cast(:subject_ids AS bigint[]), cast(:agent_ids AS bigint[]),
  cast(:user_ids AS bigint[]), cast(:session_ids AS bigint[]), cast(:types AS text[]),
  cast(:tiers AS text[]), cast(:contents AS text[]), cast(:content_hashes AS bytea[]),
  cast(:metadata AS jsonb[]), cast(:importances AS float8[]), cast(:importances_given AS bool[]),
  cast(:features AS jsonb[]), cast(:trusts AS text[]), cast(:derived_by AS text[]), cast(:run_ids AS bigint[]),
  cast(:occurred_at AS timestamptz[]), cast(:due_at AS timestamptz[]), cast(:expires_at AS timestamptz[]),
  cast(:shelves AS text[]), cast(:access_counts AS int[])
) AS w (
  id, subject_id, agent_id, user_id, session_id, type, tier, content, content_hash, metadata,
  importance, importance_given, features, trust, derived_by, run_id, occurred_at, due_at, expires_at, shelf,
  access_count)
ORDER BY w.id
