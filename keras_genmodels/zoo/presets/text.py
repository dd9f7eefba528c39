"""Models that draw what sentences and layouts say, and that translate sentences."""

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
    ("cs_gan", "phrases"): {"epochs": 32, "batch_size": 128},
    ("cs_gan", "multi30k"): {
        "epochs": 24,
        "batch_size": 128,
        "data": {"max_words": 12},
        "arguments": {
            "likelihood_epochs": 16,
            "word_size": 128,
            "units": 256,
            "filters": 64,
        },
    },
}
