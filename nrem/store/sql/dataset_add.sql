-- dataset_add: enters the name of a dataset; one that is known stays as it is.
-- Index: datasets_external_key
INSERT INTO datasets (org_id, external_id, created_at)
VALUES (cast(:org_id AS bigint), cast(:name AS text), app_now())
ON CONFLICT (org_id, external_id) DO NOTHING
