-- org_set: what an org may, as the command line says; NULL leaves a thing as it is.
-- Index: orgs_pkey
-- Role: nrem_admin
UPDATE orgs AS o
SET is_operator = coalesce(cast(:is_operator AS boolean), o.is_operator),
    rate_per_minute = CASE WHEN cast(:sets_rate AS boolean) THEN cast(:rate_per_minute AS int) ELSE o.rate_per_minute END
WHERE o.id = cast(:org_id AS bigint)
