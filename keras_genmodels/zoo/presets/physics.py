"""Models of particle physics."""

from __future__ import annotations

PRESETS = {
    ("la_gan", "jets"): {"epochs": 40, "batch_size": 128},
    ("calo_gan", "calorimeter"): {"epochs": 40, "batch_size": 128},
}
