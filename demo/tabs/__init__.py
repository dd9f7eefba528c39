"""Tabs of the page, in their order: an idea of the lecture each."""

from keras_genmodels_demo.tabs import (
    arithmetic,
    autoencode,
    gan_training,
    interpolate,
    manifold,
    sample,
    translate,
    video,
)

TABS = (
    autoencode,
    manifold,
    sample,
    interpolate,
    arithmetic,
    translate,
    video,
    gan_training,
)
