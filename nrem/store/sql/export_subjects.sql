-- export_subjects: what a person is called, and the subjects that the person is.
-- Index: users_pkey, subjects_pair_key
SELECT u.external_id AS "user",
       ARRAY(SELECT s.id FROM subjects AS s WHERE s.org_id = u.org_id AND s.user_id = u.id ORDER BY s.id) AS subject_ids
FROM users AS u
WHERE u.org_id = cast(:org_id AS bigint)
  AND u.id = cast(:user_id AS bigint)
