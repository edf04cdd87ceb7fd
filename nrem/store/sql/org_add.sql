-- org_add: makes an org; one of the same name stays as it is.
-- Index: orgs_name_key
-- Role: nrem_admin
INSERT INTO orgs (name)
VALUES (cast(:name AS text))
ON CONFLICT (name) DO NOTHING
