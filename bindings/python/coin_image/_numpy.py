"""Pictures as NumPy arrays."""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING, Optional, Union

from ._library import Buffer, Limits, Picture, Region

if TYPE_CHECKING:
    import numpy


def read(source: Union[str, "os.PathLike[str]", Buffer, Picture], octave: int = 0,
         region: Optional[Region] = None, limits: Limits = Limits()) -> "numpy.ndarray":
    """Decodes a picture: shape (height, width), or (height, width, channels) of 2 to 4.

    ``source`` is a path, the bytes of a file, or an open picture. The type is uint8 or uint16, as
    the picture is stored; the orientation is not applied. Raises CoinError.
    """
    import numpy

    if isinstance(source, Picture):
        return _array(source, octave, region, numpy)
    if isinstance(source, (str, os.PathLike)):
        source = pathlib.Path(source).read_bytes()
    with Picture(source, limits) as picture:
        return _array(picture, octave, region, numpy)


def _array(picture, octave, region, numpy):
    channels, depth = picture.info.channels, picture.info.bit_depth
    height, width, _ = picture.output_shape(octave, region)
    samples = numpy.frombuffer(picture.decode(octave, region), f"uint{depth}")
    return samples.reshape((height, width) if channels == 1 else (height, width, channels))
