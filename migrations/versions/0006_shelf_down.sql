-- Back to memories without shelves: they stay, as memories like all others.
SET LOCAL ROLE nrem_owner;
DROP INDEX memories_shelf_idx, memories_upkeep_idx;
ALTER TABLE memories DROP COLUMN shelf;
RESET ROLE;
