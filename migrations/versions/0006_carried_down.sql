-- Forgets what was carried over; what was stays.
SET LOCAL ROLE nrem_owner;
DROP TABLE carried;
RESET ROLE;
