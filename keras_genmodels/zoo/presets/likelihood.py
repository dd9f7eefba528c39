"""Autoregressive models, autoencoders and variational autoencoders."""

from __future__ import annotations

BINARY = {"binarise": "dynamic"}

PRESETS = {
    # Autoregressive models
    ("pixel_cnn", "digits"): {"epochs": 30, "batch_size": 64, "data": BINARY},
    ("gated_pixel_cnn", "digits"): {"epochs": 30, "batch_size": 64, "data": BINARY},
    ("gated_pixel_cnn", "mnist"): {"epochs": 6, "batch_size": 16, "data": BINARY},
    ("pixel_rnn", "digits"): {"epochs": 30, "batch_size": 64, "data": BINARY},
    ("pixel_cnn_pp", "digits"): {"epochs": 30, "batch_size": 64},
    ("pixel_vae", "digits"): {
        "epochs": 30,
        "batch_size": 64,
        "data": BINARY,
        "arguments": {"free_bits": 0.5},
    },
    # Codes
    ("vq_vae", "digits"): {
        "epochs": 60,
        "batch_size": 64,
        "data": BINARY,
        "arguments": {"num_codes": 32},
    },
    ("vq_vae", "mnist"): {"epochs": 15, "data": BINARY},
    # Autoencoders
    ("linear_autoencoder", "mnist"): {"epochs": 20},
    ("deep_autoencoder", "mnist"): {"epochs": 20},
    ("conv_autoencoder", "mnist"): {"epochs": 20},
    # Variational autoencoders
    ("vae", "digits"): {
        "epochs": 120,
        "batch_size": 64,
        "data": {"dequantise": True},
        "arguments": {
            "latent_dim": 8,
            "units": (256, 128),
            "likelihood": "learned_normal",
            "learning_rate": 2e-3,
            "warmup_steps": 1000,
        },
    },
    ("vae", "mnist"): {
        "epochs": 450,
        "data": BINARY,
        "arguments": {"learning_rate": 2e-3, "warmup_steps": 9360},
    },
    ("conv_vae", "mnist"): {
        "epochs": 45,
        "data": BINARY,
        "arguments": {"prior": "mixture", "learning_rate": 2e-3, "warmup_steps": 1404},
    },
    ("conv_vae", "lpc_sprites"): {
        "epochs": 4,
        "batch_size": 64,
        "data": {"stills": True},
        "arguments": {
            "filters": (32, 48, 64, 128),
            "prior": "mixture",
            "learning_rate": 2e-3,
        },
    },
    ("iwae", "mnist"): {"epochs": 20, "data": BINARY},
    ("conditional_vae", "mnist"): {
        "epochs": 20,
        "data": BINARY,
        "arguments": {"beta": 3.0, "learning_rate": 2e-3},
    },
}
