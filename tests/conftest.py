"""Fixtures and settings of the whole suite."""

import functools
import gc
import os
import ssl

import httpcore2
from hypothesis import HealthCheck, settings

# No test spends anybody's money.
for _name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "NREM_LLM"))]:
    del os.environ[_name]

# No test touches what whoever runs it keeps: the usual data directory cannot be made.
os.environ.pop("NREM_DATA_DIR", None)
os.environ["XDG_DATA_HOME"] = os.devnull

# No test speaks TLS, and every client of HTTP would load all authorities anew, for 20 ms each.
for _module, _name in ((ssl, "create_default_context"), (httpcore2, "default_ssl_context")):
    setattr(_module, _name, functools.cache(getattr(_module, _name)))

pytest_plugins = ["tests.memory", "tests.postgres"]

# Derandomised: a run that fails here fails everywhere. `HYPOTHESIS_PROFILE=long` looks further.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector of garbage need not look through it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
