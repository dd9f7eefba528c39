"""Models of volumes."""

from __future__ import annotations

PRESETS = {
    ("gan3d", "chair_voxels"): {"epochs": 40, "batch_size": 32},
    ("vae_gan3d", "chair_voxels"): {
        "epochs": 40,
        "batch_size": 32,
        "data": {"source": "view"},
    },
}
