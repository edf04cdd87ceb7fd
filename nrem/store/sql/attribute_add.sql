-- attribute_add: writes down which attributes memories state a value of.
-- Index: attributes_pkey
-- Role: nrem_worker
INSERT INTO attributes (org_id, subject_id, attribute_key, memory_id)
SELECT cast(:org_id AS bigint), cast(:subject_id AS bigint), w.attribute_key, w.memory_id
FROM unnest(cast(:attribute_keys AS bytea[]), cast(:memory_ids AS bigint[])) AS w (attribute_key, memory_id)
ORDER BY w.memory_id, w.attribute_key
ON CONFLICT (org_id, subject_id, attribute_key, memory_id) DO NOTHING
