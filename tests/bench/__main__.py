"""``python -m tests.bench [name]``: run all measurements, or the module that gives one name."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(only: str | None) -> int:
    """Run each module in a process of its own, so that none warms the other; print its lines."""
    modules = sorted(p for p in HERE.glob("bench_*.py") if not only or f'"{only}"' in p.read_text())
    if not modules:
        print(f"nothing measures {only!r}", file=sys.stderr)
        return 2
    failed = 0
    for module in modules:
        answer = subprocess.run([sys.executable, "-m", f"tests.bench.{module.stem}"], stdout=subprocess.PIPE, text=True)
        failed |= answer.returncode
        for line in answer.stdout.splitlines():
            if line.startswith("{") and (not only or json.loads(line)["name"] == only):
                print(line, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
