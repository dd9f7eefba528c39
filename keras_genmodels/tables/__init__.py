"""The lecture's arguments as tables, each made by one command."""

from keras_genmodels.tables import (
    disentanglement,
    flows,
    gallery,
    ring,
    saturation,
    video,
)
from keras_genmodels.tables.table import Table, make, names

__all__ = [
    "Table",
    "disentanglement",
    "flows",
    "gallery",
    "make",
    "names",
    "ring",
    "saturation",
    "video",
]
