-- card_read: the card of a person with its values, now or as they were; the card alone where it has none.
-- Index: cards_pkey, card_values_pkey
SELECT c.version, c.updated_at, v.field, v.value, v.valid_from
FROM cards AS c
LEFT JOIN card_values AS v ON v.org_id = c.org_id AND v.subject_id = c.subject_id
  AND v.valid_from <= coalesce(cast(:as_of AS timestamptz), 'infinity')
  AND (v.valid_to IS NULL OR v.valid_to > coalesce(cast(:as_of AS timestamptz), 'infinity'))
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.subject_id = cast(:subject_id AS bigint)
ORDER BY v.field
