#!/usr/bin/env python3
"""Runs the vectors in headless Firefox, which posts what it decoded. Exit code 77: no Firefox."""

import functools
import http.server
import json
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

import browser


def work():
    """What is to be decoded, and what must come out."""
    for name, folder, description in browser.vectors("valid", "unusual"):
        for engine in ("fused", "emulated"):
            for octave in range(description.get("octaves", 1)):
                request = {"octave": octave}
                if octave == 0:
                    request |= {k: description[k] for k in ("size", "region") if k in description}
                file = f"octave{octave}.pam" if octave else "expected.pam"
                yield name, request, engine, list(browser.samples(folder / file))
    for name, _, description in browser.vectors("faulty"):
        yield name, {}, "fused", {"code": description["error"], "offset": description["offset"]}


class Handler(browser.Handler):
    jobs = []
    results = queue.Queue()

    def do_GET(self):
        if self.path != "/vectors":
            super().do_GET()
            return
        jobs = [{"path": f"/spec/vectors/{name}/input.coin", "request": request, "engine": engine}
                for name, request, engine, _ in self.jobs]
        self.answer(json.dumps(jobs).encode())

    def do_POST(self):
        self.results.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"{}")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    firefox = shutil.which("firefox-esr") or shutil.which("firefox")
    if not firefox:
        print("SKIPPED: the vectors in Firefox (it is not installed)")
        return 77
    Handler.jobs = list(work())
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(browser.ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        process = subprocess.Popen(
            [firefox, "--headless", "--no-remote", "--profile", profile,
             f"http://127.0.0.1:{server.server_address[1]}/Tests/Web/vectors.html"],
            env={"HOME": profile, "PATH": "/usr/bin:/bin", "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            results = Handler.results.get(timeout=240)
        finally:
            process.terminate()
            process.wait(timeout=30)
    engines = set()
    assert len(results) == len(Handler.jobs)
    for (name, request, engine, expected), found in zip(Handler.jobs, results):
        if "pixels" in found:
            engines.add(found["engine"])
            found = found["pixels"]
        assert found == expected, f"{name} {request} {engine}: {str(found)[:80]}"
    print(f"{len(results)} vectors as expected in Firefox: {', '.join(sorted(engines))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
