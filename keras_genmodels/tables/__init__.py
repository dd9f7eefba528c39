"""The lecture's arguments as tables, each made by one command."""

from keras_genmodels.tables import ring, saturation
from keras_genmodels.tables.table import Table, make, names

__all__ = ["Table", "make", "names", "ring", "saturation"]
