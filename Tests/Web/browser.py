#!/usr/bin/env python3
"""Runs the vectors and the viewer in headless Chromium: browser.py [SCREENSHOT_FOLDER]

Needs Playwright (PyPI) and a Chromium: that of the system, or Playwright's own. Exit code 77 says
that one of them is missing.
"""

import functools
import http.server
import json
import pathlib
import shutil
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "spec/vectors"


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {**http.server.SimpleHTTPRequestHandler.extensions_map,
                      ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def log_message(self, *_):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def samples(path):
    """The samples of a PAM file, 16 bits little-endian as the decoder has them."""
    data = path.read_bytes()
    start = data.index(b"ENDHDR\n") + 7
    body = data[start:]
    if b"MAXVAL 65535" in data[:start]:
        body = bytes(byte for k in range(0, len(body), 2) for byte in (body[k + 1], body[k]))
    return body


def vectors(*groups):
    for group in groups:
        for folder in sorted((VECTORS / group).iterdir()):
            yield f"{group}/{folder.name}", folder, json.loads((folder / "vector.json").read_text())


DECODE = """async ([path, request, engine]) => {
  const { CoinPicture } = await import('/web/coin.mjs');
  const bytes = await (await fetch(path)).arrayBuffer();
  try {
    const picture = await CoinPicture.open(bytes, { engine, limits: { pixels: 2 ** 48, work: 2 ** 60 } });
    return [...picture.decode({ ...request, format: 'stored' }).pixels];
  } catch (error) {
    return { code: error.code, offset: error.offset };
  }
}"""


def check_vectors(page):
    count = 0
    for name, folder, description in vectors("valid", "unusual"):
        for engine in ("fused", "emulated"):
            for octave in range(description.get("octaves", 1)):
                request = {"octave": octave}
                if octave == 0:
                    request |= {k: description[k] for k in ("size", "region") if k in description}
                found = page.evaluate(
                    DECODE, [f"/spec/vectors/{name}/input.coin", request, engine])
                file = f"octave{octave}.pam" if octave else "expected.pam"
                assert found == list(samples(folder / file)), f"{name} {engine} {octave}: {str(found)[:80]}"
                count += 1
    for name, _, description in vectors("faulty"):
        found = page.evaluate(DECODE, [f"/spec/vectors/{name}/input.coin", {}, "fused"])
        expected = {"code": description["error"], "offset": description["offset"]}
        assert found == expected, f"{name}: {found}"
        count += 1
    print(f"{count} vectors as expected")


def facts(page):
    return page.locator("#facts").inner_text()


def wait_for_picture(page):
    page.wait_for_function("globalThis.coinViewer?.state.tiles?.isComplete === true")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def canvas_pixel(page, x, y):
    return page.evaluate(
        "([x, y]) => [...document.getElementById('canvas').getContext('2d')"
        ".getImageData(x, y, 1, 1).data]", [x, y])


def check_viewer(page, base, shots):
    """Opens a picture by link, zooms to a pixel, compares, and refuses what is damaged."""
    picture = "docs/viewer/kodim15-middle.coin"
    original = "docs/viewer/kodim15-original.webp"
    page.goto(f"{base}/web/viewer.html?src=/{picture}&original=/{original}")
    wait_for_picture(page)
    page.wait_for_function("globalThis.coinViewer.state.original !== null")
    text = facts(page)
    assert "768 × 512" in text and "bits per pixel" in text and "latents" in text, text
    page.screenshot(path=str(shots / "viewer-slider.png"))
    page.select_option("#mode", "side")
    wait_for_picture(page)
    page.screenshot(path=str(shots / "viewer-side.png"))
    page.select_option("#mode", "coin")
    # A pixel of the canvas at 16 times is the sample that the decoder gives.
    page.goto("about:blank")
    page.goto(f"{base}/web/viewer.html?src=/{picture}#x=300.5&y=200.5&zoom=16")
    wait_for_picture(page)
    box = page.locator("#canvas").bounding_box()
    shown = canvas_pixel(page, int(box["width"] / 2), int(box["height"] / 2))
    exact = page.evaluate(DECODE, [f"/{picture}", {"region": [300, 200, 1, 1]}, "fused"])
    assert shown[:3] == exact, f"{shown} {exact}"
    page.screenshot(path=str(shots / "viewer-pixels.png"))
    # The wheel keeps what is under the pointer; the link tells the place.
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, 700)
    wait_for_picture(page)
    place = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    assert abs(float(place["x"]) - 300.5) < 0.2 and 3 < float(place["zoom"]) < 6, place
    # Two fingers that move apart enlarge.
    page.evaluate("""() => {
      const canvas = document.getElementById('canvas');
      const send = (type, pointerId, clientX) => canvas.dispatchEvent(
        new PointerEvent(type, { pointerId, clientX, clientY: 300, pointerType: 'touch' }));
      send('pointerdown', 1, 300); send('pointerdown', 2, 400);
      send('pointermove', 2, 500); send('pointerup', 1, 300); send('pointerup', 2, 500);
    }""")
    after = page.evaluate("coinViewer.state.view.zoom")
    assert abs(after / float(place["zoom"]) - 2) < 0.05, after
    page.keyboard.press("0")
    # A file that is dropped, and one that is damaged.
    data = list((VECTORS / "valid/023-latents-rgba/input.coin").read_bytes())
    page.evaluate("""async (bytes) => {
      await coinViewer.openFiles([new File([new Uint8Array(bytes)], 'small.coin')]);
    }""", data)
    wait_for_picture(page)
    assert "small.coin" in facts(page)
    page.screenshot(path=str(shots / "viewer-alpha.png"))
    page.evaluate("""async (bytes) => {
      await coinViewer.openFiles([new File([new Uint8Array(bytes)], 'cut.coin')]);
    }""", data[:-9])
    error = page.locator("#error").inner_text()
    assert "ends early" in error, error
    page.screenshot(path=str(shots / "viewer-error.png"))
    print("viewer as expected")


