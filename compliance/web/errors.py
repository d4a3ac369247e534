"""Error pages: what is wrong, and what to do, in the reader's language."""

from flask import Flask, Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from compliance.api import problems as for_programs
from compliance.shared import database, translation
from compliance.shared.problems import Problem
from compliance.shared.translation import gettext as _
from compliance.shared.words import inside


def words_for(status: int) -> tuple[str, str]:
    """(title, advice) of an error page."""
    known = {
        400: (_("This request is not complete"), _("Go back, check what was typed, and send it again.")),
        401: (_("Please sign in"), _("Sign in and open the page again.")),
        403: (_("Not for your role"), _("This page is open to other roles. Ask your administrator if you need it.")),
        404: (_("Page not found"), _("It does not exist, or it is not open to you. Check the address or start over.")),
        405: (_("This cannot be done here"), _("Go back and use the buttons of the page.")),
        409: (
            _("Somebody was faster"),
            _("The page has changed in the meantime. Load it again and look at what is new."),
        ),
        413: (_("Too large"), _("The file or text is larger than the limit. Send a smaller one.")),
        422: (_("This cannot be done as it is"), _("Go back and correct what is named above.")),
        429: (_("Too many attempts"), _("Wait a few minutes and try again.")),
        503: (_("Not at present"), _("Nothing is lost. Wait a few minutes and try again.")),
    }
    return known.get(
        status, (_("Something went wrong on our side"), _("Nothing was saved by this request. Try again in a moment."))
    )


def init_app(app: Flask) -> None:
    """Hang the error pages."""

    @app.errorhandler(Problem)
    def _problem(problem: Problem) -> ResponseReturnValue:
        database.session().rollback()
        facts = {name: inside(fact, translation.current()) for name, fact in problem.facts.items()}
        return _page(problem, problem.status, _(problem.text, **facts) if facts else _(problem.text))

    @app.errorhandler(CSRFError)
    def _stale_form(error: CSRFError) -> ResponseReturnValue:
        if request.endpoint and request.endpoint.startswith("security."):
            flash(_("The page had been open for too long. Please try once more."), "warning")
            return redirect(request.url)
        return _page(
            error, 400, _("The page had been open for too long. Go back, load it again and send it once more.")
        )

    @app.errorhandler(RequestEntityTooLarge)
    def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
        limit = app.config["MAX_CONTENT_LENGTH"] // 2**20
        return _page(error, 413, _("More than %(limit)d megabytes cannot be sent at once.", limit=limit))

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error
        return _page(error, error.code or 500)

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> ResponseReturnValue:
        if app.testing or app.debug:
            raise error
        database.session().rollback()
        # The place in the code, never the values: an exception's text may hold what a person typed.
        last = error.__traceback__
        while last and last.tb_next:
            last = last.tb_next
        place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
        app.logger.error("%s at %s in %s", type(error).__name__, place, request.endpoint)
        if database.is_passing(error) and not for_programs.asked():
            return _without_database()
        return _page(error, 500)


def _without_database() -> ResponseReturnValue:
    """Two languages on one plain page: to know the reader's, or the menu, the database would have to be asked."""
    words = (
        "Not at present. Nothing is lost; try again in a few minutes.",
        "暂时无法使用。内容没有丢失，请过几分钟再试。",
    )
    return Response("\n".join(words), 503, mimetype="text/plain")


def _page(error: Exception, status: int, detail: str = "") -> ResponseReturnValue:
    if for_programs.asked():
        return for_programs.of(error)
    title, advice = words_for(status)
    return render_template("errors/error.html", status=status, title=title, detail=detail, advice=advice), status
