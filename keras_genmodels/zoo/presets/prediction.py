"""Models of what a picture shows next."""

from __future__ import annotations

PRESETS = {
    ("visual_dynamics", "moving_laws"): {
        "epochs": 5,
        "batch_size": 64,
        "arguments": {"beta": 16.0},
    },
    ("context_rnn_gan", "diagrams"): {"epochs": 20, "batch_size": 32},
}
