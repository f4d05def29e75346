// The viewer's page: opens files, draws views, compares with the original.
//
// viewer.html?src=PICTURE.coin&original=PICTURE.png#x=100&y=80&zoom=4&mode=slider

import { CoinClient, readBytes, turn } from './coin-client.mjs';
import { listen } from './gestures.mjs';
import { Tiles } from './tiles.mjs';
import { View } from './view.mjs';

const find = (id) => document.getElementById(id);
const [canvas, facts, hint, errorText, mode] =
  ['canvas', 'facts', 'hint', 'error', 'mode'].map(find);
const context = canvas.getContext('2d');

const state = {
  client: null, tiles: null, view: null, info: null, name: '', original: null, slider: 0.5,
  pointer: null, generation: 0, isScheduled: false,
};

/** The box in which a picture is seen, in pixels of the page; two beside each other, or one. */
function box() {
  const { width, height } = canvas.getBoundingClientRect();
  return { width: isSideBySide() ? width / 2 : width, height };
}

function isSideBySide() { return state.original !== null && mode.value === 'side'; }

function show(error) {
  errorText.textContent = error ? error.message : '';
  errorText.hidden = !error;
  if (error) hint.hidden = true;
}

/** A rectangle of the upright picture in the coordinates of the stored one. */
function stored([left, top, right, bottom]) {
  const { width, height, orientation } = state.info;
  const [a, b, c, d, e, f] = turn(orientation, width, height);
  // The inverse of a turn or flip is its transpose.
  const map = (x, y) => [a * (x - e) + b * (y - f), c * (x - e) + d * (y - f)];
  const [[x1, y1], [x2, y2]] = [map(left, top), map(right, bottom)];
  return [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)];
}

/** Draws one of the pictures within a part of the canvas. */
function drawPicture(isOriginal, clipLeft, clipWidth, shift) {
  const ratio = devicePixelRatio;
  const { view, info } = state;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.beginPath();
  context.rect(clipLeft, 0, clipWidth, canvas.height / ratio);
  context.clip();
  context.translate(view.x + shift, view.y);
  context.scale(view.zoom, view.zoom);
  context.imageSmoothingEnabled = view.zoom * ratio < 2;
  context.imageSmoothingQuality = 'high';
  if (isOriginal) {
    context.drawImage(state.original, 0, 0, view.width, view.height);
  } else {
    const visible = view.visible(box().width, box().height);
    context.transform(...turn(info.orientation, info.width, info.height));
    if (visible) state.tiles.draw(context, stored(visible), view.octave(info.octaves, ratio));
  }
  context.restore();
}

function drawLine(x) {
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.fillStyle = '#ffffffcc';
  context.fillRect(x - 1, 0, 2, canvas.height);
}

function draw() {
  state.isScheduled = false;
  const { width, height } = canvas.getBoundingClientRect();
  const size = [width, height].map((n) => Math.max(1, Math.round(n * devicePixelRatio)));
  if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!state.tiles) return;
  const shown = state.original ? mode.value : 'coin';
  if (shown === 'side') {
    drawPicture(false, 0, width / 2, 0);
    drawPicture(true, width / 2, width / 2, width / 2);
    drawLine(width / 2);
  } else {
    if (shown !== 'original') drawPicture(false, 0, width, 0);
    const split = shown === 'slider' ? state.slider * width : 0;
    if (shown === 'original' || shown === 'slider') drawPicture(true, split, width - split, 0);
    if (shown === 'slider') drawLine(split);
  }
}

/** Draws soon, once. */
function schedule() {
  if (state.isScheduled) return;
  state.isScheduled = true;
  requestAnimationFrame(draw);
}

/** Draws the view and asks for what it lacks. */
function update({ isMoved = true } = {}) {
  if (!state.view) return;
  const { width, height } = box();
  const { view, info, tiles } = state;
  if (isMoved) view.keepIn(width, height);
  const visible = view.visible(width, height);
  if (visible) {
    const at = state.pointer ?? { x: width / 2, y: height / 2 };
    const [px, py] = [(at.x - view.x) / view.zoom, (at.y - view.y) / view.zoom];
    const [sx, sy] = stored([px, py, px, py]);
    tiles.want(stored(visible), view.octave(info.octaves, devicePixelRatio), [sx, sy]);
  }
  const place = new URLSearchParams({ ...view.toLink(width, height), mode: mode.value });
  history.replaceState(null, '', `#${place}`);
  tell();
  schedule();
}

