"""The page that describes every operation, made from the OpenAPI description without any script.

The page that FastAPI brings loads its code from the internet, which a sandbox may not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from airflow_provider_covage.sandbox.blueprint import Blueprint
from airflow_provider_covage.sandbox.store import Json

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;color:#222}
h2{border-bottom:1px solid #ddd;text-transform:capitalize}summary{cursor:pointer;padding:.25rem 0}
code,pre{font:13px/1.5 ui-monospace,monospace;background:#f5f5f5}pre{padding:.6rem;overflow:auto}
b.m{display:inline-block;width:4.5rem}table{border-collapse:collapse;margin:.4rem 0}
td,th{border:1px solid #ddd;padding:.15rem .5rem;text-align:left;vertical-align:top}
.s{color:#666}details>*:not(summary){margin-left:1rem}
"""


def page(title: str, body: str) -> str:
    """Return a page that needs nothing from anywhere else."""
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def docs_page(blueprint: Blueprint, url: str, schema: Json, control: Json) -> str:
    """Return the page about the API and about what steers the sandbox."""
    areas: dict[str, list[str]] = {}
    for described in (schema, control):
        for path, operations in described["paths"].items():
            for method, operation in operations.items():
                area = operation.get("tags", ["sandbox control"])[0]
                areas.setdefault(area, []).append(
                    _operation(blueprint, url, described, path, method, operation)
                )
    body = "".join(f"<h2>{escape(area)}</h2>{''.join(parts)}" for area, parts in areas.items())
    return page(schema["info"]["title"], _introduction(blueprint, url, schema) + body)


def _introduction(blueprint: Blueprint, url: str, schema: Json) -> str:
    return (
        f"<p>{escape(schema['info']['description'])}</p>"
        "<p>For tools: <a href='/openapi.json'>openapi.json</a>, "
        "<a href='/_sandbox/openapi.json'>the same for the sandbox control</a>. A token:</p>"
        f"<pre>{escape(blueprint.token.format(url=url))}</pre>"
    )


def _operation(blueprint: Blueprint, url: str, schema: Json, path: str, method: str, operation: Json) -> str:
    name = operation["operationId"]
    head = f"<b class='m'>{method.upper()}</b><code>{escape(path)}</code> {escape(operation['summary'])}"
    parts = [f"<p class='s'>{escape(name)}. {escape(operation.get('description', ''))}</p>"]
    parts.append(f"<pre>{escape(_curl(blueprint, url, path, method, operation))}</pre>")
    parameters = [(p["name"], _type(p["schema"]), p["in"]) for p in operation.get("parameters", ())]
    if parameters:
        parts.append(f"<p><strong>Parameters</strong></p>{_table(parameters)}")
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(_part(schema, f"Body: {kind}", content.get("schema", {})))
    parts.extend(_answers(schema, operation["responses"]))
    return f"<details id='{escape(name)}'><summary>{head}</summary>{''.join(parts)}</details>"


def _curl(blueprint: Blueprint, url: str, path: str, method: str, operation: Json) -> str:
    """Return the command that calls an operation."""
    words = ["curl", *([] if method == "get" else ["-X", method.upper()])]
    if "security" in operation:
        words.append(f"-H 'Authorization: {blueprint.authorization}'")
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        words.append("-H 'Content-Type: application/json' -d '{...}'")
    elif "multipart/form-data" in content:
        words.append("-F file=@FILE")
    elif content:
        words.append("-d '...'")
    return " ".join([*words, f"'{url}{path}'"])


def _answers(schema: Json, answers: Json) -> Iterator[str]:
    """Describe what is answered when all goes well in full, errors in one line."""
    errors = []
    for status, answer in answers.items():
        if status >= "400":
            errors.append(f"{status} ({answer['description']})")
            continue
        for kind, content in (answer.get("content") or {"nothing": {}}).items():
            yield _part(schema, f"{status}: {answer['description']} - {kind}", content.get("schema", {}))
    if errors:
        yield f"<p><strong>Errors</strong>: {escape('; '.join(errors))}</p>"


def _part(schema: Json, title: str, part: Json) -> str:
    return f"<p><strong>{escape(title)}</strong></p>{_fields(schema, part)}"


def _fields(schema: Json, part: Json, around: frozenset[str] = frozenset()) -> str:
    """Return a table of the fields of a schema, followed by those of the models inside it.

    A model that holds itself, at whatever depth, is shown once.
    """
    resolved = _resolve(schema, part)
    if resolved.get("type") == "array":
        resolved = _resolve(schema, resolved["items"])
    required, rows, inner = resolved.get("required", ()), [], []
    for name, field in resolved.get("properties", {}).items():
        mark = ", required" if name in required else ""
        rows.append((name, _type(field) + mark, field.get("description", "")))
        model = _model(field)
        if model and model not in around:
            fields = _fields(schema, {"$ref": f"#/components/schemas/{model}"}, around | {model})
            inner.append(f"<details><summary>{escape(name)}: {escape(model)}</summary>{fields}</details>")
    return (_table(rows) if rows else "") + "".join(inner)


def _resolve(schema: Json, part: Json) -> Json:
    model = part.get("$ref", "").rpartition("/")[2] or _model(part)
    found: Json = schema["components"]["schemas"][model] if model and part.get("type") != "array" else part
    return found


def _model(part: Json) -> str | None:
    """Name the model that a field holds: directly, in an array, or as one of two possibilities."""
    for option in (part, *part.get("anyOf", ())):
        reference = option.get("$ref") or option.get("items", {}).get("$ref")
        if reference:
            return str(reference.rpartition("/")[2])
    return None


def _type(part: Json) -> str:
    """Name the type of a field."""
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    if "anyOf" in part:
        return " or ".join(_type(option) for option in part["anyOf"])
    if part.get("type") == "array":
        return f"array of {_type(part.get('items', {}))}"
    return str(part.get("format") or part.get("type") or "any")


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    cells = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
