"""Loading a whole list: this package beside what one would use instead, on one server, in one run.

    python -m benchmarks.export --records 20000 --page-size 10 --latency 20 --scheme https

Each contender is a process of its own; the server is another one, and its own limit is measured, too. dlt has
an environment of its own, which is made at the first run.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import ipaddress
import itertools
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.environment import AIRFLOW, ROOT

JOBS = ("limit", "plain", "parquet", "duckdb", "http_operator", "dlt")
NAMES = {
    "limit": "the server's own limit",
    "plain": "requests loop, list, Parquet",
    "parquet": "this package, Parquet",
    "duckdb": "this package, DuckDB",
    "http_operator": "HttpOperator, pages in memory",
    "dlt": "dlt rest_api, DuckDB (tuned: Parquet loader, no nesting)",
}
DLT = AIRFLOW / "benchmark-dlt"


def main() -> int:
    """Run the benchmark and print a table for each setting.

    Returns:
        The exit status: 0 when everyone has loaded every record.
    """
    options = _options()
    python = {"dlt": _dlt_python()} if "dlt" in options.jobs else {}
    settings = itertools.product(options.records, options.page_size, options.latency, options.scheme)
    is_well = True
    with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
        certificate = _certificate(Path(folder))
        for records, page_size, latency, scheme in settings:
            done: dict[str, dict[str, Any]] = {}
            secure = certificate if scheme == "https" else None
            for job in options.jobs:
                with _server(records, page_size, latency / 1000, secure) as url:
                    done[job] = _run(job, url, secure, options.connections, python.get(job, sys.executable))
                    done[job]["opened"] = _opened(url, secure)
                is_well &= done[job]["rows"] == records
            title = f"{records:,} records, {page_size} a page, {latency:g} ms, {scheme}"
            print(_table(title, done), flush=True)
    return 0 if is_well else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load a list in several ways and compare.")
    parser.add_argument("--records", type=int, nargs="+", default=[20_000])
    parser.add_argument("--page-size", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 20], help="milliseconds")
    parser.add_argument("--scheme", nargs="+", default=["http", "https"], choices=["http", "https"])
    parser.add_argument("--connections", type=int, default=20, help="most connections of this package")
    parser.add_argument("--jobs", nargs="+", default=list(JOBS), choices=JOBS)
    return parser.parse_args()


def _run(job: str, url: str, certificate: Path | None, connections: int, python: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="covage-benchmark-") as folder:
        command = [python, "-m", "benchmarks.export_contenders", job, "--url", url, "--folder", folder]
        command += ["--connections", str(connections)]
        command += ["--certificate", str(certificate)] if certificate else []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
        done = subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment, capture_output=True, text=True
        )
    if done.returncode:
        raise SystemExit(f"{job} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


@contextlib.contextmanager
def _server(records: int, page_size: int, latency: float, certificate: Path | None) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.export_server", "--records", str(records)]
    command += ["--page-size", str(page_size), "--latency", str(latency)]
    command += ["--certificate", str(certificate)] if certificate else []
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()


def _opened(url: str, certificate: Path | None) -> int:
    import ssl

    context = ssl.create_default_context(cafile=str(certificate)) if certificate else None
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(f"{url}/opened") as answer:
        return int(answer.read())


def _table(title: str, done: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"\n### {title}\n",
        "| | s | rows/s | to the loop | to the limit | CPU s | peak MB | connections |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for job, one in done.items():
        ratios = [
            f"{done[other]['seconds'] / one['seconds']:.2f}" if other in done else "-"
            for other in ("plain", "limit")
        ]
        lines.append(
            f"| {NAMES[job]} | {one['seconds']:.2f} | {one['rows'] / one['seconds']:,.0f} | {ratios[0]} | "
            f"{ratios[1]} | {one['cpu']:.2f} | {one['memory']:.0f} | {one['opened']} |"
        )
    return "\n".join(lines)


def _dlt_python() -> str:
    python = DLT / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", str(DLT)], check=True)  # noqa: S603
        wanted = ["dlt[duckdb,parquet]", "requests"]
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted], check=True)  # noqa: S603
    return str(python)


def _certificate(folder: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "benchmark.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    path.chmod(0o600)
    return path


if __name__ == "__main__":
    sys.exit(main())
