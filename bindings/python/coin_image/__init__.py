"""Reads .coin pictures, and writes them where libimgconv is installed.

    import coin_image

    coin_image.register()                      # Pillow opens .coin from now on
    pixels = coin_image.read("a.coin")         # or a NumPy array: height, width, channels
    small = coin_image.read("a.coin", octave=3)  # at 1/8 of the size, which costs 1/64
    coin_image.write("b.coin", pixels, quality=60)

Every sample is exactly what the specification of .coin says. Damaged files raise CoinError.
"""

from ._encoder import (
    EncodeError,
    EncoderMissingError,
    LossError,
    LossWarning,
    encode,
    encode_samples,
    encoder_version,
    write,
)
from ._library import (
    CoinError,
    Info,
    LimitError,
    Limits,
    Picture,
    TruncatedError,
    UnsupportedError,
    library_version,
    probe,
)
from ._numpy import read
from ._pillow import register

__all__ = [
    "CoinError", "EncodeError", "EncoderMissingError", "Info", "LimitError", "Limits", "LossError",
    "LossWarning", "Picture", "TruncatedError", "UnsupportedError", "encode", "encode_samples",
    "encoder_version", "library_version", "probe", "read", "register", "write",
]
__version__ = "0.1.0"
