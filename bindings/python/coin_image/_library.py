"""libcoin through ctypes, which releases the interpreter's lock during calls."""

from __future__ import annotations

import ctypes
import os
import pathlib
from ctypes import POINTER, byref, c_char, c_double, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from typing import Callable, Optional, Tuple, Union

Buffer = Union[bytes, bytearray, memoryview]
Region = Tuple[int, int, int, int]


class CoinError(OSError):
    """A picture that cannot be read: damaged, or none at all.

    ``offset`` is where the file is wrong, in bytes; ``status`` that of coin.h.
    """

    def __init__(self, message: str, status: int, offset: int) -> None:
        super().__init__(message)
        self.status = status
        self.offset = offset


class TruncatedError(CoinError):
    """A file that ends early."""


class UnsupportedError(CoinError):
    """A file that needs a newer library."""


class LimitError(CoinError):
    """A picture that asks for more than the limits allow."""


class _Error(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("status", c_uint32), ("offset", c_uint64),
                ("message", c_char * 160)]


class _Limits(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("pixels", c_uint64),
                ("memory", c_uint64), ("multiply_adds", c_uint64)]


class _Info(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in (
        "size", "width", "height", "channels", "bit_depth", "orientation", "primaries", "transfer",
        "octaves", "architecture", "density_unit")]
    _fields_ += [("multiply_adds", c_uint64), ("density_x", c_double), ("density_y", c_double)]


_Progress = ctypes.CFUNCTYPE(ctypes.c_int, c_void_p, c_uint64, c_uint64)


class _Request(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in (
        "size", "octave", "picture_width", "picture_height", "x", "y", "width", "height",
        "format")]
    _fields_ += [("progress", _Progress), ("user", c_void_p)]


def load_library(variable: str, name: str,
                 declare: Callable[[ctypes.CDLL], None]) -> ctypes.CDLL:
    """The library that an environment variable names, that beside this file, or that of the system.

    Raises ImportError, which says why each place has none.
    """
    named = os.environ.get(variable)
    names = [f"{name}.so.0", f"{name}.dylib"]
    here = pathlib.Path(__file__).parent
    places = [named] if named else [str(here / n) for n in names if (here / n).exists()] or names
    errors = []
    for place in places:
        try:
            library = ctypes.CDLL(place)
            declare(library)
        except (OSError, AttributeError) as error:  # a function is missing in an older one
            errors.append(str(error))
            continue
        return library
    raise ImportError(f"{name} cannot be loaded: " + "; ".join(errors))


def _declare(library: ctypes.CDLL) -> None:
    types = {
        "coin_version": [],
        "coin_probe": [c_void_p, c_size_t, POINTER(_Info), POINTER(_Error)],
        "coin_open": [c_void_p, c_size_t, POINTER(_Limits), POINTER(c_void_p), POINTER(_Error)],
        "coin_close": [c_void_p],
        "coin_get_info": [c_void_p, POINTER(_Info)],
        "coin_get_metadata": [c_void_p, c_uint32, POINTER(c_void_p), POINTER(c_size_t)],
        "coin_get_output": [c_void_p, POINTER(_Request), POINTER(c_uint32), POINTER(c_uint32),
                            POINTER(c_uint32)],
        "coin_decode": [c_void_p, POINTER(_Request), c_void_p, c_size_t, c_size_t,
                        POINTER(_Error)],
    }
    for name, arguments in types.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = None if name == "coin_close" else c_uint32


_library = load_library("COIN_LIBRARY", "libcoin", _declare)
_CLASSES = {1: TruncatedError, 5: UnsupportedError, 6: LimitError}


def _check(status: int, error: _Error) -> None:
    if status == 0:
        return
    message = error.message.decode("ascii", "replace") or f"status {status}"
    if status == 7:
        raise MemoryError(message)
    if status == 8:
        raise ValueError(message)
    raise _CLASSES.get(status, CoinError)(message, status, error.offset)


def _error() -> _Error:
    return _Error(size=ctypes.sizeof(_Error))


def _address(data: Buffer) -> Tuple[object, c_void_p, int]:
    """What keeps the bytes, where they are, and how many; bytes are not copied."""
    if isinstance(data, bytes):
        return data, ctypes.cast(ctypes.c_char_p(data), c_void_p), len(data)
    flat = memoryview(data).cast("B")
    if flat.readonly:
        return _address(flat.tobytes())
    array = (c_uint8 * len(flat)).from_buffer(flat)
    return array, ctypes.cast(array, c_void_p), len(flat)


def library_version() -> Tuple[int, int, int]:
    """Major, minor and patch of libcoin."""
    version = _library.coin_version()
    return version // 10000, version // 100 % 100, version % 100


@dataclass(frozen=True)
class Limits:
    """The most that a picture may ask for; None stands for the library's default."""

    pixels: Optional[int] = None
    memory: Optional[int] = None
    multiply_adds: Optional[int] = None


@dataclass(frozen=True)
class Info:
    """What the header of a picture says."""

    #: Pixels as they are stored, before the orientation.
    width: int
    height: int
    #: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
    channels: int
    #: 8 or 16.
    bit_depth: int
    #: 1 to 8, as in TIFF and Exif.
    orientation: int
    #: Code points of ITU-T H.273; 1 and 13 are sRGB.
    primaries: int
    transfer: int
    #: 1/2^n of the size can be decoded, n below this.
    octaves: int
    #: "siren", "latents", or the number of another kind.
    architecture: str
    #: That decoding the whole picture takes.
    multiply_adds: int
    #: Horizontal and vertical pixels an inch; None if the file does not say.
    dpi: Optional[Tuple[float, float]]


