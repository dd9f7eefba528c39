"""Adversarial networks."""

from __future__ import annotations

DIGITS = {  # the recipes on DCGAN's networks
    "epochs": 200,
    "batch_size": 64,
    "arguments": {"ema": 0.999, "filters": (32, 64)},
}
MNIST = {"ema": 0.999, "filters": (32, 64, 128)}  # arguments of the same
MNIST_FAST_GENERATOR = {  # which keeps up with a batch-normalised critic
    "epochs": 6,
    "batch_size": 64,
    "arguments": {**MNIST, "generator_learning_rate": 1e-3},
}
ART = {"ema": 0.999, "decay_steps": 0}
STILLS = {"stills": True}
FEW_LABELS = {"num_labels": 100}
NO_ZEROS = {"exclude": [{"label": 0}]}

PRESETS = {
    # Adversarial networks on digits
    ("dcgan", "digits"): DIGITS,
    ("lsgan", "digits"): DIGITS,
    ("geometric_gan", "digits"): DIGITS,
    ("f_gan", "digits"): DIGITS,
    ("bs_gan", "digits"): DIGITS,
    ("wgan", "digits"): DIGITS,
    ("wgan_gp", "digits"): DIGITS,
    ("sn_gan", "digits"): DIGITS,
    ("r1_gan", "digits"): DIGITS,
    ("ebgan", "digits"): DIGITS,
    ("began", "digits"): DIGITS,
    ("cgan", "digits"): DIGITS,
    ("acgan", "digits"): DIGITS,
    ("am_gan", "digits"): DIGITS,
    ("art_gan", "digits"): DIGITS,
    ("infogan", "digits"): DIGITS,
    ("bigan", "digits"): DIGITS,
    ("ali", "digits"): DIGITS,
    ("cvae_gan", "digits"): DIGITS,
    ("anogan", "digits"): {**DIGITS, "data": NO_ZEROS},
    ("catgan", "digits"): {**DIGITS, "data": FEW_LABELS},
    ("improved_gan", "digits"): {"epochs": 60, "batch_size": 64, "data": FEW_LABELS},
    ("lapgan", "digits"): {"epochs": 150, "batch_size": 64},
    ("cogan", "digits"): {"epochs": 150, "batch_size": 64},
    # Adversarial networks on MNIST
    ("gan", "mnist"): {"epochs": 40, "batch_size": 64, "arguments": {"ema": 0.999}},
    ("dcgan", "mnist"): {
        "epochs": 50,
        "batch_size": 64,
        "arguments": {**MNIST, "generator_learning_rate": 1e-3, "decay_steps": 0},
    },
    ("lsgan", "mnist"): MNIST_FAST_GENERATOR,
    ("geometric_gan", "mnist"): MNIST_FAST_GENERATOR,
    ("f_gan", "mnist"): MNIST_FAST_GENERATOR,
    ("bs_gan", "mnist"): MNIST_FAST_GENERATOR,
    ("wgan", "mnist"): {
        "epochs": 4,
        "batch_size": 64,
        "arguments": {**MNIST, "clip": 0.05, "learning_rate": 5e-4},
    },
    ("wgan_gp", "mnist"): {
        "epochs": 4,
        "batch_size": 64,
        "arguments": {**MNIST, "learning_rate": 5e-4},
    },
    ("sn_gan", "mnist"): {
        "epochs": 6,
        "batch_size": 64,
        "arguments": {**MNIST, "learning_rate": 5e-4},
    },
    ("r1_gan", "mnist"): {
        "epochs": 16,
        "batch_size": 64,
        "arguments": {**MNIST, "penalty": 0.1, "learning_rate": 1e-3},
    },
    ("ebgan", "mnist"): {
        "epochs": 6,
        "batch_size": 64,
        "arguments": {**MNIST, "learning_rate": 5e-4},
    },
    ("began", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "arguments": {
            **MNIST,
            "power": 2,
            "normalisation": "batch",
            "latent_dim": 32,
            "diversity": 0.75,
            "rate": 0.03,
            "learning_rate": 2e-4,
            "generator_learning_rate": 1e-3,
        },
    },
    ("cgan", "mnist"): MNIST_FAST_GENERATOR,
    ("acgan", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "arguments": {**MNIST, "decay_steps": 0},
    },
    ("am_gan", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "arguments": {**MNIST, "decay_steps": 0},
    },
    ("infogan", "mnist"): {
        "epochs": 16,
        "batch_size": 64,
        "arguments": {**MNIST, "decay_steps": 0},
    },
    ("bigan", "mnist"): {
        "epochs": 8,
        "batch_size": 64,
        "arguments": {**MNIST, "generator_learning_rate": 1e-3},
    },
    ("ali", "mnist"): MNIST_FAST_GENERATOR,
    ("cvae_gan", "mnist"): MNIST_FAST_GENERATOR,
    ("anogan", "mnist"): {
        "epochs": 14,
        "batch_size": 64,
        "data": NO_ZEROS,
        "arguments": {
            **MNIST,
            "latent_dim": 32,
            "generator_learning_rate": 1e-3,
            "decay_steps": 0,
        },
    },
    ("catgan", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "data": FEW_LABELS,
        "arguments": {**MNIST, "learning_rate": 5e-4},
    },
    ("improved_gan", "mnist"): {"epochs": 14, "data": FEW_LABELS},
    ("lapgan", "mnist"): {
        "epochs": 12,
        "batch_size": 64,
        "arguments": {"levels": 3, "filters": (32, 32), "ema": 0.999},
    },
    ("cogan", "mnist"): {
        "epochs": 10,
        "batch_size": 64,
        "arguments": {
            **MNIST,
            "penalty": 0.05,
            "learning_rate": 1e-3,
            "beta_1": 0.0,
            "beta_2": 0.99,
        },
    },
    # Adversarial networks on other data
    ("art_gan", "cifar10"): {"epochs": 15, "batch_size": 64, "arguments": ART},
    ("b_gan", "gaussian_ring"): {
        "epochs": 60,
        "batch_size": 256,
        "arguments": {"latent_dim": 2, "learning_rate": 5e-4, "decay_steps": 0},
    },
    ("ada_gan", "gaussian_ring"): {"epochs": 100, "batch_size": 256},
    ("ada_gan", "gaussian_grid"): {"epochs": 100, "batch_size": 256},
    ("go_gan", "digits"): {
        "epochs": 40,
        "batch_size": 64,
        "arguments": {
            "filters": (16, 32),
            "latent_dim": 32,
            "clip": 0.02,
            "margin": 0.05,
        },
    },
    ("wgan_gp", "gaussian_ring"): {
        "epochs": 120,
        "batch_size": 256,
        "arguments": {
            "latent_dim": 2,
            "penalty": 0.1,
            "learning_rate": 5e-4,
            "ema": 0.99,
        },
    },
    ("r1_gan", "lpc_sprites"): {
        "epochs": 6,
        "batch_size": 64,
        "data": STILLS,
        "arguments": {
            "filters": (24, 48, 96, 192),
            "generator_learning_rate": 5e-4,
            "ema": 0.995,
            "decay_steps": 0,
        },
    },
}
