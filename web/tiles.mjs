// The parts of a picture that have been decoded, as canvases, and those that are wanted.

import { toCanvas } from './coin-client.mjs';

/** The side of a part, in samples of its octave. */
export const TILE = 256;

/** The most parts that are kept: 64 MB. */
const MOST = 256;

export class Tiles {
  #client;
  #tiles = new Map();
  #asked = new Set();
  #view = 0;
  #onChange;

  /** `onChange` is called when a part has come, or with an error. */
  constructor(client, onChange) {
    this.#client = client;
    this.#onChange = onChange;
    const { width, height, octaves } = client.info;
    [this.width, this.height, this.octaves] = [width, height, octaves];
  }

  /** The octave at which the whole picture is always there. */
  get coarsest() {
    let octave = 0;
    while (octave < this.octaves - 1 && (this.width * this.height) / 4 ** octave > 2 ** 19) octave++;
    return octave;
  }

  /** The parts of a stored rectangle at an octave, those near a point first. */
  static within([left, top, right, bottom], octave, [px, py]) {
    const side = TILE * 2 ** octave;
    const keys = [];
    for (let y = Math.floor(top / side); y * side < bottom; y++) {
      for (let x = Math.floor(left / side); x * side < right; x++) {
        const [dx, dy] = [(x + 0.5) * side - px, (y + 0.5) * side - py];
        keys.push({ octave, x, y, distance: dx * dx + dy * dy });
      }
    }
    return keys.sort((a, b) => a.distance - b.distance);
  }

  /** Asks for what a view shows and is not there; what older views wanted is forgotten. */
  want(rectangle, octave, point) {
    const view = ++this.#view;
    this.#asked.clear();
    for (const key of Tiles.within(rectangle, octave, point)) this.#ask(key, view);
  }

  async #ask({ octave, x, y }, view) {
    const name = `${octave}/${x}/${y}`;
    if (this.#tiles.has(name)) return;
    const [width, height] = [this.width, this.height].map((n) => Math.ceil(n / 2 ** octave));
    const region = [x * TILE, y * TILE, Math.min(TILE, width - x * TILE),
      Math.min(TILE, height - y * TILE)];
    this.#asked.add(name);
    try {
      const part = await this.#client.decode({ octave, region, view, isShown: true });
      if (part) this.#keep(name, { octave, x, y, canvas: toCanvas(part) }, part.milliseconds);
    } catch (error) {
      this.#onChange(error);
    } finally {
      this.#asked.delete(name);
    }
  }

  #keep(name, tile, milliseconds) {
    this.#tiles.set(name, tile);
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size <= MOST) break;
      this.#tiles.delete(oldest);
    }
    this.#onChange(null, milliseconds);
  }

  /** Whether nothing that was asked for is missing. */
  get isComplete() { return this.#asked.size === 0; }

  /** Draws what there is of a stored rectangle, coarse to fine, in pixels of the picture. */
  draw(context, rectangle, finest) {
    const [left, top, right, bottom] = rectangle;
    const tiles = [...this.#tiles.entries()]
      .filter(([, { octave }]) => octave >= finest)
      .sort(([, a], [, b]) => b.octave - a.octave);
    for (const [name, tile] of tiles) {
      const scale = 2 ** tile.octave;
      const [x, y] = [tile.x * TILE * scale, tile.y * TILE * scale];
      const [width, height] = [tile.canvas.width * scale, tile.canvas.height * scale];
      if (x >= right || y >= bottom || x + width <= left || y + height <= top) continue;
      // The last one drawn is the last one dropped.
      this.#tiles.delete(name);
      this.#tiles.set(name, tile);
      context.drawImage(tile.canvas, x, y, width, height);
    }
  }
}
