"""Networks from pictures to pictures."""

from __future__ import annotations

RED_TO_BLUE = {"image_size": 32, "domains": {"colour": ["red", "blue"]}}

PRESETS = {
    # Pairs
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
    # Unpaired domains
    ("cycle_gan", "chair_views"): {
        "epochs": 10,
        "batch_size": 16,
        "data": RED_TO_BLUE,
        "arguments": {"ema": 0.995},
    },
    ("disco_gan", "chair_views"): {
        "epochs": 10,
        "batch_size": 64,
        "data": RED_TO_BLUE,
        "arguments": {"ema": 0.995},
    },
    ("dual_gan", "chair_views"): {
        "epochs": 10,
        "batch_size": 16,
        "data": RED_TO_BLUE,
        "arguments": {"ema": 0.995},
    },
}
