-- The trail stays; its chain goes.
SET LOCAL ROLE nrem_owner;
DROP TABLE seal_heads;
DROP TABLE seals;
DROP TABLE seal_queue;
RESET ROLE;
