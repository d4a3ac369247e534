// What a camera wrote into a picture beside the picture: when and where it was taken. Read before the picture is drawn anew
// without it. JPEG and HEIC alike: the data stand behind "Exif" as a small TIFF file, wherever the file keeps them.

const EXIF_IFD = 0x8769, GPS_IFD = 0x8825, DATE = 0x0132, TAKEN = 0x9003, OFFSET = 0x9011, ORIENTATION = 0x0112;
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

/** {taken, position, orientation}: an ISO moment, "latitude,longitude[,metres]", 1 to 8; each null where it is not told. */
export function read(buffer) {
  try {
    const tiff = find(new Uint8Array(buffer));
    return tiff === null ? nothing() : told(new DataView(buffer, tiff));
  } catch { return nothing(); } // broken camera data are no reason to refuse a picture
}
const nothing = () => ({ taken: null, position: null, orientation: null });

/** Where the TIFF data begin: behind "Exif" and two zeros, with the mark of either byte order. */
function find(bytes) {
  for (let at = bytes.indexOf(0x45); at >= 0 && at + 10 < bytes.length; at = bytes.indexOf(0x45, at + 1)) {
    if (bytes[at + 1] !== 0x78 || bytes[at + 2] !== 0x69 || bytes[at + 3] !== 0x66 || bytes[at + 4] || bytes[at + 5]) continue;
    const mark = String.fromCharCode(bytes[at + 6], bytes[at + 7]);
    if (mark === "II" || mark === "MM") return at + 6;
  }
  return null;
}

function told(view) {
  const little = view.getUint8(0) === 0x49;
  const first = directory(view, view.getUint32(4, little), little);
  const details = first[EXIF_IFD] ? directory(view, first[EXIF_IFD][0], little) : {};
  const place = first[GPS_IFD] ? directory(view, first[GPS_IFD][0], little) : {};
  return { taken: moment(details[TAKEN] ?? first[DATE], details[OFFSET]), position: position(place), orientation: first[ORIENTATION]?.[0] ?? null };
}

/** Tag -> text or list of numbers. */
function directory(view, start, little) {
  const found = {};
  for (let entry = 0; entry < view.getUint16(start, little); entry += 1) {
    const at = start + 2 + entry * 12;
    const kind = view.getUint16(at + 2, little), count = view.getUint32(at + 4, little);
    const size = (SIZES[kind] ?? 0) * count;
    if (!size || size > 4096) continue;
    const from = size > 4 ? view.getUint32(at + 8, little) : at + 8;
    if (from + size > view.byteLength) continue;
    found[view.getUint16(at, little)] = kind === 2 ? text(view, from, count) : Array.from({ length: count }, (_, place) => number(view, kind, from + place * SIZES[kind], little));
  }
  return found;
}

const text = (view, from, count) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + from, count)).replace(/\0.*$/s, "");

function number(view, kind, at, little) {
  if (kind === 5) return view.getUint32(at, little) / view.getUint32(at + 4, little);
  if (kind === 10) return view.getInt32(at, little) / view.getInt32(at + 4, little);
  if (kind === 3) return view.getUint16(at, little);
  return kind === 4 ? view.getUint32(at, little) : kind === 9 ? view.getInt32(at, little) : view.getUint8(at);
}

/** "2026:11:21 09:30:00", "+08:00" -> ISO; without a zone it is that of this tablet. */
function moment(written, offset) {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(written ?? "");
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1);
  const zone = /^[+-]\d\d:\d\d/.exec(offset ?? "")?.[0] ?? "";
  const when = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(when.getTime()) ? null : when.toISOString();
}

function position({ 1: north, 2: latitude, 3: east, 4: longitude, 31: error }) {
  const degrees = (parts, side) => (parts[0] + parts[1] / 60 + parts[2] / 3600) * (/^[SW]/i.test(side ?? "") ? -1 : 1);
  if (latitude?.length !== 3 || longitude?.length !== 3) return null;
  const [y, x] = [degrees(latitude, north), degrees(longitude, east)];
  if (!(Math.abs(y) <= 90 && Math.abs(x) <= 180) || (x === 0 && y === 0)) return null;
  const near = error?.[0] > 0 && error[0] < 1e6 ? `,${Math.round(error[0])}` : "";
  return `${y.toFixed(6)},${x.toFixed(6)}${near}`;
}
