"""Pictures in files that Pillow reads."""

from __future__ import annotations

from PIL import Image

# What Pillow raises for a file that is no picture, or that ends too early.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
)
