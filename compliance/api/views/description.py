"""The description of the door (OpenAPI 3.1), made from the same operations that answer. Open to everybody: it is the
product's, and holds nothing of an association.
"""

import re
from functools import cache
from typing import Any

from flask import Response
from pydantic import TypeAdapter

from compliance.api.door import JSON, LARGEST_BODY, OPERATIONS, PREFIX, Operation, bp
from compliance.api.problems import MEDIA_TYPE, Details
from compliance.api.rules import A_MINUTE
from compliance.people.gate import public

_REF = "#/components/schemas/{model}"
_ALWAYS = {401: "No token, or one that opens nothing", 403: "The token is not for this", 429: "Too many requests"}
_MORE = {
    400: "Not JSON",
    404: "There is no such thing, or not for this token",
    409: "Not in a state in which this can be done",
    413: f"More than {LARGEST_BODY // 2**20} MB",
    415: "Not application/json",
    422: "Not of the described form",
}


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """The description, for programs that read it."""
    return Response(TypeAdapter(dict[str, Any]).dump_json(description()), content_type=JSON)


@cache
def description() -> dict[str, Any]:
    """OpenAPI 3.1 of every operation."""
    wanted: list[tuple[str, Any, TypeAdapter[Any]]] = [("problem", "serialization", TypeAdapter(Details))]
    for one in OPERATIONS:
        if one.media_type == JSON:
            wanted.append((f"{one.name} answer", "serialization", TypeAdapter(one.answer)))
        for part, model in (("query", one.query), ("body", one.body)):
            if model is not None:
                wanted.append((f"{one.name} {part}", "validation", TypeAdapter(model)))
    schemas, defined = TypeAdapter.json_schemas(wanted, ref_template=_REF)
    found = {name: schema for (name, _mode), schema in schemas.items()}
    parts: dict[str, Any] = defined.get("$defs", {})
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        address = PREFIX + re.sub(r"<uuid:(\w+)>", r"{\1}", one.rule)
        paths.setdefault(address, {})[one.method.lower()] = _described(one, found, parts)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Workplace compliance",
            "version": "1",
            "description": "What was released, for other systems of the association. At most "
            f"{A_MINUTE} requests a minute for each token.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": parts,
        },
    }


def _described(one: Operation, found: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    places = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in re.findall(r"<uuid:(\w+)>", one.rule)
    ]
    asked = _whole(found.get(f"{one.name} query", {}), parts)
    parameters = [
        {"name": name, "in": "query", "required": False, **_described_by(schema), "schema": _without_null(schema)}
        for name, schema in asked.get("properties", {}).items()
    ]
    wrong = dict(_ALWAYS)
    codes = {*one.errors, *([404] if places else []), *([422] if asked else [])}
    if one.body is not None:
        codes |= {400, 413, 415, 422}
    wrong |= {code: _MORE[code] for code in codes}
    media = {one.media_type: {"schema": found[f"{one.name} answer"]} if one.media_type == JSON else {}}
    responses: dict[str, Any] = {str(one.status): {"description": "As asked", "content": media}}
    if one.method == "GET":
        responses["304"] = {"description": "The same as the ETag in If-None-Match"}
    for code, words in sorted(wrong.items()):
        responses[str(code)] = {"description": words, "content": {MEDIA_TYPE: {"schema": found["problem"]}}}
    summary, _blank, more = one.text.partition("\n\n")
    described = {
        "operationId": one.name,
        "summary": " ".join(summary.split()),
        "description": f"Asks for the scope `{one.scope.value}`. {more}".strip(),
        "tags": [one.scope.value.partition(".")[0]],
        "parameters": [*places, *parameters],
        "responses": responses,
    }
    if one.body is not None:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": found[f"{one.name} body"]}}}
    return described


def _whole(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A schema itself where only its name is given."""
    whole: dict[str, Any] = parts[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return whole


def _described_by(schema: dict[str, Any]) -> dict[str, str]:
    return {"description": schema["description"]} if "description" in schema else {}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null."""
    kept = {name: value for name, value in schema.items() if name not in ("title", "default", "description")}
    given = [one for one in kept.get("anyOf", []) if one.get("type") != "null"]
    return given[0] if len(given) == 1 else kept
