"""What is wrong with a program's request, as problem details (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, request
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import HTTPException

from compliance.shared import translation
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import inside

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
_KEPT = ("Allow", "Retry-After")


class Fault(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str = Field(description="The parameter, or the place in the body as a JSON pointer.")
    what: str = Field(description="What is wrong there, in English.")


class Details(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(default="about:blank", description="Always about:blank: the title is that of the status.")
    title: str = Field(description="The words of the status.")
    status: int
    detail: str = Field(default="", description="What to do about it, in the language that was asked for.")
    code: str = Field(default="", description="A word for programs; it does not change.")
    errors: list[Fault] = []


def asked() -> bool:
    """Whether the request is a program's, also where its address leads nowhere."""
    return request.path.startswith(PREFIX)


def answer(status: int, code: str, detail: str = "", errors: Sequence[Fault] = (), **headers: str) -> Response:
    """The answer that says what is wrong. Underscores in names of headers stand for hyphens."""
    details = Details(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=list(errors))
    response = Response(details.model_dump_json(), status, content_type=MEDIA_TYPE)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def of(error: Exception) -> Response:
    """Whatever went wrong with a program's request."""
    if isinstance(error, Problem):
        return of_problem(error)
    return of_http(error) if isinstance(error, HTTPException) else answer(500, "fault")


def of_problem(problem: Problem) -> Response:
    """A problem of the product's own rules."""
    facts = {name: inside(fact, translation.current()) for name, fact in problem.facts.items()}
    detail = _(problem.text, **facts) if facts else _(problem.text)
    field = problem.facts.get("field")
    return answer(problem.status, problem.code, str(detail), [Fault(where=str(field), what=detail)] if field else [])


def of_http(error: HTTPException) -> Response:
    """A refusal of the web server's own: no such address, another method, too large."""
    status = error.code or 500
    response = answer(status, HTTPStatus(status).name.lower().replace("_", "-"))
    for name, value in error.get_headers():
        if name in _KEPT:
            response.headers[name] = value
    return response


def of_input(error: ValidationError, *, body: bool) -> Response:
    """Parameters or a body that are not of the form that the description gives."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return answer(400, "json-invalid", found[0]["msg"])
    faults = [Fault(where=_place(one["loc"], body=body), what=one["msg"]) for one in found[:50]]
    return answer(422, "input-invalid", errors=faults)


def _place(loc: Sequence[int | str], *, body: bool) -> str:
    if not body:
        return str(loc[0]) if loc else ""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in loc)
