"""The browser libraries that are committed are those that were shipped, and need no Node to be served."""

import hashlib
import json

from compliance.shared.places import PACKAGE

ROOT = PACKAGE.parent
VENDOR = PACKAGE / "static" / "vendor"
RECORDED = json.loads((VENDOR / "versions.json").read_text())
WANTED = json.loads((ROOT / "package.json").read_text())["dependencies"]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_committed_has_the_recorded_hashes():
    for name, recorded in RECORDED.items():
        assert sha256(VENDOR / f"{name}.js") == recorded["sha256"], name
        assert sha256(VENDOR / f"{name}.LICENSE") == recorded["license_sha256"], name


def test_nothing_else_lies_there():
    assert {path.name for path in VENDOR.iterdir()} == {
        "versions.json",
        *(f"{name}.{end}" for name in RECORDED for end in ("js", "LICENSE")),
    }


def test_versions_are_pinned_and_the_pinned_ones_are_there():
    assert {name: recorded["version"] for name, recorded in RECORDED.items()} == WANTED
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in WANTED.items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_the_lock_holds_no_addresses():
    assert "://" not in (ROOT / "package-lock.json").read_text()


def test_the_licences_allow_it_and_are_kept():
    for name, recorded in RECORDED.items():
        assert recorded["license"] in ("ISC", "MIT")
        assert "Permission" in (VENDOR / f"{name}.LICENSE").read_text()
