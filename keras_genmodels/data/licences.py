"""Under which terms a data set may be used, as its makers state them."""

from __future__ import annotations

# Sets by their public names. What is not here has no terms that are known.
LICENCES = {
    "celeb_a": "non-commercial research only",
    "chairs": "Apache-2.0, made by this package",
    "digits": "CC BY 4.0",
    "fashion_mnist": "MIT",
    "gaussian_ring": "Apache-2.0, made by this package",
    "kmnist": "CC BY-SA 4.0",
    "lpc_sprites": "CC BY-SA 3.0 and GPL 3.0",
    "mnist": "CC BY-SA 3.0",
    "moving_shapes": "Apache-2.0, made by this package",
    "svhn_cropped": "non-commercial use only",
    "weizmann_actions": "research use",
}


def licence(dataset: str) -> str | None:
    """The licence of a data set, or None where none is known.

    Example:
        >>> licence("mnist"), licence("folder:my_pictures")
        ('CC BY-SA 3.0', None)
    """
    return LICENCES.get(dataset)
