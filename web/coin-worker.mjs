// Decodes one picture beside the page: a message opens it, others ask for parts.

import { CoinPicture } from './coin.mjs';

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

function decode(request) {
  const start = performance.now();
  const { width, height, pixels } = picture.decode(request);
  return { width, height, pixels, milliseconds: performance.now() - start };
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
    const result = action === 'open' ? await open(data) : decode(data);
    self.postMessage({ id, result }, result.pixels ? [result.pixels.buffer] : []);
  } catch (error) {
    self.postMessage({ id, error: described(error) });
  }
});
