"""Models of what a picture shows next."""

from __future__ import annotations

PRESETS = {
    ("visual_dynamics", "moving_laws"): {"epochs": 12, "batch_size": 64},
}