def check_element(page, base, shots):
    page.goto(f"{base}/docs/viewer/index.html")
    page.wait_for_function(
        "[...document.querySelectorAll('coin-image')].every((e) => e.hasAttribute('complete'))",
        timeout=120_000)
    sizes = page.evaluate(
        "[...document.querySelectorAll('coin-image')].map((e) => [e.info.width, e.info.height])")
    assert len(sizes) == 9 and all(sorted(size) == [512, 768] for size in sizes), sizes
    page.screenshot(path=str(shots / "page.png"), full_page=True)
    # What cannot be shown tells the page.
    message = page.evaluate("""() => new Promise((done) => {
      const element = document.createElement('coin-image');
      element.addEventListener('error', (event) => done(event.message));
      element.setAttribute('alt', 'a test');
      element.src = '';
      element.setAttribute('src', '/spec/vectors/faulty/011-checksum-of-head/input.coin');
      document.body.append(element);
    })""")
    assert "checksum" in message, message
    print("element as expected")


def check_colors(page, base):
    """A picture whose profile is sRGB's with red and blue exchanged looks so, in both places.

    swapped-primaries.coin was made by `convert --effort 1` from 16 × 16 samples of (230, 40, 30).
    """
    page.goto(f"{base}/web/viewer.html?src=/Tests/Web/swapped-primaries.coin")
    wait_for_picture(page)
    box = page.locator("#canvas").bounding_box()
    shown = [canvas_pixel(page, int(box["width"] / 2), int(box["height"] / 2))[:3]]
    shown.append(page.evaluate("""async () => {
      await import('/web/coin-image.mjs');
      const element = document.createElement('coin-image');
      const isThere = new Promise((done) => element.addEventListener('load', done));
      element.setAttribute('src', '/Tests/Web/swapped-primaries.coin');
      document.body.append(element);
      await isThere;
      const canvas = element.shadowRoot.querySelector('canvas');
      return [...canvas.getContext('2d').getImageData(8, 8, 1, 1).data].slice(0, 3);
    }"""))
    for pixel in shown:
        assert all(abs(a - b) < 12 for a, b in zip(pixel, (30, 40, 230))), shown
    # Code points instead of a profile, where the browser knows them: P3's red has no sRGB green or blue.
    red = page.evaluate("""async () => {
      const { toBitmap, hasOwnColors } = await import('/web/colors.mjs');
      const picture = { info: { channels: 3, primaries: 12, transfer: 13 }, metadata: {} };
      const pixels = new Uint8ClampedArray([234, 51, 35, 255]);
      const canvas = new OffscreenCanvas(1, 1);
      const context = canvas.getContext('2d');
      context.drawImage(await toBitmap({ width: 1, height: 1, pixels }, picture), 0, 0);
      const known = [[1, 13], [2, 2], [9, 16], [0, 0]].map(([primaries, transfer]) =>
        hasOwnColors({ info: { primaries, transfer }, metadata: {} }));
      return [[...context.getImageData(0, 0, 1, 1).data], known];
    }""")
    assert red[0][0] > 250 and red[0][1] < 12 and red[0][2] < 12, red
    assert red[1] == [False, False, True, False], red
    print("colors as expected")


def measure(page):
    """Megapixels a second of one worker, the better of three."""
    code = """async ([path, engine]) => {
      const { CoinPicture } = await import('/web/coin.mjs');
      const bytes = await (await fetch(path)).arrayBuffer();
      let best = Infinity;
      for (let k = 0; k < 3; k++) {
        const start = performance.now();
        const picture = await CoinPicture.open(bytes, { engine });
        const { width, height } = picture.decode();
        best = Math.min(best, (performance.now() - start) / (width * height));
      }
      return 1 / (best * 1000);
    }"""
    for name in ("kodim15-low", "kodim15-middle", "kodim15-high"):
        speed = page.evaluate(code, [f"/docs/viewer/{name}.coin", "fused"])
        print(f"{name}: {speed:.1f} MP/s, opened and decoded whole")


def main():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        print("SKIPPED: the viewer in Chromium (Playwright is not installed)")
        return 77
    shots = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    shots.mkdir(parents=True, exist_ok=True)
    server = serve()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    with sync_playwright() as playwright:
        options = {"args": ["--no-sandbox"]}
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        try:
            browser = playwright.chromium.launch(executable_path=chromium, **options)
        except Exception as error:  # Playwright's errors have no common type of their own.
            print(f"SKIPPED: the viewer in Chromium ({str(error).splitlines()[0]})")
            return 77
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{base}/web/viewer.html")
        check_vectors(page)
        check_viewer(page, base, shots)
        check_element(page, base, shots)
        check_colors(page, base)
        measure(page)
        assert not problems, problems
        browser.close()
    print(f"screenshots in {shots}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
