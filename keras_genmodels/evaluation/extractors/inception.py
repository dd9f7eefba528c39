"""The extractor of any image: Inception v3."""

from __future__ import annotations

import functools

from keras_genmodels.evaluation.classifiers import FEATURES, Classifier
from keras_genmodels.registry import register


@register("inception_v3", family="extractor")
@functools.cache
def inception_v3(weights: str | None = "imagenet") -> Classifier:
    """Inception v3, trained on ImageNet: 2,048 features and 1,000 classes of any image.

    The weights are those of `keras.applications`, which fetches them once. They are not
    the ones of the papers' Frechet distances, whose numbers compare with their own
    kind only.

    Args:
        weights: "imagenet", the path of a weights file of `keras.applications`, or None
            for random ones.

    Raises:
        ValueError: if the weights are neither on disk nor to be fetched; the message
            says where to put them.

    Reference: Szegedy et al., Rethinking the Inception Architecture for Computer
    Vision, 2016.
    """
    import keras

    given = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")  # it has no argument for that
    try:
        whole = keras.applications.InceptionV3(
            weights=weights, classifier_activation=None
        )
    except Exception as error:  # Keras raises a plain one where fetching fails
        raise ValueError(
            "The weights of 'inception_v3' must be on disk or to be fetched: put "
            "inception_v3_weights_tf_dim_ordering_tf_kernels.h5 of Keras Applications "
            "into ~/.keras/models, or choose another extractor, such as "
            f"extractor='mnist'. Received: {error}"
        ) from error
    finally:
        keras.config.set_image_data_format(given)
    body = keras.Model(whole.input, whole.get_layer("avg_pool").output)
    image = keras.Input(whole.input.shape[1:])
    features = body(keras.layers.Rescaling(2.0, -1.0)(image))
    features = keras.layers.Identity(name=FEATURES)(features)
    logits = whole.get_layer("predictions")(features)
    card = {
        "name": "inception_v3",
        "attribute": "object",
        "classes": [str(index) for index in range(logits.shape[-1])],
        "test_accuracy": 0.779,  # top-1, as Keras states it
    }
    return Classifier(keras.Model(image, logits), card, batch_size=32)
