// Where a picture lies on the screen: no page, no drawing.

/** A picture's place: `zoom` screen pixels for one of its own, its corner at `x`, `y`. */
export class View {
  constructor(width, height) {
    [this.width, this.height] = [width, height];
    [this.zoom, this.x, this.y] = [1, 0, 0];
  }

  /** Shows all of the picture in a box, not enlarged. */
  fit(boxWidth, boxHeight) {
    this.zoom = Math.min(boxWidth / this.width, boxHeight / this.height, 1);
    this.x = (boxWidth - this.width * this.zoom) / 2;
    this.y = (boxHeight - this.height * this.zoom) / 2;
  }

  /** Multiplies the zoom; what is at a point of the screen stays there. */
  zoomAt(factor, screenX, screenY) {
    const zoom = Math.min(Math.max(this.zoom * factor, 1 / 64), 64);
    const change = zoom / this.zoom;
    this.x = screenX - (screenX - this.x) * change;
    this.y = screenY - (screenY - this.y) * change;
    this.zoom = zoom;
  }

  moveBy(dx, dy) {
    this.x += dx;
    this.y += dy;
  }

  /** Keeps some of the picture within the box. */
  keepIn(boxWidth, boxHeight) {
    const margin = 40;
    const [width, height] = [this.width * this.zoom, this.height * this.zoom];
    this.x = Math.min(Math.max(this.x, margin - width), boxWidth - margin);
    this.y = Math.min(Math.max(this.y, margin - height), boxHeight - margin);
  }

  /**
   * The octave to draw from: the picture itself, if it is not huge, since octaves of latents are
   * only rough previews; else the coarsest that has a sample for every device pixel.
   */
  octave(octaves, pixelRatio = 1) {
    if (this.width * this.height <= 2 ** 24) return 0;
    const octave = Math.floor(-Math.log2(this.zoom * pixelRatio) + 1e-6);
    return Math.min(Math.max(octave, 0), octaves - 1);
  }

  /** The part of the picture that a box shows: left, top, right, bottom; null if none. */
  visible(boxWidth, boxHeight) {
    const left = Math.max(0, -this.x / this.zoom);
    const top = Math.max(0, -this.y / this.zoom);
    const right = Math.min(this.width, (boxWidth - this.x) / this.zoom);
    const bottom = Math.min(this.height, (boxHeight - this.y) / this.zoom);
    return left < right && top < bottom ? [left, top, right, bottom] : null;
  }

  /** The place as part of a link: the pixel in the middle of the box, and the zoom. */
  toLink(boxWidth, boxHeight) {
    const x = (boxWidth / 2 - this.x) / this.zoom;
    const y = (boxHeight / 2 - this.y) / this.zoom;
    return { x: x.toFixed(1), y: y.toFixed(1), zoom: this.zoom.toPrecision(4) };
  }

  /** The inverse; false if these are no numbers. */
  fromLink({ x, y, zoom }, boxWidth, boxHeight) {
    const [px, py, z] = [x, y, zoom].map(Number);
    if (![px, py, z].every(Number.isFinite) || z <= 0) return false;
    this.zoom = Math.min(Math.max(z, 1 / 64), 64);
    this.x = boxWidth / 2 - px * this.zoom;
    this.y = boxHeight / 2 - py * this.zoom;
    return true;
  }
}
