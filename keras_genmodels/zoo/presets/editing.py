"""Models that change one thing of a picture."""

from __future__ import annotations

STILLS = {"stills": True, "image_size": 32}
VIEWS = {"image_size": 32}
GAME = {"epochs": 6, "batch_size": 64}
ARGUMENTS = {"ema": 0.999, "generator_learning_rate": 1e-3}

FIGURES = {
    "epochs": 4,
    "batch_size": 64,
    "data": STILLS,
    "arguments": {**ARGUMENTS, "filters": (32, 64, 128)},
}

PRESETS = {
    ("icgan", "lpc_sprites"): FIGURES,
    ("age_cgan", "lpc_sprites"): FIGURES,  # with `--set start=RUN` of a classifier
    ("icgan", "chair_views"): {**GAME, "data": VIEWS, "arguments": ARGUMENTS},
    ("aegan", "chair_views"): {**GAME, "data": VIEWS, "arguments": ARGUMENTS},
    ("ian", "chair_views"): {**GAME, "data": VIEWS, "arguments": ARGUMENTS},
    ("gene_gan", "chair_views"): {
        "epochs": 8,
        "batch_size": 32,
        "data": {**VIEWS, "domains": {"armrests": ["no", "yes"]}},
        "arguments": {"ema": 0.995},
    },
}
