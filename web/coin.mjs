// Decodes .coin pictures in a browser or in Node: a face of coin.wasm.
//
//     const picture = await CoinPicture.open(bytes);
//     const { width, height, pixels } = picture.decode({ octave: 2 });   // RGBA, 1/4 of the size
//
// Every sample is exactly what the specification says, whatever the machine.

/** Names of the statuses of coin_decoder.h. */
const STATUSES = {
  1: 'truncated', 2: 'badSignature', 3: 'textModeDamage', 4: 'badChecksum', 5: 'misplacedBox',
  6: 'unknownBox', 7: 'trailingBytes', 8: 'unsupportedVersion', 9: 'unsupportedArchitecture',
  10: 'unsupportedDefaults', 11: 'unsupportedPacking', 12: 'invalidField', 13: 'wrongLength',
  20: 'badArgument', 21: 'smallMemory', 22: 'cancelled',
};

const MESSAGES = {
  truncated: 'the file ends early',
  badSignature: 'this is no .coin file',
  textModeDamage: 'the file was damaged by a transfer in text mode',
  badChecksum: 'the file is damaged: a checksum is wrong',
  misplacedBox: 'a box is missing, repeated or out of place',
  unknownBox: 'the file needs a newer decoder: a box is unknown',
  trailingBytes: 'bytes follow the end of the picture',
  unsupportedVersion: 'the file needs a newer decoder: its version is unknown',
  unsupportedArchitecture: 'the file needs a newer decoder: its networks are unknown',
  unsupportedDefaults: 'the file needs a newer decoder: its set of defaults is unknown',
  unsupportedPacking: 'the file needs a newer decoder: a packing is unknown',
  wrongLength: 'a box has the wrong length',
  smallMemory: 'not enough memory was given',
  cancelled: 'stopped',
  limit: 'the picture is beyond the limits',
};

/** Why a picture cannot be decoded. */
export class CoinError extends Error {
  /**
   * @param {string} code a case of BitstreamError, or badArgument, limit
   * @param {number} offset where the stream is wrong, in bytes
   * @param {string} what the field or argument
   */
  constructor(code, offset, what) {
    const text = MESSAGES[code] ?? `${what || 'a field'} is wrong`;
    super(code.startsWith('bad') && what ? `${what} is wrong` : `${text} (byte ${offset})`);
    this.name = 'CoinError';
    this.code = code;
    this.offset = offset;
    this.what = what;
  }
}

/** What a picture may ask for unless the caller says otherwise; as the command line's. */
export const LIMITS = { pixels: 2 ** 28, memory: 2 ** 30, work: 2 ** 42 };

const PAGE = 65536;
const modules = new Map();

async function fetchBytes(url) {
  if (url.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
}

/** A compiled module; null if this engine lacks its instructions. */
function compiled(name) {
  if (!modules.has(name)) {
    modules.set(name, fetchBytes(new URL(name, import.meta.url)).then((bytes) =>
      WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : null));
  }
  return modules.get(name);
}

/** An instance for one picture; `wantsFused` where sine networks are to be evaluated. */
async function instantiate(wantsFused) {
  if (wantsFused) {
    const relaxed = await compiled('coin-relaxed.wasm');
    if (relaxed) {
      const { exports } = await WebAssembly.instantiate(relaxed, {});
      // The standard lets an engine round twice; then the picture would be another.
      if (exports.coin_is_fused(1)) return { exports, isFused: true };
    }
  }
  const module = await compiled('coin.wasm');
  if (!module) throw new CoinError('badArgument', 0, 'this browser, which lacks WebAssembly SIMD,');
  const { exports } = await WebAssembly.instantiate(module, {});
  return { exports, isFused: false };
}

/** Hands out the memory of an instance; nothing is given back. */
class Arena {
  constructor(exports) {
    this.memory = exports.memory;
    this.next = exports.coin_heap();
  }

  take(size) {
    const start = Math.ceil(this.next / 16) * 16;
    this.next = start + size;
    const missing = this.next - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE));
      } catch {
        throw new CoinError('limit', 0, 'memory');
      }
    }
    return start;
  }
}

export class CoinPicture {
  #exports;
  #arena;
  #window = null;
  #output = { start: 0, size: 0 };
  #limits;

  /**
   * Opens a stream; all of its boxes are checked.
   *
   * @param {ArrayBuffer | Uint8Array} stream
   * @param {{limits?: Partial<typeof LIMITS>, engine?: 'fused' | 'emulated'}} options
   * @throws {CoinError}
   */
  static async open(stream, { limits = {}, engine } = {}) {
    const bytes = stream instanceof Uint8Array ? stream : new Uint8Array(stream);
    const probe = await instantiate(false);
    // Networks of sines want fused multiply-adds; others are integers.
    const isSiren = new CoinPicture(probe, bytes, limits).#kind() === 1;
    const wantsFused = isSiren && engine !== 'emulated';
    const instance = wantsFused ? await instantiate(true) : await instantiate(false);
    const picture = new CoinPicture(instance, bytes, limits);
    picture.#open(bytes.length);
    picture.engine = !isSiren ? 'integers' : instance.isFused ? 'fused' : 'emulated';
    return picture;
  }

  constructor({ exports }, bytes, limits) {
    this.#exports = exports;
    this.#arena = new Arena(exports);
    this.#limits = { ...LIMITS, ...limits };
    this.byteCount = bytes.length;
    this.start = this.#arena.take(bytes.length + 16);
    new Uint8Array(exports.memory.buffer, this.start, bytes.length).set(bytes);
    this.#check(exports.coin_probe(this.start, bytes.length));
  }

