"""From a model to an artefact that needs neither this package nor Keras to run."""

from keras_genmodels.export import card
from keras_genmodels.export.saved_model import save

__all__ = ["card", "save"]
