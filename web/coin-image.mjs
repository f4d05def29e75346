// <coin-image src="picture.coin" alt="what it shows"></coin-image>
//
// As large as the picture unless the page says otherwise; coarse first. Events: load, error.

import { CoinClient, readBytes, toCanvas } from './coin-client.mjs';

export class CoinImage extends HTMLElement {
  static observedAttributes = ['src', 'alt'];
  #canvas = document.createElement('canvas');
  #client = null;
  #generation = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const style = document.createElement('style');
    style.textContent = `
      :host { display: inline-block; }
      canvas { display: block; width: 100%; }
      p { margin: 0; padding: 0.5em; font: 0.9em system-ui, sans-serif; border: 1px solid; }`;
    root.append(style, this.#canvas);
    this.#canvas.setAttribute('role', 'img');
  }

  /** Size, architecture and the rest of what the header says, once it is loaded. */
  get info() { return this.#client?.info ?? null; }

  get complete() { return this.hasAttribute('complete'); }

  attributeChangedCallback(name, before, value) {
    if (name === 'alt') this.#canvas.setAttribute('aria-label', value ?? '');
    else if (this.isConnected && before !== value) this.#load();
  }

  connectedCallback() { this.#load(); }

  disconnectedCallback() {
    this.#generation++;
    this.#client?.close();
    this.#client = null;
  }

  async #load() {
    const generation = ++this.#generation;
    const isCurrent = () => generation === this.#generation;
    const source = this.getAttribute('src');
    this.removeAttribute('complete');
    this.shadowRoot.querySelector('p')?.remove();
    this.#client?.close();
    this.#client = null;
    if (!source) return;
    const client = new CoinClient();
    try {
      const bytes = await readBytes(source);
      if (!isCurrent()) return client.close();
      const { info } = await client.open(bytes);
      if (!isCurrent()) return client.close();
      this.#client = client;
      const [width, height] = info.orientation > 4
        ? [info.height, info.width] : [info.width, info.height];
      this.#canvas.style.aspectRatio = `${width} / ${height}`;
      if (!this.style.width) this.#canvas.style.maxWidth = `${width}px`;
      const finest = await this.#draw(client, info, isCurrent);
      if (!finest) return;
      this.setAttribute('complete', '');
      this.dispatchEvent(new Event('load'));
    } catch (error) {
      if (!isCurrent()) return;
      client.close();
      const text = document.createElement('p');
      text.textContent = this.getAttribute('alt') || error.message;
      text.title = error.message;
      this.shadowRoot.append(text);
      this.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
    }
  }

  /** Draws a coarse picture, then the whole one; whether nothing came in between. */
  async #draw(client, info, isCurrent) {
    // Small pictures are there before a rough one could be looked at.
    const isLarge = info.width * info.height > 2 ** 20;
    const octaves = isLarge && info.octaves > 3 ? [3, 0] : [0];
    for (const octave of octaves) {
      const part = await client.decode({ octave, isShown: true });
      if (!isCurrent() || !part) return false;
      toCanvas(part, this.#canvas, info.orientation);
    }
    return true;
  }
}

customElements.define('coin-image', CoinImage);
