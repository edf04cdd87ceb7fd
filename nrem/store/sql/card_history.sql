-- card_history: every value that a card had, the newest first.
-- Index: card_values_pkey
SELECT v.field, v.value, v.version, v.valid_from, v.valid_to
FROM card_values AS v
WHERE v.org_id = cast(:org_id AS bigint)
  AND v.subject_id = cast(:subject_id AS bigint)
ORDER BY v.version DESC, v.field
LIMIT 1000
