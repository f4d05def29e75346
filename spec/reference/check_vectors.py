#!/usr/bin/env python3
"""Checks a .coin decoder against the test vectors.

    check_vectors.py [DECODER [ARGUMENT...]]

DECODER is called as `DECODER ARGUMENT... IN.coin OUT.pam [WIDTHxHEIGHT [X,Y,WIDTH,HEIGHT]]`. It must
write exactly the expected samples for valid and unusual streams, and exit with another status than
0 for faulty ones; a signal counts as a crash. Without one, the reference decoder beside this file is
checked. The exit status is 0 if all vectors pass, 1 if not, 2 if DECODER cannot be run.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import coin_decode

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def run(decoder, arguments):
    """The exit status of a decoder."""
    if decoder:
        return subprocess.run([*decoder, *arguments], stderr=subprocess.DEVNULL).returncode
    try:
        return coin_decode.main(arguments)
    except Exception as error:  # A crash is worse than a wrong answer.
        print(f"crashed: {error!r}")
        return -1


def check(folder, decoder, output):
    """What is wrong with the answer to a vector, or None."""
    output.unlink(missing_ok=True)
    vector = json.loads((folder / "vector.json").read_text())
    arguments = [str(folder / "input.coin"), str(output)]
    if "error" in vector:
        status = run(decoder, arguments)
        return None if status > 0 else f"status {status}, expected {vector['error']}"
    if "size" in vector or "region" in vector:
        size = vector.get("size", [vector["width"], vector["height"]])
        arguments.append("x".join(map(str, size)))
    if "region" in vector:
        arguments.append(",".join(map(str, vector["region"])))
    status = run(decoder, arguments)
    if status != 0:
        return f"status {status}"
    if output.read_bytes() != (folder / "expected.pam").read_bytes():
        return "other samples than expected"
    for octave in range(1, vector.get("octaves", 1)):
        size = "x".join(str(-(-vector[side] >> octave)) for side in ("width", "height"))
        output.unlink()
        if run(decoder, [*arguments, size]) != 0:
            return f"octave {octave} fails"
        if output.read_bytes() != (folder / f"octave{octave}.pam").read_bytes():
            return f"other samples than expected at octave {octave}"
    return None


def main(arguments):
    if arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    try:
        return check_all(arguments)
    except OSError as error:
        print(f"check_vectors.py: {error}", file=sys.stderr)
        return 2


def check_all(decoder):
    """Checks every vector, of a decoder as `run` takes it, says which fail, and returns an exit status."""
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(VECTORS.glob("*/*/vector.json")):
            reason = check(path.parent, decoder, pathlib.Path(folder) / "out.pam")
            if reason:
                print(f"{path.parent.relative_to(VECTORS)}: {reason}")
            passed, failed = passed + (not reason), failed + bool(reason)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
