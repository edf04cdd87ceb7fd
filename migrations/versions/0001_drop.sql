-- Functions before tables where a function's body depends on the table, after them otherwise.
DROP FUNCTION run_counts();
DROP FUNCTION backlog_read();
DROP FUNCTION api_key_find(text);
DROP TABLE
  heartbeats, ticks, run_totals, parked, org_work, inbox, leases, lexemes, embeddings, runs, derivations,
  memory_versions, memories, effects, events, sessions, threads, subjects, users, agents, policies,
  streams, api_keys, orgs;
DROP FUNCTION memory_close_version();
DROP FUNCTION memory_require_sources();
DROP FUNCTION event_refuse_update();
DROP FUNCTION app_now();
DROP FUNCTION app_org();
