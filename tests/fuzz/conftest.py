"""How much is tried: a little, always the same, or a lot by `FUZZ=thorough make pytest ARGS=tests/fuzz`."""

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "few", max_examples=30, derandomize=True, deadline=None, database=None, suppress_health_check=SLOW
)
settings.register_profile(
    "thorough", max_examples=1000, deadline=None, database=None, suppress_health_check=SLOW, print_blob=True
)
settings.load_profile(os.environ.get("FUZZ", "few"))
