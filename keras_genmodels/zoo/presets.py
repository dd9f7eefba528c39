"""How long and on what each recipe is trained, side by side.

A row gives what differs from 50 epochs of batches of 128: `epochs`, `batch_size`,
`data` (options of `data.load`), `fit_data` (further ones of what is fitted alone) and
`arguments` (of the recipe).
"""

from __future__ import annotations

_BINARY = {"binarise": "dynamic"}
_STILLS = {"stills": True}
_SMALL = {"image_size": 32}
_FEW = {"num_labels": 100}
_NO_ZEROS = {"exclude": [{"label": 0}]}
_ON_DCGAN = (  # the recipes that share the networks of DCGAN
    *("dcgan", "lsgan", "geometric_gan", "f_gan", "bs_gan", "wgan", "wgan_gp"),
    *("sn_gan", "r1_gan", "ebgan", "began", "cgan", "acgan", "infogan", "bigan"),
    *("ali", "cvae_gan", "anogan"),
)
_AGAINST_BATCH_NORMALISATION = (
    *("lsgan", "geometric_gan", "f_gan", "bs_gan", "cgan", "ali", "cvae_gan"),
)
_FAST = {"generator_learning_rate": 1e-3}  # it keeps up with a normalised critic
_CONSTANT = {"decay_steps": 0}  # as the released model was trained


def _game(epochs, **arguments):
    """Of the recipes on DCGAN's networks: what all of them share, and their own."""
    return {
        "epochs": epochs,
        "batch_size": 64,
        "arguments": {"ema": 0.999, **arguments},
    }


def _on_mnist(epochs=6, **arguments):
    return _game(epochs, filters=(32, 64, 128), **arguments)


_ON_DIGITS = _game(200, filters=(32, 64))

PRESETS = {
    **{(recipe, "mnist"): _on_mnist() for recipe in _ON_DCGAN},
    **{(recipe, "digits"): _ON_DIGITS for recipe in _ON_DCGAN},
    ("gan", "mnist"): _game(40),
    ("dcgan", "mnist"): _on_mnist(50, **_FAST, **_CONSTANT),
    **{
        (recipe, "mnist"): _on_mnist(**_FAST) for recipe in _AGAINST_BATCH_NORMALISATION
    },
    ("sn_gan", "mnist"): _on_mnist(learning_rate=5e-4),
    ("r1_gan", "mnist"): _on_mnist(16, penalty=0.1, learning_rate=1e-3),
    ("wgan", "mnist"): _on_mnist(4, clip=0.05, learning_rate=5e-4),
    ("wgan_gp", "mnist"): _on_mnist(4, learning_rate=5e-4),
    ("ebgan", "mnist"): _on_mnist(learning_rate=5e-4),
    ("began", "mnist"): _on_mnist(
        10,
        power=2,
        normalisation="batch",
        latent_dim=32,
        diversity=0.75,
        rate=0.03,
        learning_rate=2e-4,
        **_FAST,
    ),
    ("acgan", "mnist"): _on_mnist(10, **_CONSTANT),
    ("infogan", "mnist"): _on_mnist(16, **_CONSTANT),
    ("bigan", "mnist"): _on_mnist(8, **_FAST),
    ("r1_gan", "lpc_sprites"): {
        "epochs": 6,
        "batch_size": 64,
        "data": _STILLS,
        "arguments": {
            "filters": (24, 48, 96, 192),
            "generator_learning_rate": 5e-4,
            "ema": 0.995,
            **_CONSTANT,
        },
    },
    ("anogan", "mnist"): {
        **_on_mnist(14, latent_dim=32, **_FAST, **_CONSTANT),
        "data": _NO_ZEROS,
    },
    ("anogan", "digits"): {**_ON_DIGITS, "data": _NO_ZEROS},
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
        "data": _BINARY,
        "arguments": {"learning_rate": 2e-3, "warmup_steps": 9360},
    },
    ("conv_vae", "mnist"): {
        "epochs": 45,
        "data": _BINARY,
        "arguments": {
            "prior": "mixture",
            "learning_rate": 2e-3,
            "warmup_steps": 1404,
        },
    },
    ("conv_vae", "lpc_sprites"): {
        "epochs": 4,
        "batch_size": 64,
        "data": _STILLS,
        "arguments": {
            "filters": (32, 48, 64, 128),
            "prior": "mixture",
            "learning_rate": 2e-3,
        },
    },
    ("iwae", "mnist"): {"epochs": 20, "data": _BINARY},
    ("conditional_vae", "mnist"): {
        "epochs": 20,
        "data": _BINARY,
        "arguments": {"beta": 3.0, "learning_rate": 2e-3},
    },
    ("linear_autoencoder", "mnist"): {"epochs": 20},
    ("deep_autoencoder", "mnist"): {"epochs": 20},
    ("conv_autoencoder", "mnist"): {"epochs": 20},
    ("catgan", "digits"): {**_ON_DIGITS, "data": _FEW},
    ("catgan", "mnist"): {**_on_mnist(10, learning_rate=5e-4), "data": _FEW},
    ("improved_gan", "digits"): {"epochs": 60, "batch_size": 64, "data": _FEW},
    ("improved_gan", "mnist"): {"epochs": 14, "data": _FEW},
    ("lapgan", "digits"): {"epochs": 150, "batch_size": 64},
    ("lapgan", "mnist"): {
        "epochs": 12,
        "batch_size": 64,
        "arguments": {"levels": 3, "filters": (32, 32), "ema": 0.999},
    },
    ("cogan", "digits"): {"epochs": 150, "batch_size": 64},
    ("cogan", "mnist"): _on_mnist(10, penalty=0.1, learning_rate=1e-3),
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
    ("video_vae", "chairs"): {
        "epochs": 8,
        "batch_size": 16,
        "data": _SMALL,
        "arguments": {
            "attribute_weight": 10.0,
            "learning_rate": 2e-3,
            "rate_warmup_steps": 768,
            "latent_dim": 8,
            "beta": 3.0,
            "warmup_steps": 1500,
        },
    },
    ("video_vae", "weizmann_actions"): {
        "epochs": 300,
        "batch_size": 8,
        "fit_data": {"num_frames": 20},
        "arguments": {
            "attribute_weight": 10.0,
            "decoder_filters": (128, 64, 48, 24),
            "learning_rate": 1e-3,
            "latent_dim": 8,
            "beta": 2.0,
            "warmup_steps": 2000,
            "memory_noise": 0.15,
        },
    },
    ("video_vae", "lpc_sprites"): {
        "epochs": 12,
        "batch_size": 16,
        "arguments": {"attribute_weight": 10.0, "learning_rate": 1e-3},
    },
    ("deep_rotator", "chairs"): {
        "epochs": 8,
        "batch_size": 16,
        "data": _SMALL,
        "arguments": {"stage_steps": 900},
    },
    ("mocogan", "weizmann_actions"): {
        "epochs": 150,
        "batch_size": 16,
        "arguments": {
            "learning_rate": 1e-4,
            "generator_learning_rate": 1e-3,
            "ema": 0.99,
            **_CONSTANT,
        },
    },
}
