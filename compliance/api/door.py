"""The door for programs: a token, what it may ask, how often; a body and parameters of the described form; an answer of
the described form, and a line on the trail of what was given.

Everything happens in the view that ``operation`` makes of a function: whoever calls the view passes the door. A route
of this blueprint that is not made so carries no mark, and the gate refuses it.
"""

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Any, get_type_hints
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from compliance.api import problems, rules, store
from compliance.api.rules import Scope
from compliance.people import gate, throttle
from compliance.people.rules import Actor, program_actor
from compliance.shared import addresses, clock, database, translation
from compliance.shared.portions import Portion

PREFIX = "/api/v1"
JSON = "application/json"
LARGEST_BODY = 8 * 2**20
"""Bytes."""
WRONG_TOKENS = 30
"""Tokens that open nothing, from one address in a minute."""

bp = Blueprint("api", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class Operation:
    """A route as it is described."""

    rule: str
    method: str
    scope: Scope
    name: str
    text: str
    answer: Any
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    status: int
    errors: tuple[int, ...]
    media_type: str


@dataclass(frozen=True)
class Given:
    """What an operation answers with: the value, rows in it for the trail, and headers of its own."""

    value: Any
    rows: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)


OPERATIONS: list[Operation] = []


def operation(
    rule: str,
    scope: Scope,
    method: str = "GET",
    *,
    status: int = 200,
    errors: tuple[int, ...] = (),
    media_type: str = JSON,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a route of a function ``(caller, ...)``.

    Its parameters are those of the address, ``query`` (a model of the parameters) and ``body`` (a model of the JSON
    that is sent). It returns what its return annotation says, bytes for another media type, or ``Given`` of it.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(function)
        made = Operation(
            rule, method, scope, function.__name__, cleandoc(function.__doc__ or ""), hints["return"],
            hints.get("query"), hints.get("body"), status, errors, media_type,
        )  # fmt: skip
        adapter = None if media_type != JSON else TypeAdapter(made.answer)

        @functools.wraps(function)
        def view(**values: Any) -> Response:
            caller = _let_in(scope)
            if isinstance(caller, Response):
                return caller
            try:
                if made.query is not None:
                    values["query"] = _query(made.query)
                if made.body is not None:
                    if request.mimetype != JSON:
                        return problems.answer(415, "json-only", "Content-Type: application/json")
                    values["body"] = made.body.model_validate_json(_sent(), strict=True)
            except ValidationError as error:
                return problems.of_input(error, body=made.body is not None)
            found = function(caller, **values)
            given = found if isinstance(found, Given) else Given(found)
            data = given.value if adapter is None else adapter.dump_json(given.value)
            _note(caller, made, given.rows, values.get("query"))
            return _answered(made, data, given.headers)

        view.verb = gate.PROGRAM  # type: ignore[attr-defined]
        bp.add_url_rule(rule, made.name, view, methods=[method], provide_automatic_options=False)
        OPERATIONS.append(made)
        return function

    return decorate


def _let_in(scope: Scope) -> Actor | Response:
    """Who calls, or why not: 401 without a valid token, 429 for one that asks too often, 403 for one of other uses."""
    kind, _space, words = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not words.strip():
        return problems.answer(401, "token-missing", WWW_Authenticate="Bearer")
    address = request.remote_addr or ""
    row = store.recognise(words.strip())
    if row is None:
        refused = _counted(f"wrong tokens from {address}", WRONG_TOKENS)
        return refused or problems.answer(401, "token-invalid", WWW_Authenticate='Bearer error="invalid_token"')
    caller = program_actor(row.association_id, row.id, row.name, address, translation.current())
    scopes = frozenset(row.scopes)
    refused = _counted(f"requests of token {row.id}", rules.A_MINUTE)
    if refused is not None:
        return refused
    if scope.value not in scopes:
        needed = f'Bearer error="insufficient_scope", scope="{scope.value}"'
        return problems.answer(403, "token-scope", scope.value, WWW_Authenticate=needed)
    g.actor = caller
    return caller


def _counted(what: str, most: int) -> Response | None:
    """Count one request of the running minute, for all workers together; the refusal where it is one too many."""
    now = int(clock.now().timestamp())
    if throttle.hit(f"{what} in minute {now // 60}", 120) <= most:
        return None
    return problems.answer(429, "too-many", Retry_After=str(60 - now % 60))


def _sent() -> bytes:
    # The length that is announced first: nothing of what is too large needs to be read.
    if (request.content_length or 0) > LARGEST_BODY or len(data := request.get_data()) > LARGEST_BODY:
        raise RequestEntityTooLarge
    return data


def _query(model: type[BaseModel]) -> BaseModel:
    """The parameters. One that is given twice is two values, which no parameter takes."""
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    return model.model_validate_strings(given, strict=True)


def _note(caller: Actor, made: Operation, rows: int, query: BaseModel | None) -> None:
    if request.method in ("GET", "HEAD"):
        database.begin_writing()
    assert caller.program_id is not None
    narrowed = query.model_dump(mode="json", exclude_unset=True) if query is not None else {}
    asked = {**(request.view_args or {}), **narrowed}
    store.note_use(caller, caller.program_id, operation=made.name, asked=asked, rows=rows)


def _answered(made: Operation, data: bytes, headers: Mapping[str, str]) -> Response:
    response = Response(data, made.status, content_type=made.media_type)
    response.headers.update(headers)
    response.vary.update(("Authorization", "Accept-Language"))
    if made.method == "GET":
        response.set_etag(hashlib.sha256(data).hexdigest()[:32])
        response.make_conditional(request)
    return response


def portioned(model: Any, portion: Portion[Any], rows: Sequence[Any]) -> Any:
    """One portion of a list as ``model`` (a ``Page`` of rows), with the address of the next one in ``Link``."""
    headers = {}
    if portion.next_after is not None:
        again = {**request.args.to_dict(), "after": str(portion.next_after)}
        headers["Link"] = f'<{addresses.base()}{request.path}?{urlencode(again)}>; rel="next"'
    return Given(model(items=rows, next_after=portion.next_after), len(rows), headers)
