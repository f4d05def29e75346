// Colors of pictures that are not in sRGB. Browsers convert those of files, not of samples: so samples
// become a PNG, not compressed, with what the picture says of its colors.

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** The checksum of a chunk of PNG. */
function crc(bytes) {
  let c = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) c = TABLE[(c ^ bytes[k]) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

/** The checksum of zlib. */
function adler(bytes) {
  let [a, b] = [1, 0];
  // So many sums fit 32 bits before they have to be reduced.
  for (let start = 0; start < bytes.length; start += 5552) {
    const end = Math.min(bytes.length, start + 5552);
    for (let k = start; k < end; k++) { a += bytes[k]; b += a; }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function bigEndian(...numbers) {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, k) => view.setUint32(4 * k, number));
  return bytes;
}

function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Bytes as a zlib stream that stores them. */
function stored(bytes) {
  const parts = [Uint8Array.of(0x78, 0x01)];
  for (let start = 0; start < bytes.length || start === 0; start += 65535) {
    const block = bytes.subarray(start, start + 65535);
    const isLast = start + 65535 >= bytes.length ? 1 : 0;
    const [low, high] = [block.length & 255, block.length >> 8];
    parts.push(Uint8Array.of(isLast, low, high, ~low & 255, ~high & 255), block);
  }
  parts.push(bigEndian(adler(bytes)));
  return joined(parts);
}

function chunk(name, body) {
  const typed = joined([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), body]);
  return joined([bigEndian(body.length), typed, bigEndian(crc(typed))]);
}

/**
 * Whether samples are something else than sRGB.
 *
 * @param {{info: object, metadata: object}} picture what is known of it once it is open
 */
export function hasOwnColors({ info, metadata }) {
  if (metadata.icc) return true;
  // Reserved and unspecified code points of H.273 say nothing.
  const isSaid = (code, last) => code >= 1 && code <= last && code !== 2;
  const { primaries, transfer } = info;
  return isSaid(primaries, 22) && isSaid(transfer, 18) && !(primaries === 1 && transfer === 13);
}

/**
 * A PNG of decoded pixels, with the profile, or else the code points, of their picture.
 *
 * @param {{width: number, height: number, pixels: Uint8ClampedArray}} part RGBA
 * @param {{info: object, metadata: object}} picture
 * @returns {Uint8Array}
 */
export function toPNG({ width, height, pixels }, { info, metadata }) {
  // A profile of gray fits no other samples.
  const isGray = info.channels < 3;
  const channels = isGray ? [0, 3] : [0, 1, 2, 3];
  const rows = new Uint8Array(height * (1 + width * channels.length));
  let to = 0;
  for (let y = 0; y < height; y++) {
    to += 1;  // the filter: none
    for (let from = 4 * y * width; from < 4 * (y + 1) * width; from += 4) {
      for (const channel of channels) rows[to++] = pixels[from + channel];
    }
  }
  const colors = metadata.icc
    ? chunk('iCCP', joined([Uint8Array.of(0x69, 0, 0), stored(metadata.icc)]))
    : chunk('cICP', Uint8Array.of(info.primaries, info.transfer, 0, 1));
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', joined([bigEndian(width, height), Uint8Array.of(8, isGray ? 4 : 6, 0, 0, 0)])),
    colors, chunk('IDAT', stored(rows)), chunk('IEND', new Uint8Array()),
  ]);
}

/** Decoded pixels in the colors of a page; `null` where a browser does not take the profile. */
export async function toBitmap(part, picture) {
  try {
    return await createImageBitmap(new Blob([toPNG(part, picture)], { type: 'image/png' }));
  } catch {
    return null;
  }
}
