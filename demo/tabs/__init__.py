"""Tabs of the page, in their order: an idea of the lecture each."""

from keras_genmodels_demo.tabs import (
    arithmetic,
    autoencode,
    gan_training,
    interpolate,
    manifold,
    sample,
    video,
)

TABS = (autoencode, manifold, sample, interpolate, arithmetic, video, gan_training)
