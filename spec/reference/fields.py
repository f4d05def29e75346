"""Fields of streams and of payloads (spec/coin-bitstream.md, §3), and the error of §9."""

import struct


class Malformed(Exception):
    """The stream violates the specification, or needs a newer decoder (§9)."""


def check(condition, reason):
    if not condition:
        raise Malformed(reason)


class Reader:
    """Reads fields from the bytes of a stream or of a payload (§3)."""

    def __init__(self, data, name):
        self.data, self.name, self.offset = data, name, 0

    def bytes(self, count):
        check(count <= len(self.data) - self.offset, f"{self.name} ends too early")
        self.offset += count
        return self.data[self.offset - count : self.offset]

    def field(self, code, low=None, high=None, name=""):
        value = struct.unpack("<" + code, self.bytes(struct.calcsize("<" + code)))[0]
        check(low is None or low <= value <= high, f"{name} is {value}, not {low} to {high}")
        return value

    def varint(self, low=0, high=2**31 - 1, name="a number"):
        """Seven bits a byte, low ones first; the high bit says that more follow."""
        value = 0
        for index in range(5):
            byte = self.bytes(1)[0]
            value |= (byte & 127) << (7 * index)
            if byte < 128:
                check(byte > 0 or index == 0, f"{name} is not in its shortest form")
                check(low <= value <= high, f"{name} is {value}, not {low} to {high}")
                return value
        check(False, f"{name} has more than 5 bytes")

    def end(self):
        excess = len(self.data) - self.offset
        check(excess == 0, f"{self.name} goes on for {excess} bytes after its end")