  #kind() {
    return this.#exports.coin_info(9);
  }

  #open(count) {
    const field = (k) => this.#exports.coin_info(k);
    if (field(0) * field(1) > this.#limits.pixels) throw new CoinError('limit', 0, 'pixels');
    if (field(11) > this.#limits.work) throw new CoinError('limit', 0, 'work');
    const memory = this.#take(field(12));
    this.#check(this.#exports.coin_open(this.start, count, memory));
    const kind = field(9);
    this.info = {
      width: field(0), height: field(1), channels: field(2), bitDepth: field(3),
      orientation: field(4), primaries: field(5), transfer: field(6), tileColumns: field(7),
      tileRows: field(8), kind, architecture: { 1: 'siren', 2: 'latents' }[kind] ?? `kind ${kind}`,
      octaves: field(10), multiplyAdds: field(11),
      bitsPerPixel: (count * 8) / (field(0) * field(1)),
      resolution: field(15) > 0
        ? { unit: ['none', 'inch', 'centimeter'][field(14)], x: field(15), y: field(16) } : null,
    };
    const [icc, exif, xmp] = [0, 1, 2].map((k) => this.#metadata(k));
    this.metadata = { icc, exif, xmp };
  }

  #take(size) {
    if (size > this.#limits.memory) throw new CoinError('limit', 0, 'memory');
    return this.#arena.take(size);
  }

  #metadata(kind) {
    const { memory, coin_metadata } = this.#exports;
    const count = this.#arena.take(4);
    const start = coin_metadata(kind, count);
    if (start === 0) return null;
    const length = new DataView(memory.buffer).getUint32(count, true);
    return new Uint8Array(memory.buffer, start, length).slice();
  }

  #check(status) {
    if (status === 0) return;
    const { memory, coin_error_offset, coin_error_what } = this.#exports;
    const text = new Uint8Array(memory.buffer, coin_error_what());
    let what = '';
    for (let k = 0; coin_error_what() && text[k]; k++) what += String.fromCharCode(text[k]);
    throw new CoinError(STATUSES[status] ?? `status ${status}`, coin_error_offset(), what);
  }

  /** The size of the picture at 1/2^octave. */
  sizeAt(octave) {
    const scale = 2 ** octave;
    return [Math.ceil(this.info.width / scale), Math.ceil(this.info.height / scale)];
  }

  /** A window that reaches what is asked for: all of the picture down to an octave. */
  #prepare(octave, [width, height]) {
    const isLatents = this.info.kind === 2;
    if (this.#window !== null && (!isLatents || this.#window <= octave)) return;
    const e = this.#exports;
    // One window for the finest octave that fits; each octave is read once.
    for (let finest = 0; isLatents && finest <= octave; finest++) {
      const [w, h] = this.sizeAt(finest);
      const size = e.coin_window_size(w, h, 0, 0, w, h);
      if (size < 0) this.#check(e.coin_error_status());
      if (size > this.#limits.memory && finest < octave) continue;
      this.#check(e.coin_window(w, h, 0, 0, w, h, this.#take(size), size));
      this.#window = finest;
      return;
    }
    const size = e.coin_window_size(width, height, 0, 0, 1, 1);
    if (size < 0) this.#check(e.coin_error_status());
    this.#check(e.coin_window(width, height, 0, 0, 1, 1, this.#take(size), size));
    this.#window = 0;
  }

  /**
   * Decodes a part of the picture.
   *
   * @param {{octave?: number, size?: [number, number], region?: [number, number, number, number],
   *   format?: 'rgba8' | 'stored'}} options the size is that of an octave, or for `siren` any;
   *   the region is left, top, width and height in a picture of this size
   * @returns {{width: number, height: number, pixels: Uint8ClampedArray}} rows without gaps;
   *   stored samples of 16 bits are little-endian
   * @throws {CoinError}
   */
  decode({ octave = 0, size, region, format = 'rgba8' } = {}) {
    const [pictureWidth, pictureHeight] = size ?? this.sizeAt(octave);
    const [x, y, width, height] = region ?? [0, 0, pictureWidth, pictureHeight];
    const isWhole = [pictureWidth, pictureHeight, x, y, width, height]
      .every((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 24);
    if (!isWhole) throw new CoinError('badArgument', 0, 'the region');
    let level = octave;
    if (size && this.info.kind === 2) {
      level = Array.from({ length: this.info.octaves }, (_, k) => k)
        .find((k) => this.sizeAt(k).every((n, i) => n === size[i]));
      if (level === undefined) throw new CoinError('badArgument', 0, "the picture's size");
    }
    if (width * height > this.#limits.pixels) throw new CoinError('limit', 0, 'pixels');
    this.#prepare(level, [pictureWidth, pictureHeight]);
    const pixel = format === 'rgba8' ? 4 : this.info.channels * (this.info.bitDepth / 8);
    const count = width * height * pixel;
    if (count > this.#output.size) {
      this.#output = { start: this.#take(count), size: count };
    }
    const { start } = this.#output;
    this.#check(this.#exports.coin_decode(
      pictureWidth, pictureHeight, x, y, width, height, format === 'rgba8' ? 1 : 0, start,
      width * pixel));
    const pixels = new Uint8ClampedArray(this.#exports.memory.buffer, start, count).slice();
    return { width, height, pixels };
  }
}