def _info(raw: _Info) -> Info:
    scale = {1: 1.0, 2: 2.54}.get(raw.density_unit)
    dpi = (raw.density_x * scale, raw.density_y * scale) if raw.density_x > 0 and scale else None
    architecture = {1: "siren", 2: "latents"}.get(raw.architecture, str(raw.architecture))
    return Info(raw.width, raw.height, raw.channels, raw.bit_depth, raw.orientation,
                raw.primaries, raw.transfer, raw.octaves, architecture, raw.multiply_adds, dpi)


def probe(data: Buffer) -> Info:
    """What the header says, for which the first 8 kB of a file do; without the density.

    Raises CoinError if these are not the first bytes of a .coin.
    """
    keeper, start, count = _address(data)
    raw, error = _Info(size=ctypes.sizeof(_Info)), _error()
    _check(_library.coin_probe(start, count, byref(raw), byref(error)), error)
    del keeper
    return _info(raw)


class Picture:
    """An open picture; threads may share it. Closed by ``close``, ``with`` or the collector."""

    def __init__(self, data: Buffer, limits: Limits = Limits()) -> None:
        """Opens a picture; all of the file is checked but what takes as long as decoding.

        Raises CoinError, and LimitError before memory is taken.
        """
        self._handle = c_void_p()
        keeper, start, count = _address(data)
        raw = _Limits(ctypes.sizeof(_Limits), 0, limits.pixels or 0, limits.memory or 0,
                      limits.multiply_adds or 0)
        error = _error()
        _check(_library.coin_open(start, count, byref(raw), byref(self._handle), byref(error)),
               error)
        del keeper
        found = _Info(size=ctypes.sizeof(_Info))
        _library.coin_get_info(self._handle, byref(found))
        self.info = _info(found)

    def close(self) -> None:
        """Frees the memory; what was decoded stays."""
        handle, self._handle = self._handle, c_void_p()
        if handle:
            _library.coin_close(handle)

    def __enter__(self) -> "Picture":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _block(self, kind: int) -> Optional[bytes]:
        start, count = c_void_p(), c_size_t()
        if not self._handle:
            raise ValueError("the picture is closed")
        _library.coin_get_metadata(self._handle, kind, byref(start), byref(count))
        if not start:
            return None
        return ctypes.string_at(start, count.value)

    @property
    def icc(self) -> Optional[bytes]:
        """The ICC profile."""
        return self._block(0)

    @property
    def exif(self) -> Optional[bytes]:
        """The Exif block from its byte order mark on. The orientation of ``info`` is right."""
        return self._block(1)

    @property
    def xmp(self) -> Optional[bytes]:
        """The XMP packet."""
        return self._block(2)

    def _request(self, octave: int, region: Optional[Region], rgba: bool) -> _Request:
        if not self._handle:
            raise ValueError("the picture is closed")
        numbers = (octave, *(region or ()))
        if any(not 0 <= n < 2**32 for n in numbers):
            raise ValueError("the octave and the region have no negative numbers")
        if region is not None and (region[2] == 0 or region[3] == 0):
            raise ValueError("the region is empty")
        x, y, width, height = region or (0, 0, 0, 0)
        return _Request(size=ctypes.sizeof(_Request), octave=octave, x=x, y=y, width=width,
                        height=height, format=1 if rgba else 0)

    def output_shape(self, octave: int = 0, region: Optional[Region] = None,
                     rgba: bool = False) -> Tuple[int, int, int]:
        """Height, width and bytes of a pixel of what ``decode`` gives."""
        request = self._request(octave, region, rgba)
        width, height, pixel = c_uint32(), c_uint32(), c_uint32()
        status = _library.coin_get_output(self._handle, byref(request), byref(width),
                                          byref(height), byref(pixel))
        if status:
            raise ValueError(f"octave {octave} of {self.info.octaves}")
        return height.value, width.value, pixel.value

    def decode_into(self, output: Union[bytearray, memoryview], octave: int = 0,
                    region: Optional[Region] = None, rgba: bool = False,
                    progress: Optional[Callable[[int, int], bool]] = None) -> None:
        """Decodes into a buffer of rows without gaps.

        ``region`` is left, top, width and height in the picture at 1/2^octave of its size.
        ``progress`` is told the work done and its total; if it returns True, CoinError says that
        the work was cancelled; what it raises is raised.
        """
        _, width, pixel = self.output_shape(octave, region, rgba)
        request, error = self._request(octave, region, rgba), _error()
        raised = []

        def report(_user: object, done: int, total: int) -> int:
            try:
                return 1 if progress is not None and progress(done, total) else 0
            except BaseException as exception:  # must not pass through C
                raised.append(exception)
                return 1

        if progress is not None:
            request.progress = _Progress(report)
        flat = memoryview(output).cast("B")
        array = (c_uint8 * len(flat)).from_buffer(flat)
        status = _library.coin_decode(self._handle, byref(request), array, len(flat),
                                      width * pixel, byref(error))
        if raised:
            raise raised[0]
        _check(status, error)

    def decode(self, octave: int = 0, region: Optional[Region] = None, rgba: bool = False,
               progress: Optional[Callable[[int, int], bool]] = None) -> bytearray:
        """Decodes to bytes: rows without gaps, channels interleaved.

        Samples are as stored, 16 bits in the order of this machine; or RGBA of 8 bits.
        """
        height, width, pixel = self.output_shape(octave, region, rgba)
        most = 1 << 36
        if height * width * pixel > most:
            raise ValueError("the region is too large")
        output = bytearray(height * width * pixel)
        self.decode_into(output, octave, region, rgba, progress)
        return output
