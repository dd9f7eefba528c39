"""From a model to an artefact that needs neither this package nor Keras to run, and
from an artefact back to a model: here, in a server, or as the Python object it was.
"""

from keras_genmodels.export import card
from keras_genmodels.export.artefact import Artefact
from keras_genmodels.export.client import Client
from keras_genmodels.export.errors import (
    NotServedError,
    ServerUnavailableError,
    ServingError,
    ServingTimeoutError,
)
from keras_genmodels.export.local import load
from keras_genmodels.export.restore import rebuild
from keras_genmodels.export.saved_model import save

__all__ = [
    "Artefact",
    "Client",
    "NotServedError",
    "ServerUnavailableError",
    "ServingError",
    "ServingTimeoutError",
    "card",
    "load",
    "rebuild",
    "save",
]
