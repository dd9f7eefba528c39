"""Networks that enlarge, fill and blend pictures."""

from __future__ import annotations

_SMALL = {"source": "low_resolution"}
_FEW_LABELS = {"source": "hidden", "num_labels": 100}
_NETWORKS = {"filters": (16, 32, 64), "critic_filters": (32, 64, 128)}

PRESETS = {
    ("aff_gan", "digits"): {
        "epochs": 100,
        "batch_size": 64,
        "data": _SMALL,
        "arguments": {
            "filters": (32, 32),
            "blocks": 2,
            "critic_filters": (32, 64),
            "noise_steps": 1500,
            "learning_rate": 3e-4,
        },
    },
    ("aff_gan", "chair_views"): {
        "epochs": 8,
        "batch_size": 64,
        "data": {"image_size": 32, **_SMALL},
        "arguments": {
            "filters": (32, 32),
            "blocks": 2,
            "critic_filters": (32, 64, 128),
            "noise_steps": 4000,
            "learning_rate": 3e-4,
        },
    },
    ("aff_gan", "cifar10"): {
        "epochs": 8,
        "batch_size": 64,
        "data": _SMALL,
        "arguments": {
            "filters": (48, 32),
            "critic_filters": (32, 64, 128),
            "noise_steps": 4000,
            "learning_rate": 3e-4,
        },
    },
    ("cc_gan", "digits"): {
        "epochs": 100,
        "batch_size": 64,
        "data": _FEW_LABELS,
        "arguments": {"filters": (16, 32), "critic_filters": (32, 64)},
    },
    ("cc_gan", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "data": _FEW_LABELS,
        "arguments": {**_NETWORKS, "reconstruction": 10.0, "learning_rate": 5e-4},
    },
    ("gp_gan", "digits"): {
        "epochs": 100,
        "batch_size": 64,
        "data": {"source": "composite"},
        "arguments": {"filters": (32, 64), "critic_filters": (16, 32)},
    },
    ("gp_gan", "chair_views"): {
        "epochs": 10,
        "batch_size": 64,
        "data": {"image_size": 64, "source": "composite"},
        "arguments": {"filters": (32, 64, 128, 256), "learning_rate": 5e-4},
    },
}
