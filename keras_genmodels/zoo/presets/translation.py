"""Networks from pictures to pictures."""

from __future__ import annotations

RED_TO_BLUE = {"image_size": 32, "domains": {"colour": ["red", "blue"]}}
LEGS_TO_PEDESTAL = {"image_size": 32, "domains": {"legs": ["straight", "pedestal"]}}

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
    # Borrowed classifiers, whose folder is given by `--set start=RUN`
    ("classifier", "digits"): {"epochs": 30, "batch_size": 64},
    ("classifier", "mnist"): {"epochs": 5},
    ("classifier", "chair_views"): {"epochs": 5, "data": {"image_size": 32}},
    ("classifier", "cifar10"): {"epochs": 10},
    ("classifier", "lpc_sprites"): {
        "epochs": 3,
        "data": {"stills": True, "image_size": 32},
    },
    ("dtn", "digits"): {
        "epochs": 60,
        "batch_size": 64,
        "data": {"y": "coloured"},
    },
    ("dtn", "mnist"): {"epochs": 4, "data": {"y": "coloured"}},
    ("id_cgan", "digits"): {
        "epochs": 30,
        "batch_size": 64,
        "data": {"source": "rain"},
    },
    ("id_cgan", "mnist"): {"epochs": 4, "data": {"source": "rain"}},
    ("id_cgan", "chair_views"): {
        "epochs": 6,
        "batch_size": 64,
        "data": {"image_size": 32, "source": "rain"},
    },
    ("id_cgan", "cifar10"): {
        "epochs": 3,
        "batch_size": 64,
        "data": {"source": "rain"},
    },
    # Unpaired domains
    ("cycle_gan", "chair_views"): {
        "epochs": 8,
        "batch_size": 16,
        "data": RED_TO_BLUE,
        "arguments": {"ema": 0.995},
    },
    ("disco_gan", "chair_views"): {
        "epochs": 5,
        "batch_size": 16,
        "data": LEGS_TO_PEDESTAL,
    },
    ("dual_gan", "chair_views"): {
        "epochs": 10,
        "batch_size": 16,
        "data": RED_TO_BLUE,
    },
}
