"""Models that draw what sentences say."""

from __future__ import annotations

PRESETS = {
    ("text_to_image", "scenes"): {"epochs": 30, "batch_size": 64},
    ("gawwn", "scenes"): {
        "epochs": 30,
        "batch_size": 64,
        "data": {"exclude": [{"count": "two"}]},
    },
}
