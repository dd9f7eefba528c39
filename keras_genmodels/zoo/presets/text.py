"""Models that draw what sentences and layouts say."""

from __future__ import annotations

PRESETS = {
    ("al_cgan", "landscapes"): {
        "epochs": 20,
        "batch_size": 64,
        "data": {"source": "layout"},
    },
    ("text_to_image", "scenes"): {"epochs": 30, "batch_size": 64},
    ("gawwn", "scenes"): {
        "epochs": 30,
        "batch_size": 64,
        "data": {"exclude": [{"count": "two"}]},
    },
}
