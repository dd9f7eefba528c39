"""The zoo: one short function per paper, and how to build it."""

from keras_genmodels.zoo import autoencoders, clips, conditional_gans, gans, vaes
from keras_genmodels.zoo.build import build, describe, names, preset

__all__ = [
    "autoencoders",
    "build",
    "clips",
    "conditional_gans",
    "describe",
    "gans",
    "names",
    "preset",
    "vaes",
]
