"""The log: a line for each event, as JSON or as text, without anything that a person typed.

Our own lines name rows by id and places in the code. Lines of libraries may quote addresses of pages, form fields or
the text of an error: of them only the fixed words and the numbers are kept, and of an exception its kind and its place.
"""

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

OURS = "compliance"
_FRAMES = 6  # places in the code that are named for an exception
_PLACE = re.compile(r"%(?:\((?P<name>\w+)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[diouxXeEfFgGcrsa%]")


def words_of(record: logging.LogRecord) -> str:
    """What a line says: ours as it stands, a library's without its texts."""
    if record.name == OURS or record.name.startswith(f"{OURS}."):
        return record.getMessage()
    if not record.args:
        return ""  # it may have been put together from anything; its place is named
    return _with_numbers(str(record.msg), record.args)


def _with_numbers(template: str, args: Any) -> str:
    ordered = iter(args if isinstance(args, tuple) else (args,))

    def filled(found: re.Match[str]) -> str:
        if found.group().endswith("%"):
            return "%"
        named = found.group("name")
        value = args.get(named) if named and isinstance(args, dict) else next(ordered, None)
        return str(value) if isinstance(value, int | float) else "…"

    return _PLACE.sub(filled, template)


def error_of(kind: type[BaseException], trace: TracebackType | None) -> dict[str, Any]:
    """An exception as it is logged: its kind and where it was raised, the innermost place first. Never its text."""
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    return {"error": kind.__name__, "at": places[::-1][:_FRAMES]}


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """One event as plain values."""
    facts: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": words_of(record),
        "process": record.process,
    }
    if not facts["message"]:
        facts["place"] = f"{record.pathname}:{record.lineno}"
    facts.update(getattr(record, "facts", {}))
    if record.exc_info and record.exc_info[0]:
        facts.update(error_of(record.exc_info[0], record.exc_info[2]))
    return facts


class JsonLines(logging.Formatter):
    """One JSON object a line, for a collector."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return json.dumps(facts_of(record), ensure_ascii=False)


class Plain(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        facts = facts_of(record)
        head = f"{facts.pop('time')} {facts.pop('level')} {facts.pop('logger')} [{facts.pop('process')}]"
        said = facts.pop("message")
        return " ".join([head, *([said] if said else []), *(f"{name}={value}" for name, value in facts.items())])


def begin(form: str, level: str) -> None:
    """Write the log of this process, and of those forked from it, to its error stream in one form: json or text.

    What nobody caught goes the same way: Python's own words for it would quote the exception.
    """
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(JsonLines() if form == "json" else Plain())
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(logging.WARNING)
    ours = logging.getLogger(OURS)
    ours.handlers.clear()
    ours.setLevel(level.upper())
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        logging.getLogger(OURS).error("nobody caught it", exc_info=(kind, error or kind(), trace))
