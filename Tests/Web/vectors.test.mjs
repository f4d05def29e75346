// All conformance vectors through the module that browsers run, in Node: node --test Tests/Web

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CoinPicture } from '../../web/coin.mjs';

const root = new URL('../../spec/vectors/', import.meta.url);
// Vectors reach the ends of the sizes that there are.
const limits = { pixels: 2 ** 48, work: 2 ** 60 };

/** The samples of a PAM file, 16 bits little-endian as the decoder has them. */
function samples(file) {
  const bytes = readFileSync(file);
  const start = bytes.indexOf('ENDHDR\n') + 7;
  const data = Buffer.from(bytes.subarray(start));
  return bytes.subarray(0, start).includes('MAXVAL 65535') ? data.swap16() : data;
}

function vectors(group) {
  const folder = new URL(`${group}/`, root);
  return readdirSync(folder).sort().map((name) => {
    const read = (file) => new URL(`${name}/${file}`, folder);
    return {
      name: `${group}/${name}`, read, stream: readFileSync(read('input.coin')),
      description: JSON.parse(readFileSync(read('vector.json'), 'utf8')),
    };
  });
}

function hexadecimal(bytes) {
  return bytes === null ? undefined : Buffer.from(bytes).toString('hex');
}

for (const { name, read, stream, description } of [...vectors('valid'), ...vectors('unusual')]) {
  for (const engine of ['fused', 'emulated']) {
    test(`${name} decodes to the samples expected (${engine})`, async () => {
      const picture = await CoinPicture.open(stream, { limits, engine });
      const { info, metadata } = picture;
      assert.equal(info.width, description.width);
      assert.equal(info.height, description.height);
      assert.equal(info.channels, description.channels);
      assert.equal(info.bitDepth, description.bit_depth);
      assert.equal(info.orientation, description.orientation ?? 1);
      for (const key of ['icc', 'exif', 'xmp']) {
        assert.equal(hexadecimal(metadata[key]), description.metadata?.[key]);
      }
      assert.equal(info.resolution?.x, description.metadata?.density?.[0]);
      const { size, region } = description;
      const { pixels } = picture.decode({ size, region, format: 'stored' });
      assert.ok(samples(read('expected.pam')).equals(Buffer.from(pixels)));
      for (let octave = 1; octave < (description.octaves ?? 1); octave++) {
        const coarse = picture.decode({ octave, format: 'stored' });
        assert.ok(samples(read(`octave${octave}.pam`)).equals(Buffer.from(coarse.pixels)), `octave ${octave}`);
      }
    });
  }
}

for (const { name, stream, description } of vectors('faulty')) {
  test(`${name} is refused`, async () => {
    await assert.rejects(
      async () => (await CoinPicture.open(stream, { limits })).decode(),
      (error) => error.code === description.error && error.offset === description.offset);
  });
}

test('every prefix is refused', async () => {
  for (const { stream } of [vectors('valid')[5], vectors('valid')[16]]) {
    for (let count = 0; count < stream.length; count++) {
      await assert.rejects(CoinPicture.open(stream.subarray(0, count)), { code: 'truncated' });
    }
  }
});

test('limits hold before memory is taken', async () => {
  const { stream } = vectors('valid')[26];
  await assert.rejects(CoinPicture.open(stream, { limits: { pixels: 45 * 37 - 1 } }),
    { code: 'limit' });
  await assert.rejects(CoinPicture.open(stream, { limits: { work: 1000 } }), { code: 'limit' });
  await assert.rejects(CoinPicture.open(stream, { limits: { memory: 1000 } }), { code: 'limit' });
});

test('a region is part of the picture', async () => {
  for (const index of [5, 26]) {
    const picture = await CoinPicture.open(vectors('valid')[index].stream);
    const whole = picture.decode();
    const [x, y, width, height] = [3, 2, 11, 7];
    const part = picture.decode({ region: [x, y, width, height] });
    for (let row = 0; row < height; row++) {
      const start = ((y + row) * whole.width + x) * 4;
      assert.deepEqual(part.pixels.subarray(row * width * 4, (row + 1) * width * 4),
        whole.pixels.subarray(start, start + width * 4));
    }
    assert.throws(() => picture.decode({ region: [0, 0, whole.width + 1, 1] }),
      { code: 'badArgument' });
    assert.throws(() => picture.decode({ region: [-1, 0, 1, 1] }), { code: 'badArgument' });
  }
});
