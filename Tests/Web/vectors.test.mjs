// All conformance vectors through the module that browsers run, in Node: node --test Tests/Web

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { CoinPicture } from '../../web/coin.mjs';
import { toPNG } from '../../web/colors.mjs';

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

/** The chunks of a PNG, by their names. */
function chunks(png) {
  const bytes = Buffer.from(png);
  const found = {};
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    found[bytes.toString('latin1', at + 4, at + 8)] = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  return found;
}

test('a PNG for the browser has the pixels, and the profile or the code points', () => {
  // More than one stored block of zlib, and gray with alpha.
  const [width, height] = [301, 97];
  const pixels = Uint8ClampedArray.from({ length: 4 * width * height }, (_, k) => k * 7919 >> 5);
  const icc = Uint8Array.from({ length: 70000 }, (_, k) => k * 31);
  const colored = chunks(toPNG({ width, height, pixels }, { info: { channels: 4 }, metadata: { icc } }));
  assert.deepEqual([...colored.IHDR], [0, 0, 1, 45, 0, 0, 0, 97, 8, 6, 0, 0, 0]);
  assert.deepEqual(new Uint8Array(inflateSync(colored.iCCP.subarray(3))), icc);
  const rows = inflateSync(colored.IDAT);
  assert.equal(rows.length, height * (1 + 4 * width));
  for (let y = 0; y < height; y++) {
    const row = rows.subarray(y * (1 + 4 * width), (y + 1) * (1 + 4 * width));
    assert.equal(row[0], 0);
    assert.deepEqual(new Uint8Array(row.subarray(1)),
      new Uint8Array(pixels.subarray(4 * y * width, 4 * (y + 1) * width)));
  }
  const info = { channels: 2, primaries: 9, transfer: 16 };
  const gray = chunks(toPNG({ width: 1, height: 1, pixels: pixels.subarray(0, 4) }, { info, metadata: {} }));
  assert.deepEqual([...gray.cICP], [9, 16, 0, 1]);
  assert.equal(gray.IHDR[9], 4);
  assert.deepEqual([...inflateSync(gray.IDAT)], [0, pixels[0], pixels[3]]);
});
