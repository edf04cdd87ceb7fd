-- rewrite_forget_statistics: takes away what the planner may have sampled of columns with content.
-- Index: none (functions)
-- Role: nrem_maintain
SELECT count(pg_clear_attribute_stats('public', c.name, c.attribute, false))
FROM unnest(cast(:names AS text[]), cast(:attributes AS text[])) AS c (name, attribute)
