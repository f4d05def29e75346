// A picture in a worker of its own: what pages use.

import { CoinError } from './coin.mjs';

export class CoinClient {
  #worker = new Worker(new URL('coin-worker.mjs', import.meta.url), { type: 'module' });
  #pending = new Map();
  #next = 1;

  constructor() {
    this.#worker.addEventListener('message', ({ data }) => {
      const { resolve, reject } = this.#pending.get(data.id) ?? {};
      this.#pending.delete(data.id);
      if (data.error) reject?.(Object.assign(new CoinError(data.error.code, data.error.offset, ''),
        { message: data.error.message }));
      else resolve?.(data.isStale ? null : data.result);
    });
    // An instance that traps or runs out of memory takes only its worker along.
    this.#worker.addEventListener('error', (event) => this.#fail(event.message));
  }

  #fail(message) {
    for (const { reject } of this.#pending.values()) reject(new Error(message ?? 'worker failed'));
    this.#pending.clear();
  }

  #ask(message, transfer = []) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...message }, transfer);
    });
  }

  /**
   * Opens a stream.
   *
   * @param {ArrayBuffer} bytes
   * @returns {Promise<{info: object, metadata: object, engine: string}>}
   */
  async open(bytes, limits = {}) {
    const opened = await this.#ask({ action: 'open', bytes, limits });
    Object.assign(this, opened);
    return opened;
  }

  /**
   * Decodes a part, as CoinPicture.decode; null if a newer view was asked for meanwhile. With `isShown`
   * it is one for `toCanvas`: where the picture has colors of its own, a bitmap in those of the page.
   */
  decode(request) { return this.#ask({ action: 'decode', ...request }); }

  close() {
    this.#worker.terminate();
    this.#fail('closed');
  }
}

/** The bytes of a stream from an address or a file. */
export async function readBytes(source) {
  if (typeof source !== 'string') return source.arrayBuffer();
  const response = await fetch(source);
  if (!response.ok) throw new Error(`${source}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

/**
 * How a stored picture of `width` by `height` is turned upright: the six numbers of a canvas'
 * transformation, for the eight orientations of TIFF.
 */
export function turn(orientation, width, height) {
  return {
    2: [-1, 0, 0, 1, width, 0], 3: [-1, 0, 0, -1, width, height], 4: [1, 0, 0, -1, 0, height],
    5: [0, 1, 1, 0, 0, 0], 6: [0, 1, -1, 0, height, 0], 7: [0, -1, -1, 0, height, width],
    8: [0, -1, 1, 0, 0, width],
  }[orientation] ?? [1, 0, 0, 1, 0, 0];
}

/** Draws a part on a canvas as large as it is, turned upright. */
export function toCanvas(
  { width, height, pixels, bitmap }, canvas = document.createElement('canvas'), orientation = 1,
) {
  const isPlain = !(orientation > 1);
  const stored = isPlain ? canvas : document.createElement('canvas');
  [stored.width, stored.height] = [width, height];
  if (bitmap) {
    stored.getContext('2d').drawImage(bitmap, 0, 0);
    bitmap.close();
  } else {
    stored.getContext('2d').putImageData(new ImageData(pixels, width, height), 0, 0);
  }
  if (isPlain) return canvas;
  [canvas.width, canvas.height] = orientation > 4 ? [height, width] : [width, height];
  const context = canvas.getContext('2d');
  context.setTransform(...turn(orientation, width, height));
  context.drawImage(stored, 0, 0);
  return canvas;
}
