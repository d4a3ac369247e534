// Ids in the order of their making (RFC 9562, version 7), also when the clock of the tablet is turned back.

const bytes = new Uint8Array(16);
let last = 0;
let count = 0;

export function uuid7() {
  const now = Date.now();
  if (now > last) {
    last = now;
    count = crypto.getRandomValues(new Uint16Array(1))[0] & 0x7ff; // room to count up within a millisecond
  } else if (++count > 0xfff) {
    last += 1;
    count = 0;
  }
  crypto.getRandomValues(bytes);
  for (let place = 0, rest = last; place < 6; place += 1) {
    bytes[5 - place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (count >> 8);
  bytes[7] = count & 0xff;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
