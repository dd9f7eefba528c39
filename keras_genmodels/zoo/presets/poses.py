"""Models that show things from another side."""

from __future__ import annotations

PRESETS = {
    ("dr_gan", "chair_views"): {
        "epochs": 8,
        "batch_size": 64,
        "data": {"image_size": 32, "source": "same"},
    },
    ("ff_gan", "chair_views"): {
        "epochs": 8,
        "batch_size": 64,
        "data": {"image_size": 32, "frontal": True},
        "arguments": {"ema": 0.995},
    },
}
