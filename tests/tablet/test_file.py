"""A tablet that cannot send: its file, brought to the desk, loses nothing and tells nobody else anything."""

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.casework import exports
from compliance.shared.problems import Problem
from tests.tablet.device import Tablet
from tests.tablet.served import Served

pytestmark = pytest.mark.browser

ADD_PHOTO = """async (app, [visit, item]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 48 });
  canvas.getContext("2d").fillRect(5, 5, 20, 20);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
  const bytes = await blob.arrayBuffer();
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].map((b) => b.toString(16).padStart(2, "0")).join("");
  return (await app.store.addPhoto(visit, { item, bytes, type: "image/jpeg", sha256: digest, width: 64, height: 48 })).id;
}"""  # noqa: E501


def exported(own: Tablet, visit: Any) -> bytes:
    script = """async (app, visit) => {
      const { exportFile } = await import(new URL("waysout.js", document.querySelector("script[type=module]").src));
      return (await exportFile(app.store, visit)).text();
    }"""
    return str(own.inside(script, str(visit))).encode()


def test_14_the_file_of_a_tablet_brings_everything_to_the_desk_once(
    in_use: Any, served: Served, tmp_path: Path
) -> None:
    visit = served.hand_out()
    own = in_use()
    own.settled()
    own.network(False)
    own.answer(visit, "SAF01", "verdict", "compliant")
    own.answer(visit, "SAF02", "note", "出口三号 locked")
    own.inside(ADD_PHOTO, [str(visit), "SAF01"])
    file = exported(own, visit)
    assert "SAF01" not in file.decode()

    first = served.as_("coordinator", lambda actor: exports.bring(actor, file))
    assert (len(first.entries.kept), first.photos, first.refused) == (3, 1, ())
    again = served.as_("coordinator", lambda actor: exports.bring(actor, file))
    assert (len(again.entries.kept), len(again.entries.known), again.photos) == (0, 3, 0)
    assert {event.item for event in served.entries(visit)} == {"SAF01", "SAF02"}
    # The tablet comes back and finds that everything is there already.
    own.network(True)
    own.send()
    own.settled()
    assert len(served.entries(visit)) == 3

    changed = json.loads(file)
    changed["sealed"] = changed["sealed"][:-8] + "AAAAAAA="
    for wrong in (b"", b"[]", b"{}", json.dumps(changed).encode(), file.replace(b'"version":1', b'"version":9')):
        with pytest.raises(Problem):
            served.as_("coordinator", lambda actor, wrong=wrong: exports.bring(actor, wrong))
