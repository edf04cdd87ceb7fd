-- card_lock: the card of a person, locked.
-- Index: cards_pkey
SELECT c.version
FROM cards AS c
WHERE c.org_id = cast(:org_id AS bigint)
  AND c.subject_id = cast(:subject_id AS bigint)
FOR UPDATE
