"""Networks from pictures to pictures."""

from __future__ import annotations

PRESETS = {
    ("pix2pix", "digits"): {
        "epochs": 50,
        "batch_size": 64,
        "data": {"source": "edges"},
        "arguments": {"filters": (32, 64, 64), "critic_filters": (32, 64)},
    },
    ("pix2pix", "chair_views"): {
        "epochs": 8,
        "batch_size": 64,
        "data": {"image_size": 32, "source": "edges"},
    },
}
