"""Picture sets of TensorFlow Datasets (TFDS): any by `tfds:NAME`, some by a name."""

from __future__ import annotations

from collections.abc import Callable

from keras_genmodels.data.archives import tfds_reader
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.registry import register


@register("tfds", "dataset scheme")
def tfds_images(request: Request) -> Arrays:
    """Any picture set that TensorFlow Datasets has prepared, by `tfds:NAME/CONFIG`.

    An example is its first picture with all class labels; CONFIG may be left out.
    Every ClassLabel is an attribute with its class names, every boolean one with the
    classes "no" and "yes", and a whole number "age" one with a class a decade; text,
    such as the names of `lfw`, is left out. A map of the class of each pixel, a picture
    of one channel whose name begins with "layout" or "segmentation", is the tensor
    "layout" in the colours of PASCAL VOC. A set without a "test" split is cut: the
    first 80 per cent are "train". The splits "trainA" and "trainB" are two domains that
    are not paired, x and y, which `reverse` exchanges.

    Raises:
        ValueError: if the set is not on disk, holds no pictures of 8 bits, has no such
            split, or has examples without a label.
    """
    return tfds_reader.read(request, f"tfds:{request.target}")


tfds_images.fingerprint = tfds_reader.fingerprint
tfds_images.takes = ("reverse",)


def _fingerprint_of(target: str) -> Callable[[Request], str]:
    return lambda request: tfds_reader.fingerprint(request.of(target))


@register("mnist", "dataset")
def mnist(request: Request) -> Arrays:
    """Handwritten digits, 28x28x1: 60,000 for training, 10,000 for test, 10 classes."""
    return tfds_reader.read(request.of("mnist"), "mnist")


mnist.fingerprint = _fingerprint_of("mnist")
mnist.licence = "CC BY-SA 3.0"


@register("fashion_mnist", "dataset")
def fashion_mnist(request: Request) -> Arrays:
    """Pieces of clothing, 28x28x1: 60,000 for training, 10,000 for test, 10 classes."""
    return tfds_reader.read(request.of("fashion_mnist"), "fashion_mnist")


fashion_mnist.fingerprint = _fingerprint_of("fashion_mnist")
fashion_mnist.licence = "MIT"


@register("kmnist", "dataset")
def kmnist(request: Request) -> Arrays:
    """Cursive Japanese characters, 28x28x1: 60,000 for training, 10,000 for test, 10
    classes.
    """
    return tfds_reader.read(request.of("kmnist"), "kmnist")


kmnist.fingerprint = _fingerprint_of("kmnist")
kmnist.licence = "CC BY-SA 4.0"


@register("emnist", "dataset")
def emnist(request: Request) -> Arrays:
    """Handwritten digits and letters, 28x28x1: 697,932 for training, 116,323 for test,
    62 classes.
    """
    return tfds_reader.read(request.of("emnist/byclass"), "emnist")


emnist.fingerprint = _fingerprint_of("emnist/byclass")


@register("cifar10", "dataset")
def cifar10(request: Request) -> Arrays:
    """Photographs of animals and vehicles, 32x32x3: 50,000 for training, 10,000 for
    test, 10 classes.
    """
    return tfds_reader.read(request.of("cifar10"), "cifar10")


cifar10.fingerprint = _fingerprint_of("cifar10")


@register("svhn_cropped", "dataset")
def svhn_cropped(request: Request) -> Arrays:
    """Photographs of digits in house numbers, 32x32x3: 73,257 for training, 26,032 for
    test, 10 classes.
    """
    return tfds_reader.read(request.of("svhn_cropped"), "svhn_cropped")


svhn_cropped.fingerprint = _fingerprint_of("svhn_cropped")
svhn_cropped.licence = "non-commercial use only"


@register("lfw", "dataset")
def lfw(request: Request) -> Arrays:
    """Photographs of faces, 250x250x3: 10,586 for training, 2,647 for test, without
    labels.
    """
    return tfds_reader.read(request.of("lfw"), "lfw")


lfw.fingerprint = _fingerprint_of("lfw")


@register("celeb_a", "dataset")
def celeb_a(request: Request) -> Arrays:
    """Photographs of faces, 218x178x3: 162,770 for training, 19,962 for test, 40
    attributes "no" or "yes".
    """
    return tfds_reader.read(request.of("celeb_a"), "celeb_a")


celeb_a.fingerprint = _fingerprint_of("celeb_a")
celeb_a.licence = "non-commercial research only"
