"""Airflow's REST API, as far as it is used here."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, cast

import requests

from tools.processes import wait_until

Json = dict[str, Any]


class AirflowApi:
    """The REST API of one Airflow.

    Args:
        url: Address of the API server.
        user: Login.
        password: Password.
    """

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        # What the environment says about proxies is not for an address on this machine.
        self._session.trust_env = False

    def health(self) -> Json:
        """Ask how its parts are.

        Returns:
            The status of each.
        """
        return cast(Json, self._session.get(f"{self.url}/api/v2/monitor/health", timeout=5).json())

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> requests.Response:
        """Send a request, logged in.

        Args:
            method: Method.
            path: Path with its leading slash.
            body: Body.

        Returns:
            The answer, whatever its status.
        """
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._session.request(method, self.url + path, json=body, headers=headers, timeout=60)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Send a request that has to succeed to the public API.

        Args:
            method: Method.
            path: Path below `/api/v2`.
            body: Body.

        Returns:
            The answer.

        Raises:
            RuntimeError: The answer says that it did not succeed.
        """
        answer = self.request(method, f"/api/v2{path}", body)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return cast(Json, answer.json()) if answer.content else {}

    def add_connection(self, conn_id: str, fields: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        """Add a connection.

        Args:
            conn_id: Its id.
            fields: Type, host, login, password, ...
            extra: Its extras.
        """
        body = {"connection_id": conn_id, **fields, "extra": json.dumps(extra)}
        self.call("POST", "/connections", body)

    def wait_for_dag(self, dag_id: str, timeout: float = 60) -> None:
        """Wait until a DAG has been read.

        Args:
            dag_id: The DAG.
            timeout: Seconds to wait at most.

        Raises:
            TimeoutError: It has not; the text says which files cannot be imported.
        """
        try:
            wait_until(lambda: self.request("GET", f"/api/v2/dags/{dag_id}").ok, f"DAG {dag_id}", timeout)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {self.call('GET', '/importErrors')}") from None

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run of a DAG, once it has been read.

        Args:
            dag_id: The DAG.
            conf: The run's configuration.

        Returns:
            The run's id.
        """
        self.wait_for_dag(dag_id)
        body = {"logical_date": None, "conf": conf or {}}
        return str(self.call("POST", f"/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Ask for the state of a run.

        Args:
            dag_id: The DAG.
            run_id: The run.

        Returns:
            The state.
        """
        return str(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def task_instances(self, dag_id: str, run_id: str, task_id: str | None = None) -> list[Json]:
        """List the task instances of a run.

        Args:
            dag_id: The DAG.
            run_id: The run.
            task_id: Only those of this task.

        Returns:
            The task instances, by map index.
        """
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=100"
        found: dict[str, Json] = {}
        while page := self.call("GET", f"{path}&offset={len(found)}")["task_instances"]:
            found |= {one["id"]: one for one in page}
            if len(page) < 100:
                break
        wanted = [one for one in found.values() if task_id in (None, one["task_id"])]
        return sorted(wanted, key=lambda one: (one["task_id"], one["map_index"]))

    def states(self, dag_id: str, run_id: str) -> dict[str, str | None]:
        """List the states of a run's task instances.

        Args:
            dag_id: The DAG.
            run_id: The run.

        Returns:
            The state of each `task_id[map_index]`.
        """
        found = self.task_instances(dag_id, run_id)
        return {f"{one['task_id']}[{one['map_index']}]": one["state"] for one in found}

    def xcom(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> Any:
        """Read what a task has returned.

        Args:
            dag_id: The DAG.
            run_id: The run.
            task_id: The task.
            map_index: Which of its instances; -1 when it is not mapped.

        Returns:
            The value.
        """
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        return self.call("GET", f"{path}?map_index={map_index}&deserialize=true")["value"]

    def links(self, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> dict[str, str | None]:
        """Read what the UI shows as links of a task.

        Args:
            dag_id: The DAG.
            run_id: The run.
            task_id: The task.
            map_index: Which of its instances; -1 when it is not mapped.

        Returns:
            The addresses by their names.
        """
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/links?map_index={map_index}"
        found: dict[str, str | None] = self.call("GET", path)["extra_links"]
        return found

    def wait_for_run(self, dag_id: str, run_id: str, timeout: float = 180) -> str:
        """Wait for the end of a run.

        Args:
            dag_id: The DAG.
            run_id: The run.
            timeout: Seconds to wait at most.

        Returns:
            The state in which it ended.

        Raises:
            TimeoutError: It has not ended; the text says where it stands.
        """

        def ended() -> str | None:
            state = self.run_state(dag_id, run_id)
            return state if state in ("success", "failed") else None

        try:
            return str(wait_until(ended, f"the end of {run_id}", timeout))
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {self.states(dag_id, run_id)}") from None

    @functools.cached_property
    def token(self) -> str:
        """A token of the user, which the UI takes as well."""
        answer = self._session.post(f"{self.url}/auth/token", json=self._login, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["access_token"])
