-- card_write: writes the values of fields at a version of the card.
-- Index: card_values_pkey
INSERT INTO card_values (org_id, subject_id, field, version, value, valid_from)
SELECT cast(:org_id AS bigint), cast(:subject_id AS bigint), w.field, cast(:version AS int), w.value, app_now()
FROM unnest(cast(:fields AS text[]), cast(:values AS text[])) AS w (field, value)
ORDER BY w.field
