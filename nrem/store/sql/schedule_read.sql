-- schedule_read: every schedule that differs from the default, of all orgs.
-- Index: none (all rows, for the scheduler)
-- Role: nrem_worker
SELECT s.org_id, s.pass AS pass_name, s.cron, s.timezone, s.paused, s.set_at
FROM schedules AS s
ORDER BY s.org_id, s.pass
