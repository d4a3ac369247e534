"""Many letters: "letter_bulk_per_s", "letter_bulk_scaling", "letter_2000_rss_growth_mb".

A worker is a process that composes the facts of each letter and has its own press, as a process for background jobs
does. One worker and two workers take turns, so that a busy machine disturbs both alike; the two print five hundred
letters in all. Memory is that of the press after 2,000 letters, against after 100, in megabytes.
"""

import multiprocessing as mp
import statistics
import time
from multiprocessing.connection import Connection
from pathlib import Path

from compliance.letters import press as letters
from compliance.shared import press
from tests.bench.bench_letters import composed, facts, tell

ROUNDS, EACH = 10, 25
MANY, FEW = 2_000, 100


def worker(orders: Connection) -> None:
    """Print letters by their numbers until told to stop."""
    while (wanted := orders.recv()) is not None:
        for number in wanted:
            assert letters.print_letter(composed(facts(12, number), number=number)).pdf
        orders.send(len(wanted))


def bulk() -> None:
    """One worker, two workers, in turns."""
    context = mp.get_context("spawn")
    ends, processes = [], []
    for _ in range(2):
        mine, theirs = context.Pipe()
        processes.append(context.Process(target=worker, args=(theirs,)))
        processes[-1].start()
        ends.append(mine)
    number = 0

    def letters_by(workers: int, each: int) -> float:
        nonlocal number
        start = time.perf_counter()
        for end in ends[:workers]:
            end.send(range(number + 1, number + each + 1))
            number += each
        for end in ends[:workers]:
            end.recv()
        return workers * each / (time.perf_counter() - start)

    letters_by(2, 4)
    rates = [(letters_by(1, EACH), letters_by(2, EACH)) for _ in range(ROUNDS)]
    for end, process in zip(ends, processes, strict=True):
        end.send(None)
        process.join()
    tell("letter_bulk_per_s", statistics.median(two for _, two in rates), "letters/s", 2 * ROUNDS * EACH)
    tell("letter_bulk_scaling", statistics.median(two / one for one, two in rates), "ratio", 2 * ROUNDS * EACH)


def megabytes(pid: int) -> float:
    """Memory that a process holds."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def memory() -> None:
    """Letters of all lengths and languages, one after the other, by one press."""
    early, pid = 0.0, 0
    for number in range(1, MANY + 1):
        language = ("zh_Hans_CN", "zh_Hans_CN", "en", "both")[number % 4]
        assert letters.print_letter(composed(facts(1 + number % 4, number), language, number)).pdf
        child = press._room.child.process
        assert child is not None, "no press"
        pid = child.pid
        if number == FEW:
            early = megabytes(pid)
    tell("letter_2000_rss_growth_mb", megabytes(pid) - early, f"MB over {early:.0f} MB", MANY)


def main() -> None:
    """Print one JSON object a line."""
    bulk()
    memory()


if __name__ == "__main__":
    main()
