"""The zoo: one short function per paper, and how to build it."""

from keras_genmodels.zoo import (
    autoencoders,
    conditional_gans,
    encoder_gans,
    gans,
    vaes,
    video,
    video_rivals,
)
from keras_genmodels.zoo.build import build, describe, names, preset

__all__ = [
    "autoencoders",
    "build",
    "conditional_gans",
    "describe",
    "encoder_gans",
    "gans",
    "names",
    "preset",
    "vaes",
    "video",
    "video_rivals",
]
