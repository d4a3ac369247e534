"""What can be wrong with a request, said so that a person knows what to do about it."""

from typing import Any


class Problem(Exception):
    """A request that cannot be carried out as it is.

    ``code`` is stable and documented; ``text`` is an English message id with ``%(name)s`` places that the web
    translates and fills with ``facts``. The fact ``field`` names the form field that it is about.
    """

    status = 422

    def __init__(self, code: str, text: str, **facts: Any) -> None:
        super().__init__(text % facts if facts else text)
        self.code, self.text, self.facts = code, text, facts


class NotFound(Problem):
    """The row does not exist for this person: absent and out of reach look alike."""

    status = 404


class Refused(Problem):
    """The person may not do this."""

    status = 403


class Conflict(Problem):
    """The thing is not in a state in which this can be done."""

    status = 409


class Stale(Conflict):
    """The page was made before somebody else changed the thing."""


class TooLarge(Problem):
    """More bytes, rows or characters than the limit."""

    status = 413


class NotNow(Problem):
    """It cannot be done at present, and whoever asked is not to blame. A job that raises it waits and tries again."""

    status = 503
