"""Fixtures and settings of the whole suite."""

import os

from hypothesis import HealthCheck, settings

# No test spends anybody's money.
for _name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "NREM_LLM"))]:
    del os.environ[_name]

pytest_plugins = ["tests.memory", "tests.postgres"]

# Derandomised: a run that fails here fails everywhere. `HYPOTHESIS_PROFILE=long` looks further.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
