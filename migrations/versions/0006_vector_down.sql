-- Back to no vectors of callers: they are lost.
SET LOCAL ROLE nrem_owner;
DROP TABLE vectors;
RESET ROLE;
