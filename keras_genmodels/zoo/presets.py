"""The epochs, data and arguments that each recipe is trained with, side by side.

A row gives what differs from 50 epochs of batches of 128: `epochs`, `batch_size`,
`data` (options of `data.load`), `fit_data` (further ones of what is fitted alone) and
`arguments` (of the recipe and of its training). `decay_steps` 0 keeps the learning rate
constant, as the released model was trained; elsewhere it decays over all epochs.
"""

from __future__ import annotations

# --- rows that several recipes share --------------------------------------------------

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
BINARY = {"binarise": "dynamic"}
STILLS = {"stills": True}
FEW_LABELS = {"num_labels": 100}
NO_ZEROS = {"exclude": [{"label": 0}]}
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

# --- recipe and data set --------------------------------------------------------------

PRESETS = {
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
        "data": STILLS,
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
    ("infogan", "digits"): DIGITS,
    ("bigan", "digits"): DIGITS,
    ("ali", "digits"): DIGITS,
    ("cvae_gan", "digits"): DIGITS,
    ("anogan", "digits"): {**DIGITS, "data": NO_ZEROS},
    ("catgan", "digits"): {**DIGITS, "data": FEW_LABELS},
    ("improved_gan", "digits"): {"epochs": 60, "batch_size": 64, "data": FEW_LABELS},
    ("lapgan", "digits"): {"epochs": 150, "batch_size": 64},
    ("cogan", "digits"): {"epochs": 150, "batch_size": 64},
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
    # Clips
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
