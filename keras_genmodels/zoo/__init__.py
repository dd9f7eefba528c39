"""The zoo: one short function per paper, and how to build it."""

from keras_genmodels.zoo import autoencoders, conditional_gans, gans, vaes, video_gans
from keras_genmodels.zoo.build import build, describe, names, preset

__all__ = [
    "autoencoders",
    "build",
    "conditional_gans",
    "describe",
    "gans",
    "names",
    "preset",
    "vaes",
    "video_gans",
]
