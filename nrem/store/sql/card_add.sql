-- card_add: makes the card of a person where it is missing.
-- Index: cards_pkey
INSERT INTO cards (org_id, subject_id, updated_at)
VALUES (cast(:org_id AS bigint), cast(:subject_id AS bigint), app_now())
ON CONFLICT (org_id, subject_id) DO NOTHING
