-- Shelves: memories that the stores of zeno-memory keep, apart from what nrem makes of conversations.
SET LOCAL ROLE nrem_owner;

-- NULL: of no store. What lies on one shelf is never found on another, nor changed by its upkeep.
ALTER TABLE memories ADD COLUMN shelf text
  CONSTRAINT memories_shelf_check CHECK (shelf IN ('user', 'knowledge'));

CREATE INDEX memories_shelf_idx ON memories (org_id, subject_id, shelf, id)
  WHERE shelf IS NOT NULL AND state = 'live';
-- Upkeep walks a shelf over all users of an agent.
CREATE INDEX memories_upkeep_idx ON memories (org_id, agent_id, shelf, state, id) WHERE shelf IS NOT NULL;
RESET ROLE;
