-- engine_role: whether the current role could see more than its org.
-- Index: none (catalogue)
SELECT r.rolsuper OR r.rolbypassrls AS bypasses,
       EXISTS (SELECT FROM pg_class AS c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm')) AS owns
FROM pg_roles AS r
WHERE r.rolname = current_user
