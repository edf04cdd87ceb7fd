-- expire_over_cap: locks the live memories that a subject has beyond the cap, the least of what is left of them first.
-- Index: memories_cap_idx
-- Role: nrem_worker
WITH crowded AS (
  SELECT m.subject_id, count(*) - cast(:cap AS bigint) AS surplus
  FROM memories AS m
  WHERE m.org_id = cast(:org_id AS bigint) AND m.state = 'live'
  GROUP BY m.subject_id
  HAVING count(*) > cast(:cap AS bigint)
  ORDER BY m.subject_id
  LIMIT cast(:batch AS int)
), ranked AS (
  SELECT m.id, c.surplus, m.pinned,
         row_number() OVER (
           PARTITION BY m.subject_id
           ORDER BY m.pinned,
                    effective_importance(
                      m.importance, m.access_count, date_part('epoch', app_now() - m.last_access) / 86400,
                      w.kind, w.stability_days, w.gain, w.max_stability_days, w.floor,
                      array(SELECT cast(jsonb_array_elements_text(w.step_days) AS float8)),
                      array(SELECT cast(jsonb_array_elements_text(w.step_factors) AS float8))),
                    m.last_access, m.id
         ) AS place
  FROM crowded AS c
  JOIN memories AS m ON m.org_id = cast(:org_id AS bigint) AND m.subject_id = c.subject_id AND m.state = 'live'
  JOIN unnest(
    cast(:types AS text[]), cast(:tiers AS text[]), cast(:kinds AS text[]), cast(:stability_days AS float8[]),
    cast(:gains AS float8[]), cast(:max_stability_days AS float8[]), cast(:floors AS float8[]),
    cast(:step_days AS jsonb[]), cast(:step_factors AS jsonb[])
  ) AS w (type, tier, kind, stability_days, gain, max_stability_days, floor, step_days, step_factors)
    ON w.type = m.type AND w.tier = m.tier
)
SELECT m.id
FROM memories AS m
WHERE m.org_id = cast(:org_id AS bigint)
  AND m.id IN (SELECT r.id FROM ranked AS r WHERE r.place <= r.surplus AND NOT r.pinned)
  AND m.state = 'live'
ORDER BY m.id
LIMIT cast(:batch AS int)
FOR NO KEY UPDATE SKIP LOCKED
