"""Tabs of the page, in their order: an idea of the lecture each."""

from keras_genmodels_demo.tabs import (
    arithmetic,
    autoencode,
    complete,
    edit,
    gan_training,
    interpolate,
    manifold,
    next_frame,
    sample,
    shapes,
    translate,
    tunes,
    video,
    words,
)

TABS = (
    autoencode,
    manifold,
    sample,
    interpolate,
    arithmetic,
    complete,
    translate,
    words,
    edit,
    shapes,
    tunes,
    next_frame,
    video,
    gan_training,
)
