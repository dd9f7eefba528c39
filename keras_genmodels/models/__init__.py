"""Models: the only files with a `train_step`."""

from keras_genmodels.models.autoencoder import Autoencoder
from keras_genmodels.models.base import GenerativeModel
from keras_genmodels.models.critic import Critic
from keras_genmodels.models.gan import GAN
from keras_genmodels.models.vae import VAE

__all__ = ["GAN", "VAE", "Autoencoder", "Critic", "GenerativeModel"]
