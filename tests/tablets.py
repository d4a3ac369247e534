"""A tablet without a browser: it makes entries and photos as the real one does, and speaks to the server's door."""

import hashlib
import io
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from PIL import Image

from compliance.shared.ids import event_id

PART = 256 * 1024


def digest_of(visit: str, device: str, entry: dict[str, Any]) -> str:
    """The digest of an entry, written down once more from the contract and not taken from the product."""
    parts = [entry["id"], visit, entry["item"], entry["field"], entry["value"], sorted(entry["replaces"])]
    parts += [entry["at"], device, entry["seq"], entry["bulk"]]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def picture(shade: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG; each shade is another file."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade % 256, shade // 256 % 256, 90)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Photo:
    """A photo on the tablet."""

    id: str
    visit: str
    item: str
    data: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Tablet:
    """What one person's tablet holds, and how it talks. ``ahead`` is how far its clock is ahead of the server's."""

    http: FlaskClient
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    ahead: timedelta = timedelta()
    made: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    token: str = ""

    # -- what the person does -----------------------------------------------------------------

    def now(self) -> str:
        """The moment by the tablet's own clock."""
        moment = datetime.now(UTC) + self.ahead
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def enter(self, visit: UUID | str, item: str, name: str, value: Any, **given: Any) -> dict[str, Any]:
        """One entry: kept on the tablet, not sent yet."""
        made = self.made.setdefault(str(visit), [])
        entry = {
            "id": str(event_id()), "item": item, "field": name, "value": value, "replaces": [],
            "at": self.now(), "seq": len(made) + 1, "bulk": False, **given,
        }  # fmt: skip
        made.append(entry)
        return entry

    def take(self, visit: UUID | str, item: str, data: bytes) -> Photo:
        """A photo, with the entry that announces it."""
        photo = Photo(str(uuid.uuid4()), str(visit), item, data)
        self.photos[photo.id] = photo
        self.enter(visit, item, f"photo:{photo.id}", photo.sha256)
        return photo

    # -- what the tablet says -----------------------------------------------------------------

    def headers(self) -> dict[str, str]:
        """The token that everything sent carries."""
        if not self.token:
            self.token = self.http.get("/tablet/session").json["csrf"]
        return {"X-CSRFToken": self.token}

    def post(self, path: str, body: Any, **kwargs: Any) -> Any:
        """Send JSON, get the response."""
        return self.http.post(path, json=body, headers=self.headers(), **kwargs)

    def contact(self, **said: Any) -> Any:
        """Call the server."""
        return self.post("/tablet/contact", {"device": self.device, "at": self.now(), **said})

    def send(self, visit: UUID | str, entries: list[Any] | None = None, **envelope: Any) -> Any:
        """Send entries (all that were made for the visit, unless some are given); the answer as JSON."""
        entries = self.made.get(str(visit), []) if entries is None else entries
        body = {"device": self.device, "visit": str(visit), "entries": entries, **envelope}
        return self.post("/tablet/entries", body)

    def part(self, photo: Photo, offset: int = 0, size: int = PART, **headers: str) -> Any:
        """Send one part of a photo."""
        said = {
            "X-Visit": photo.visit, "X-Item": photo.item, "X-Device": self.device, "X-Size": str(len(photo.data)),
            "X-SHA256": photo.sha256, "X-Type": "image/jpeg", "X-Taken": self.now(), "X-Position": "",
        }  # fmt: skip
        return self.http.put(
            f"/tablet/photos/{photo.id}?offset={offset}",
            data=photo.data[offset : offset + size],
            headers=self.headers() | said | headers,
            content_type="application/octet-stream",
        )

    def deliver(self, photo: Photo, size: int = PART) -> Any:
        """Send a photo to its end, from wherever the server has it."""
        here = self.http.get(f"/tablet/photos/{photo.id}")
        received = here.json["received"] if here.status_code == 200 else 0
        while True:
            answer = self.part(photo, received, size)
            if answer.status_code != 200 or answer.json["complete"]:
                return answer
            received = answer.json["received"]

    def receipt(self, visit: UUID | str, **said: Any) -> Any:
        """Ask what has come."""
        last = len(self.made.get(str(visit), []))
        return self.post(f"/tablet/visits/{visit}/receipt", {"device": self.device, "last_seq": last, **said})

    def seal(self, visit: UUID | str) -> Any:
        """Wish to seal."""
        last = len(self.made.get(str(visit), []))
        return self.post(f"/tablet/visits/{visit}/seal", {"device": self.device, "last_seq": last})

    def digest(self, visit: UUID | str, entries: list[dict[str, Any]] | None = None) -> str:
        """What the receipt's digest has to be when the server has these entries (all, unless some are given)."""
        entries = self.made[str(visit)] if entries is None else entries
        lines = (f"{e['seq']} {e['id']} {digest_of(str(visit), self.device, e)}\n" for e in entries)
        return hashlib.sha256("".join(lines).encode()).hexdigest()
