"""The pairs of domains of CycleGAN's paper, as TensorFlow Datasets (TFDS) has them.

Pictures of x and of y are not paired, not even where both show the same things, as in
"facades" and "maps".

Reference: Zhu, Park, Isola, Efros, "Unpaired Image-to-Image Translation using
Cycle-Consistent Adversarial Networks", 2017.
"""

from __future__ import annotations

from collections.abc import Callable

from keras_genmodels.data.archives import tfds_reader
from keras_genmodels.data.request import Arrays, Request
from keras_genmodels.registry import register


def _read(request: Request, config: str) -> Arrays:
    name = f"cycle_gan/{config}"
    return tfds_reader.read(request.of(name), name)


def _fingerprint_of(config: str) -> Callable[[Request], str]:
    return lambda request: tfds_reader.fingerprint(request.of(f"cycle_gan/{config}"))


@register("cycle_gan/apple2orange", "dataset")
def apple2orange(request: Request) -> Arrays:
    """Photographs of apples and of oranges, 256x256x3: 995 and 1,019 for training, 266
    and 248 for test.
    """
    return _read(request, "apple2orange")


@register("cycle_gan/cezanne2photo", "dataset")
def cezanne2photo(request: Request) -> Arrays:
    """Paintings by Cezanne and photographs of landscapes, 256x256x3: 525 and 6,287 for
    training, 58 and 751 for test.
    """
    return _read(request, "cezanne2photo")


@register("cycle_gan/facades", "dataset")
def facades(request: Request) -> Arrays:
    """Photographs of facades and their layouts, 256x256x3: 400 and 400 for training,
    106 and 106 for test.
    """
    return _read(request, "facades")


@register("cycle_gan/horse2zebra", "dataset")
def horse2zebra(request: Request) -> Arrays:
    """Photographs of horses and of zebras, 256x256x3: 1,067 and 1,334 for training, 120
    and 140 for test.
    """
    return _read(request, "horse2zebra")


@register("cycle_gan/iphone2dslr_flower", "dataset")
def iphone2dslr_flower(request: Request) -> Arrays:
    """Photographs of flowers by telephones and by cameras: 1,812 and 3,325 for
    training, 569 and 480 for test.
    """
    return _read(request, "iphone2dslr_flower")


@register("cycle_gan/maps", "dataset")
def maps(request: Request) -> Arrays:
    """Photographs from the air and maps, 600x600x3: 1,096 and 1,096 for training, 1,098
    and 1,098 for test.
    """
    return _read(request, "maps")


@register("cycle_gan/monet2photo", "dataset")
def monet2photo(request: Request) -> Arrays:
    """Paintings by Monet and photographs of landscapes, 256x256x3: 1,072 and 6,287 for
    training, 121 and 751 for test.
    """
    return _read(request, "monet2photo")


@register("cycle_gan/summer2winter_yosemite", "dataset")
def summer2winter_yosemite(request: Request) -> Arrays:
    """Photographs of Yosemite in summer and in winter, 256x256x3: 1,231 and 962 for
    training, 309 and 238 for test.
    """
    return _read(request, "summer2winter_yosemite")


@register("cycle_gan/ukiyoe2photo", "dataset")
def ukiyoe2photo(request: Request) -> Arrays:
    """Japanese prints and photographs of landscapes, 256x256x3: 562 and 6,287 for
    training, 263 and 751 for test.
    """
    return _read(request, "ukiyoe2photo")


@register("cycle_gan/vangogh2photo", "dataset")
def vangogh2photo(request: Request) -> Arrays:
    """Paintings by van Gogh and photographs of landscapes, 256x256x3: 400 and 6,287 for
    training, 400 and 751 for test.
    """
    return _read(request, "vangogh2photo")


for source in (
    apple2orange,
    cezanne2photo,
    facades,
    horse2zebra,
    iphone2dslr_flower,
    maps,
    monet2photo,
    summer2winter_yosemite,
    ukiyoe2photo,
    vangogh2photo,
):
    source.fingerprint = _fingerprint_of(source.__name__)
    source.takes = ("reverse",)
