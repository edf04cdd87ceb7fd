-- park_requeue: queues a parked item anew; an event holds its session back again until it is scored.
-- Index: inbox_pkey
-- Role: nrem_worker
INSERT INTO inbox (org_id, pass, item_kind, item_id, session_id, due_at)
SELECT cast(:org_id AS bigint), cast(:pass AS text), cast(:item_kind AS text), cast(:item_id AS bigint),
       (SELECT e.session_id FROM events AS e
        WHERE e.org_id = cast(:org_id AS bigint)
          AND e.id = cast(:item_id AS bigint)
          AND cast(:item_kind AS text) = 'event'),
       app_now()
ON CONFLICT (org_id, pass, item_kind, item_id) DO NOTHING
