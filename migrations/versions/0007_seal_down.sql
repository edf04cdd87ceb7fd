-- The trail stays; its chain goes.
SET LOCAL ROLE nrem_owner;
REVOKE SELECT (org_id, id) ON audit FROM nrem_admin;
DROP TABLE seal_heads;
DROP TABLE seals;
DROP TABLE seal_queue;
RESET ROLE;
