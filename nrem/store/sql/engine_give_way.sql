-- engine_give_way: lets this transaction wait for a lock less long than any other does.
-- Index: none (setting)
SELECT set_config('lock_timeout', cast(:milliseconds AS text), true)