function tell() {
  const { info, name, view, client } = state;
  const percent = view.zoom < 1 ? (view.zoom * 100).toFixed(0) : Math.round(view.zoom * 100);
  const depth = info.bitDepth === 16 ? ', 16 bit' : '';
  const engine = client.engine === 'emulated' ? ' (emulated)' : '';
  facts.textContent = [name, `${info.width} × ${info.height}${depth}`,
    `${info.bitsPerPixel.toFixed(3)} bits per pixel`, `${info.architecture}${engine}`,
    `${percent} %`].filter(Boolean).join(' · ');
}

/** Opens a picture from an address or a file. */
async function open(source, name, place = {}) {
  const generation = ++state.generation;
  show(null);
  const client = new CoinClient();
  try {
    const bytes = await readBytes(source);
    const { info } = await client.open(bytes);
    if (generation !== state.generation) return client.close();
    state.client?.close();
    const [width, height] = info.orientation > 4
      ? [info.height, info.width] : [info.width, info.height];
    Object.assign(state, { client, info, name, view: new View(width, height) });
    setOriginal(null);
    const tiles = new Tiles(client, (error) => { if (error) show(error); schedule(); });
    state.tiles = tiles;
    hint.hidden = true;
    const { width: w, height: h } = box();
    if (!state.view.fromLink(place, w, h)) state.view.fit(w, h);
    tiles.want([0, 0, info.width, info.height], tiles.coarsest, [0, 0]);
    await settled();
    update();
  } catch (error) {
    client.close();
    if (generation === state.generation) show(error);
  }
}

/** Waits until all parts that were asked for are there. */
async function settled() {
  while (state.tiles && !state.tiles.isComplete) {
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

function setOriginal(image) {
  state.original?.close?.();
  state.original = image;
  mode.disabled = image === null;
}

/** Compares with a picture that the browser itself can show. */
async function openOriginal(source) {
  if (!state.view) return show(new Error('open a .coin file first'));
  try {
    const bytes = await readBytes(source);
    setOriginal(await createImageBitmap(new Blob([bytes])));
    update();
  } catch (error) {
    show(new Error(`the original cannot be shown: ${error.message}`));
  }
}

/** Opens dropped or chosen files: a .coin first, then its original. */
async function openFiles(files) {
  const list = [...files];
  const isCoin = (file) => file.name.toLowerCase().endsWith('.coin');
  const coin = list.find(isCoin);
  if (coin) await open(coin, coin.name);
  const other = list.find((file) => !isCoin(file));
  if (other) await openOriginal(other);
}

function zoomBy(factor, x = box().width / 2, y = box().height / 2) {
  state.view?.zoomAt(factor, x, y);
  update();
}

function fit() {
  state.view?.fit(box().width, box().height);
  update();
}

listen(canvas, {
  zoom: zoomBy,
  move: (dx, dy) => { state.view?.moveBy(dx, dy); update(); },
  point: (x, y) => { state.pointer = { x: isSideBySide() ? x % box().width : x, y }; },
  isOnSlider: (x) => state.original !== null && mode.value === 'slider'
    && Math.abs(x - state.slider * box().width) < 12,
  slide: (x) => { state.slider = Math.min(Math.max(x / box().width, 0), 1); schedule(); },
  fit,
});

find('file').addEventListener('change', (event) => openFiles(event.target.files));
find('original').addEventListener('change', (event) => openOriginal(event.target.files[0]));
find('in').addEventListener('click', () => zoomBy(2));
find('out').addEventListener('click', () => zoomBy(0.5));
find('fit').addEventListener('click', fit);
find('one').addEventListener('click', () => zoomBy(1 / devicePixelRatio / (state.view?.zoom ?? 1)));
mode.addEventListener('change', () => update());
new ResizeObserver(() => update()).observe(canvas);

const main = document.querySelector('main');
main.addEventListener('dragover', (event) => {
  event.preventDefault();
  main.classList.add('dropping');
});
main.addEventListener('dragleave', () => main.classList.remove('dropping'));
main.addEventListener('drop', (event) => {
  event.preventDefault();
  main.classList.remove('dropping');
  openFiles(event.dataTransfer.files);
});

/** What tests wait for and look at. */
export const viewer = { state, settled, open, openOriginal, openFiles };
globalThis.coinViewer = viewer;

const query = new URLSearchParams(location.search);
const place = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
if (place.mode && [...mode.options].some(({ value }) => value === place.mode)) {
  mode.value = place.mode;
}
const source = query.get('src');
if (source) {
  await open(source, source.split('/').pop(), place);
  if (query.get('original')) await openOriginal(query.get('original'));
}
