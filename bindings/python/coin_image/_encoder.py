"""libimgconv through ctypes: the converter, which is needed for writing alone."""

from __future__ import annotations

import ctypes
import os
import pathlib
import warnings
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_int32, c_size_t, c_uint32
from ctypes import c_uint64, c_void_p
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, List, Optional, Tuple, Union

from ._library import Buffer, CoinError, _address, load_library

if TYPE_CHECKING:
    import numpy

#: Told the part that is done, 0 to 1, and words; what is true stops the work.
Progress = Callable[[float, str], Optional[bool]]


class EncodeError(CoinError):
    """A picture that cannot be written; ``status`` is that of imgconv.h."""


class LossError(EncodeError):
    """Something would be lost, which ``strict`` forbids."""


class EncoderMissingError(EncodeError):
    """libimgconv, which writes, is not installed."""


class LossWarning(UserWarning):
    """Something of the picture or of its metadata was lost."""


class _Failure(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("status", c_uint32), ("offset", c_uint64),
                ("system_error", c_int32), ("may_pass", c_uint32), ("message", c_char * 512)]


class _Pixels(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in (
        "size", "width", "height", "channels", "bit_depth", "orientation")]
    _fields_ += [("samples", c_void_p), ("stride", c_size_t)]
    for _name in ("icc", "exif", "xmp"):
        _fields_ += [(_name, c_char_p), (_name + "_size", c_size_t)]
    _fields_ += [("density_x", c_double), ("density_y", c_double)]


class _Source(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("path", c_char_p),
                ("bytes", c_void_p), ("byte_count", c_size_t), ("pixels", POINTER(_Pixels)),
                ("extension", c_char_p)]


class _Target(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("reserved", c_uint32), ("path", c_char_p),
                ("format", c_char_p)]


_Tell = ctypes.CFUNCTYPE(c_int, c_void_p, c_double, c_char_p)


class _Settings(ctypes.Structure):
    _fields_ = [("size", c_uint32), ("threads", c_uint32), ("max_pixels", c_uint64),
                ("max_memory", c_uint64), ("options", c_char_p), ("progress", _Tell),
                ("is_cancelled", c_void_p), ("user", c_void_p)]


_loaded: Optional[ctypes.CDLL] = None


def _library() -> ctypes.CDLL:
    """The library of COIN_IMGCONV, that beside this file, or that of the system."""
    global _loaded
    if _loaded is not None:
        return _loaded
    try:
        _loaded = load_library("COIN_IMGCONV", "libimgconv", _declare)
    except ImportError as error:
        raise EncoderMissingError(
            "writing .coin needs libimgconv: install it (scripts/install), or name the file in "
            f"COIN_IMGCONV; {error}", 0, 0) from None
    return _loaded


def _declare(library: ctypes.CDLL) -> None:
    types: List[Tuple[str, Any, List[Any]]] = [
        ("imgconv_version", c_uint32, []),
        ("imgconv_convert", c_uint32,
         [POINTER(_Source), POINTER(_Target), POINTER(_Settings), POINTER(c_void_p),
          POINTER(_Failure)]),
        ("imgconv_result_bytes", c_void_p, [c_void_p, POINTER(c_size_t)]),
        ("imgconv_result_loss_count", c_size_t, [c_void_p]),
        ("imgconv_result_loss", c_char_p, [c_void_p, c_size_t]),
        ("imgconv_result_free", None, [c_void_p]),
    ]
    for name, result, arguments in types:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments


def encoder_version() -> Tuple[int, int, int]:
    """Major, minor and patch of libimgconv. Raises EncoderMissingError."""
    version = _library().imgconv_version()
    return version // 10000, version // 100 % 100, version % 100


def _check(failure: _Failure) -> None:
    status = failure.status
    message = failure.message.decode("utf-8", "replace")
    if status == 0:
        return
    if status == 13:
        raise MemoryError(message)
    if status in (8, 17):
        raise ValueError(message)
    kind = LossError if status == 6 else EncodeError
    raise kind(message, status, failure.offset if failure.offset < 2**63 else 0)


def option_text(quality: Optional[float] = None, effort: Optional[int] = None,
                bpp: Optional[float] = None, strict: bool = False, options: str = "") -> str:
    """What libimgconv is asked for, in the terms of the command line."""
    words = [f"{name}={value}" for name, value in
             (("quality", quality), ("effort", effort), ("coin.bpp", bpp)) if value is not None]
    return " ".join(words + ["strict"] * bool(strict) + [options])


