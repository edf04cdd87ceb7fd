-- user_find: row numbers of users by the caller's ids.
-- Index: users_external_key
SELECT u.external_id, u.id
FROM users AS u
WHERE u.org_id = cast(:org_id AS bigint)
  AND u.external_id = ANY(cast(:names AS text[]))
