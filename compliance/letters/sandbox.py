"""The association's own words are templates, and a template is a program: it runs in a child that is killed in time.

Sandboxed Jinja refuses what reaches outside, but loops within loops run for ever in it. So a text is composed by a
child process that has little memory, writes no files, gives nothing but text, and is killed at its time limit.
"""

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from compliance.shared.child import Child, give, take

SECONDS = 2.0
LONGEST = 10_000
"""Characters that one text may have when it is composed."""
_MEMORY = 256 << 20  # bytes of address space of the child
_IDLE = 300.0  # seconds until an unused child leaves

Job = tuple[str, Mapping[str, str | int]]
"""A template and what its places stand for."""


class Failed(Exception):
    """A template could not be composed: which one of those given, why (``slow``, ``long``, ``memory``, ``died`` or
    ``error``), in which of its lines (0: unknown), and in the words of the template engine.
    """

    def __init__(self, index: int, why: str, line: int = 0, words: str = "") -> None:
        super().__init__(f"{why} in line {line}: {words}")
        self.index, self.why, self.line, self.words = index, why, line, words


def environment() -> ImmutableSandboxedEnvironment:
    """Jinja as an association's wording may use it: no files, no functions but ``range``, unknown names are errors."""
    made = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=False, trim_blocks=True, lstrip_blocks=True
    )
    made.globals = {"range": made.globals["range"]}
    return made


def _environment() -> dict[str, str]:
    """Nothing of this process's environment but where programs are: it may hold secrets."""
    return {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}


class Sandbox:
    """One child, started when first needed; asked by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.child = Child("compliance.letters.sandbox", environment=_environment, greets=True)

    def compose(self, jobs: Sequence[Job], seconds: float = SECONDS) -> list[str]:
        """The text of each template, in order; all within ``seconds``. Raises ``Failed`` at the first that fails.

        Asks no database: to be called while no transaction is open wherever that can be chosen.
        """
        if not jobs:
            return []
        with self._lock:
            questions, answers = self.child.pipes()
            deadline = time.monotonic() + seconds
            texts: list[str] = []
            try:
                give(questions, json.dumps(jobs).encode())
                for index in range(len(jobs)):
                    answer = json.loads(take(answers, deadline))
                    if "text" not in answer:
                        raise Failed(index, answer["why"], answer["line"], answer["words"])
                    texts.append(answer["text"])
            except TimeoutError:
                self.close()
                raise Failed(len(texts), "slow") from None
            except (BrokenPipeError, EOFError):
                self.close()
                raise Failed(len(texts), "died") from None
            except Failed:
                self.close() if len(texts) + 1 < len(jobs) else None  # what it still answers is not read
                raise
            return texts

    def close(self) -> None:
        """End the child that this process started."""
        self.child.close()


letters, trials = Sandbox(), Sandbox()
"""One for wording that was published, one for what somebody is still writing: who tries a loop delays no letter."""


# --- the child ----------------------------------------------------------------------------------------------------


def _composed(jinja: ImmutableSandboxedEnvironment, source: str, values: Mapping[str, Any]) -> dict[str, Any]:
    pieces, length = [], 0
    try:
        for piece in jinja.from_string(source).generate(values):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST:
                return {"why": "long", "line": 0, "words": ""}
    except (MemoryError, RecursionError):
        return {"why": "memory", "line": 0, "words": ""}
    except Exception as error:
        return {"why": "error", "line": _line(error), "words": str(error)[:200]}
    return {"text": "".join(pieces)}


def _line(error: BaseException) -> int:
    """The line of the template in which an error arose; 0 where that is not known."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return error.lineno
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line


def _serve() -> None:
    import resource

    source = os.fdopen(os.dup(0), "rb", buffering=0)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jinja = environment()
    jinja.from_string("{% for n in range(1) %}{{ n }}{% endfor %}").render()  # everything is imported before the limits
    for kind, most in ((resource.RLIMIT_AS, _MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(kind, (most, most))
    give(answers, b"ready")
    while True:
        try:
            jobs = json.loads(take(source, time.monotonic() + _IDLE))
        except (EOFError, TimeoutError):
            return
        for template, values in jobs:
            give(answers, json.dumps(_composed(jinja, template, values)).encode())


if __name__ == "__main__":
    _serve()
