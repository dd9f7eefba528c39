"""Models of clips."""

from __future__ import annotations

VIDEO_CHAIRS = {
    "epochs": 8,
    "batch_size": 16,
    "data": {"image_size": 32},
    "arguments": {
        "attribute_weight": 10.0,
        "learning_rate": 2e-3,
        "rate_warmup_steps": 768,
        "latent_dim": 8,
        "beta": 3.0,
        "warmup_steps": 1500,
    },
}
WEIZMANN = {
    "attribute_weight": 10.0,
    "decoder_filters": (128, 64, 48, 24),
    "learning_rate": 1e-3,
    "latent_dim": 8,
    "beta": 2.0,
    "warmup_steps": 2000,
}
VIDEO_WEIZMANN = {
    "epochs": 300,
    "batch_size": 8,
    "fit_data": {"num_frames": 20},
    "arguments": {**WEIZMANN, "memory_noise": 0.15},
}
VIDEO_SPRITES = {
    "epochs": 12,
    "batch_size": 16,
    "arguments": {"attribute_weight": 10.0, "learning_rate": 1e-3},
}

PRESETS = {
    ("video_vae", "chairs"): VIDEO_CHAIRS,
    ("video_vae_static", "chairs"): VIDEO_CHAIRS,
    ("video_vae_unconditional_unstructured", "chairs"): VIDEO_CHAIRS,
    ("video_vae_unstructured", "chairs"): VIDEO_CHAIRS,
    ("video_vae_unconditional", "chairs"): VIDEO_CHAIRS,
    ("video_vae_additive", "chairs"): VIDEO_CHAIRS,
    ("video_vae", "weizmann_actions"): VIDEO_WEIZMANN,
    ("video_vae_static", "weizmann_actions"): {
        **VIDEO_WEIZMANN,
        "arguments": WEIZMANN,  # without a memory there is no noise on it
    },
    ("video_vae_unconditional_unstructured", "weizmann_actions"): VIDEO_WEIZMANN,
    ("video_vae_unstructured", "weizmann_actions"): VIDEO_WEIZMANN,
    ("video_vae_unconditional", "weizmann_actions"): VIDEO_WEIZMANN,
    ("video_vae_additive", "weizmann_actions"): VIDEO_WEIZMANN,
    ("video_vae", "lpc_sprites"): VIDEO_SPRITES,
    ("video_vae_static", "lpc_sprites"): VIDEO_SPRITES,
    ("video_vae_unconditional_unstructured", "lpc_sprites"): VIDEO_SPRITES,
    ("video_vae_unstructured", "lpc_sprites"): VIDEO_SPRITES,
    ("video_vae_unconditional", "lpc_sprites"): VIDEO_SPRITES,
    ("video_vae_additive", "lpc_sprites"): VIDEO_SPRITES,
    ("deep_rotator", "chairs"): {
        "epochs": 8,
        "batch_size": 16,
        "data": {"image_size": 32},
        "arguments": {"stage_steps": 900},
    },
    ("mocogan", "weizmann_actions"): {
        "epochs": 150,
        "batch_size": 16,
        "arguments": {
            "learning_rate": 1e-4,
            "generator_learning_rate": 1e-3,
            "ema": 0.99,
            "decay_steps": 0,
        },
    },
}
