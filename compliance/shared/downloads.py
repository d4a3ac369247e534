"""A list as a file to save: written row by row into a nameless temporary file, put on the trail, sent from there.

It is whole before its first byte is sent: an error in the last row is an error page and never half a list, nobody's
slow line keeps the database waiting, and a list of any length needs the memory of its longest rows.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO
from urllib.parse import quote

from flask import Response, request

from compliance.shared import audit, database
from compliance.shared.written_sheets import Cell, csv_into, workbook_into

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERB = "list.exported"

_BLOCK = 2**16  # bytes sent at once


def listed(
    actor: audit.Writer,
    kind: str,
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    title: str,
) -> Response:
    """The answer with a list as ``kind`` ("csv" or "xlsx"), saved under ``name`` (without ending).

    On the trail stands which list it was, narrowed by what, and how many rows: never what was searched for, which may
    be somebody's name. What the request changed before is taken back; the caller has only read.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it; it has no name that could stay behind
    try:
        count = csv_into(out, headers, rows) if kind == "csv" else workbook_into(out, [(title, headers, rows)])
        length = out.tell()
        out.seek(0)
        database.begin_writing()
        audit.record(actor, VERB, None, list=request.endpoint, kind=kind, rows=count, filters=_filters())
    except BaseException:
        out.close()
        raise
    answer = Response(_blocks(out), content_type=CSV if kind == "csv" else XLSX, direct_passthrough=True)
    answer.call_on_close(out.close)  # also when nobody reads it to its end
    answer.content_length = length
    answer.headers["Content-Disposition"] = _saved_as(name, kind)
    return answer


def _blocks(out: IO[bytes]) -> Iterator[bytes]:
    with out:
        while block := out.read(_BLOCK):
            yield block


def _filters() -> dict[str, object]:
    given = {name: values[:5] for name, values in request.args.lists() if any(values)}
    return {name: True if name == "q" else [value[:50] for value in values] for name, values in given.items()}


def _saved_as(name: str, kind: str) -> str:
    """The file's name in its own writing, and in letters that every program knows."""
    safe = "".join(mark if mark.isalnum() or mark in "-_" else "-" for mark in name)[:60].strip("-") or "list"
    plain = safe if safe.isascii() else "list"
    return f"attachment; filename={plain}.{kind}; filename*=UTF-8''{quote(safe)}.{kind}"
