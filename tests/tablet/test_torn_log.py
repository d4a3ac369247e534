"""A browser that was killed in mid-write leaves a record that is cut off; nothing that was saved goes with it."""

import struct
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

BLOCK = 32_768
PROMISED, THERE = 600, 100  # bytes of the record that is cut off


def logs(folder: Path) -> list[Path]:
    """The logs of what the browser keeps for pages (LevelDB's own format)."""
    return sorted(folder.glob("Default/IndexedDB/*.leveldb/*.log"))


def cut_off(folder: Path) -> None:
    """Leave the beginning of a record at the end of the log, as a browser does that dies while it writes."""
    [log] = logs(folder)
    size = log.stat().st_size
    room = BLOCK - size % BLOCK
    with log.open("ab") as end:
        if room < PROMISED + 7:
            end.write(bytes(room))  # the rest of a block is filled with nothing
        end.write(struct.pack("<IHB", 0x12345678, PROMISED, 1) + b"x" * THERE)


def test_tablet_12_a_record_that_was_cut_off_takes_nothing_with_it_at_any_later_start(served, in_use):
    visit = served.hand_out(2)
    one = in_use()
    served.stop()
    kept = [one.answer(visit, "WAG03", "note", "Before the cut")["id"]]
    one.kill()
    cut_off(one.folder)
    for start in range(3):
        one.switch_on()
        one.go("/tablet/")
        one.unlock()
        assert [entry["id"] for entry in one.kept(visit)] == kept, f"start {start}"
        kept.append(one.answer(visit, "WAG03", "note", f"After start {start}")["id"])
        one.kill()
