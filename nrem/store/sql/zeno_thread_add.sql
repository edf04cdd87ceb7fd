-- zeno_thread_add: says that a thread is a conversation of a person by a thread key.
-- Index: zeno_threads_pkey
INSERT INTO zeno_threads (org_id, thread_id, subject_id)
VALUES (cast(:org_id AS bigint), cast(:thread_id AS bigint), cast(:subject_id AS bigint))
ON CONFLICT (org_id, thread_id) DO NOTHING
