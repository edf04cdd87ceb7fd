-- seal_lines: what is sealed of lines, as one text each that no setting changes; NULL where there is none.
-- Index: audit_pkey, seals_audit_key
-- Role: nrem_worker
SELECT w.audit_id,
  cast(CASE WHEN e.id IS NOT NULL THEN jsonb_build_array(
    e.operation, cast(extract(epoch FROM e.at) * 1000000 AS bigint), e.key_row_id, e.run_id, e.agent_id, e.user_id,
    e.memory_id, e.memory_type, to_jsonb(e.memory_ids), cast(e.address AS text), e.details) END AS text) AS line,
  EXISTS (
    SELECT FROM seals AS s
    WHERE s.org_id = cast(:org_id AS bigint) AND s.audit_id = w.audit_id) AS is_sealed
FROM unnest(cast(:audit_ids AS bigint[])) AS w (audit_id)
LEFT JOIN audit AS e ON e.org_id = cast(:org_id AS bigint) AND e.id = w.audit_id
ORDER BY w.audit_id
