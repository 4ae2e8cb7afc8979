"""Test kit: pytest fixtures with which you test your own DAGs against the sandboxes.

In the `conftest.py` of your tests::

    pytest_plugins = ["airflow_provider_covage.testing"]

It is no entry point of pytest on purpose. The package is installed where DAGs run, and there nobody expects
fixtures in every pytest session, under names that other plugins may have, too; with the line above whoever
reads the tests sees where `covage_sandbox` comes from. Neither Airflow nor the sandbox is imported before a
fixture needs it.

- `covage_sandbox`, `prizz_sandbox`: an empty sandbox of that API, and the connection that leads to it.
- `covage_connection`, `prizz_connection`: change that connection, such as `covage_connection(timeout=1)`.
- `covage_sandbox_options`, `prizz_sandbox_options`: to be overridden, with the options of all sandboxes.
- `@pytest.mark.covage_sandbox(speed=0)`, `@pytest.mark.prizz_sandbox(...)`: options of a test.
- `hurry(dag)`: has a DAG that waits for days wait for moments.

A `conftest.py` may import from this module, too: nothing is asserted here (PYTEST_DONT_REWRITE).
"""

from __future__ import annotations

from airflow_provider_covage.testing.hurrying import hurry

__all__ = ["hurry"]

pytest_plugins = ["airflow_provider_covage.testing.fixtures"]
