"""How tablets are answered: bodies are read before anything is held, and whatever is wrong has a code and its words in
both languages.
"""

import json
import time
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from compliance.shared import bilingual, database
from compliance.shared.problems import Problem
from compliance.shared.words import N_

LARGEST_BODY = 4 * 2**20
"""Bytes of any body that a tablet sends; photos come in smaller parts."""
MOST_SWALLOWED, SECONDS_SWALLOWED = 64 * 2**20, 20

WORDS = {
    400: ("bad-request", N_("This cannot be read.")),
    401: ("signed-out", N_("Sign in to send.")),
    403: ("not-permitted", N_("This is open to other roles.")),
    404: ("unknown", N_("This does not exist, or it is not yours to see.")),
    405: ("method", N_("This cannot be done here.")),
    413: ("too-large", N_("More was sent at once than is allowed.")),
    415: ("bad-request", N_("This cannot be read.")),
    429: ("too-many", N_("Too many attempts. Wait a few minutes.")),
    500: ("fault", N_("Something went wrong at the office. Nothing is lost; it is tried again.")),
}


def speak_json(bp: Blueprint) -> None:
    """Let all routes of a blueprint answer, and fail, in JSON."""
    bp.url_value_preprocessor(_read_first)
    bp.register_error_handler(Problem, _problem)
    bp.register_error_handler(CSRFError, _csrf)
    bp.register_error_handler(RequestEntityTooLarge, _http)  # the application's own would come before the next
    bp.register_error_handler(HTTPException, _http)
    bp.register_error_handler(Exception, _fault)


def body() -> Any:
    """What was sent, read as JSON. Raises ``Problem`` for anything else."""
    try:
        return json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem("bad-request", WORDS[400][1]) from None


def error(status: int, code: str, text: dict[str, str], **facts: Any) -> ResponseReturnValue:
    """An answer that says what is wrong."""
    return jsonify(code=code, text=text, **facts), status


def refusal(problem: Problem, **facts: Any) -> ResponseReturnValue:
    """A problem as an answer, with those of its facts that are plain."""
    plain = {name: fact for name, fact in problem.facts.items() if isinstance(fact, str | int | float)}
    return error(problem.status, problem.code, bilingual.told(problem), **{**plain, **facts})


def _read_first(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    # Before anything asks the database: a slow network must not hold a write transaction open.
    if (request.content_length or 0) > LARGEST_BODY:
        _let_it_finish()
        raise RequestEntityTooLarge
    request.max_content_length = LARGEST_BODY
    request.get_data(cache=True)


def _let_it_finish() -> None:
    """Read what is too large to its end, and forget it: a browser that is still sending would never see the answer."""
    left, end = min(request.content_length or 0, MOST_SWALLOWED), time.monotonic() + SECONDS_SWALLOWED
    while left > 0 and time.monotonic() < end:
        piece = request.environ["wsgi.input"].read(min(left, 2**16))
        if not piece:
            return
        left -= len(piece)


def _problem(problem: Problem) -> ResponseReturnValue:
    database.session().rollback()
    return refusal(problem)


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return error(400, "csrf", bilingual.said(N_("The session is over or new. It is asked for again.")))


def _http(wrong: HTTPException) -> ResponseReturnValue:
    status = wrong.code or 500
    if status < 400:
        return wrong
    code, text = WORDS.get(status, WORDS[400 if status < 500 else 500])
    facts = {"limit": LARGEST_BODY} if status == 413 else {}
    return error(status, code, bilingual.said(text), **facts)


def _fault(wrong: Exception) -> ResponseReturnValue:
    if current_app.testing or current_app.debug:
        raise wrong
    database.session().rollback()
    # The place in the code, never the values: they may hold what a person typed.
    last = wrong.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
    current_app.logger.error("%s at %s in %s", type(wrong).__name__, place, request.endpoint)
    return error(500, WORDS[500][0], bilingual.said(WORDS[500][1]))


def _no_number(name: str) -> Any:
    raise ValueError(name)
