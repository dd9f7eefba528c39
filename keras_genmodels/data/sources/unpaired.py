"""Two sets of pictures as two domains: `unpaired:A,B`."""

from __future__ import annotations

from dataclasses import replace

from keras_genmodels import registry
from keras_genmodels.data import reading
from keras_genmodels.data.request import Arrays, Request, in_memory
from keras_genmodels.data.two_domains import joined
from keras_genmodels.registry import register


@register("unpaired", "dataset scheme")
def unpaired_pictures(request: Request) -> Arrays:
    """Two folders of pictures, or two sets by their names, as `unpaired:A,B`: two
    domains that are not paired, x and y of a batch.

    Each is split, cut and scaled as by itself: a folder as `folder:A` is. They are
    brought to the same number of channels, and `image_size` to one size. `reverse`
    makes B the x. The attributes are those of x, which `condition` describes. A folder
    that is called as a set of the package is, is written "./digits".

    Raises:
        ValueError: if A and B are not two, one of them cannot be read, or their
            pictures differ in size while `image_size` is not given.
    """
    parts = [reading.read(name, request) for name, request in _requests(request)]
    names = [part.spec.name.removeprefix("folder:") for part in parts]
    return joined(*parts, f"unpaired:{','.join(names)}", request)


def _fingerprint(request: Request) -> str:
    """Join the hashes of what either set is read from."""
    found = []
    for name, own in _requests(request):
        source, own = reading.find(name, own)
        fingerprint = getattr(source, "fingerprint", None)
        found.append(fingerprint(own) if fingerprint else "")
    return " ".join(found)


unpaired_pictures.fingerprint = _fingerprint
unpaired_pictures.manual = True
unpaired_pictures.takes = ("background", "reverse")


def _requests(request: Request) -> list[tuple[str, Request]]:
    """Return the name of either set, x first, and the request for it."""
    names = [name.strip() for name in request.target.split(",")]
    if len(names) != 2 or not all(names):
        raise ValueError(
            "`unpaired:A,B` must name two folders, or two sets, with a comma between "
            f"them. Received: 'unpaired:{request.target}'."
        )
    own = replace(request.of(""), reverse=False, allocate=in_memory)
    names = names[::-1] if request.reverse else names
    return [(_full(name), own) for name in names]


def _full(name: str) -> str:
    """Return the name of a set as `load` takes it: other names are folders."""
    scheme, colon, _ = name.partition(":")
    family, word = ("dataset scheme", scheme) if colon else ("dataset", name)
    return name if word in registry.names(family) else f"folder:{name}"