def encode_samples(samples: Buffer, width: int, height: int, channels: int, bit_depth: int = 8, *,
                   options: str = "", threads: int = 0, icc: Optional[bytes] = None,
                   exif: Optional[bytes] = None, xmp: Optional[bytes] = None,
                   dpi: Optional[Tuple[float, float]] = None,
                   progress: Optional[Progress] = None) -> bytes:
    """Encodes rows without gaps, channels interleaved, to the bytes of a .coin.

    What is lost is a LossWarning each. Raises EncodeError, ValueError for what cannot be, and
    what ``progress`` raises.
    """
    library = _library()
    keeper, start, count = _address(samples)
    if count != width * height * channels * bit_depth // 8:
        raise ValueError(f"{count} bytes are not {width}x{height} pixels of {channels} channels")
    pixels = _Pixels(size=ctypes.sizeof(_Pixels), width=width, height=height, channels=channels,
                     bit_depth=bit_depth, samples=start)
    for name, block in (("icc", icc), ("exif", exif), ("xmp", xmp)):
        if block:
            setattr(pixels, name, bytes(block))
            setattr(pixels, name + "_size", len(block))
    if dpi is not None:
        pixels.density_x, pixels.density_y = dpi
    raised: List[BaseException] = []

    def tell(_user: object, fraction: float, detail: bytes) -> int:
        try:
            return 1 if progress and progress(fraction, detail.decode("utf-8", "replace")) else 0
        except BaseException as exception:  # must not pass through C
            raised.append(exception)
            return 1

    source = _Source(size=ctypes.sizeof(_Source), pixels=ctypes.pointer(pixels))
    target = _Target(size=ctypes.sizeof(_Target), format=b"coin")
    settings = _Settings(size=ctypes.sizeof(_Settings), threads=threads, options=options.encode())
    if progress is not None:
        settings.progress = _Tell(tell)
    failure, result = _Failure(size=ctypes.sizeof(_Failure)), c_void_p()
    library.imgconv_convert(byref(source), byref(target), byref(settings), byref(result),
                            byref(failure))
    del keeper
    if raised:
        library.imgconv_result_free(result)
        raise raised[0]
    _check(failure)
    try:
        size = c_size_t()
        address = library.imgconv_result_bytes(result, byref(size))
        data = ctypes.string_at(address, size.value)
        losses = [library.imgconv_result_loss(result, k)
                  for k in range(library.imgconv_result_loss_count(result))]
    finally:
        library.imgconv_result_free(result)
    for loss in losses:
        warnings.warn(loss.decode("utf-8", "replace"), LossWarning, stacklevel=2)
    return data


def encode(array: "numpy.ndarray", *, quality: Optional[float] = None,
           effort: Optional[int] = None, bpp: Optional[float] = None, strict: bool = False,
           options: str = "", threads: int = 0, icc: Optional[bytes] = None,
           exif: Optional[bytes] = None, xmp: Optional[bytes] = None,
           dpi: Optional[Tuple[float, float]] = None,
           progress: Optional[Progress] = None) -> bytes:
    """Encodes an array of uint8 or uint16: shape (height, width), or with 1 to 4 channels.

    ``quality`` is 0 to 100, ``effort`` 1 to 9, ``bpp`` a rate in bits per pixel; ``options`` is a
    text of further options of the command line, such as ``"target-psnr=40 verify"``.
    """
    import numpy

    if array.ndim not in (2, 3) or array.dtype.kind != "u" or array.dtype.itemsize > 2:
        raise ValueError("expected uint8 or uint16 of shape (height, width) or (height, width, n)")
    height, width = array.shape[:2]
    channels = array.shape[2] if array.ndim == 3 else 1
    # In the order of this machine, without gaps.
    samples = numpy.ascontiguousarray(array, array.dtype.newbyteorder("="))
    return encode_samples(
        samples.data, width, height, channels, 8 * array.dtype.itemsize,
        options=option_text(quality, effort, bpp, strict, options), threads=threads, icc=icc,
        exif=exif, xmp=xmp, dpi=dpi, progress=progress)


def write(target: Union[str, "os.PathLike[str]", BinaryIO], array: "numpy.ndarray",
          **settings: Any) -> None:
    """Writes an array as a .coin: to a path, or a file that is open; settings as for ``encode``."""
    data = encode(array, **settings)
    if isinstance(target, (str, os.PathLike)):
        pathlib.Path(target).write_bytes(data)
    else:
        target.write(data)
