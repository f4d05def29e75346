// Decodes one picture beside the page: a message opens it, others ask for parts.

import { CoinPicture } from './coin.mjs';
import { hasOwnColors, toBitmap } from './colors.mjs';

let picture = null;
let newest = 0;

/** What can be sent of an error. */
function described(error) {
  return { message: error.message, code: error.code ?? 'unexpected', offset: error.offset ?? 0 };
}

async function open({ bytes, limits }) {
  picture = await CoinPicture.open(bytes, { limits });
  return { info: picture.info, metadata: picture.metadata, engine: picture.engine };
}

async function decode({ isShown, ...request }) {
  const start = performance.now();
  const part = picture.decode(request);
  const bitmap = isShown && hasOwnColors(picture) ? await toBitmap(part, picture) : null;
  const milliseconds = performance.now() - start;
  return { ...part, ...(bitmap && { bitmap, pixels: undefined }), milliseconds };
}

/** What goes to the page without being copied. */
function transferred({ bitmap, pixels }) {
  if (bitmap) return [bitmap];
  return pixels ? [pixels.buffer] : [];
}

self.addEventListener('message', async ({ data }) => {
  const { id, action, view = 0 } = data;
  // Parts of views that are no longer seen are not worth decoding.
  newest = Math.max(newest, view);
  await new Promise((resolve) => { setTimeout(resolve); });
  if (view < newest && action === 'decode') {
    self.postMessage({ id, isStale: true });
    return;
  }
  try {
    const result = action === 'open' ? await open(data) : await decode(data);
    self.postMessage({ id, result }, transferred(result));
  } catch (error) {
    self.postMessage({ id, error: described(error) });
  }
});
