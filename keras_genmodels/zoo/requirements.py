"""The needs of recipes, checked against a data set before networks are made."""

from __future__ import annotations

from keras_genmodels.data.attributes import Attribute
from keras_genmodels.data.spec import DatasetSpec

IMAGES, CLIPS, VOLUMES = ("image",), ("clip",), ("volume",)
SEQUENCES, TOKENS = ("sequence",), ("tokens",)
NO_CLIPS = ("image", "volume", "points", "sequence")
_WORDS = {
    IMAGES: "images, (height, width, channels)",
    CLIPS: "clips, (time, height, width, channels)",
    VOLUMES: "volumes, (depth, height, width, channels)",
    SEQUENCES: "sequences, (time, size)",
    TOKENS: "sentences, tokens of (length,), such as `phrases`",
    NO_CLIPS: "images, or other data that are no clips",
}
# Tensor -> what to ask `data.load` for, so that batches have it.
_GIVING = {
    "source": "`source='edges'`, or another derivation, makes one of x; `paired:PATH`, "
    "of sentences `parallel:PATH`, and `diagrams` have their own.",
    "mask": "`source='hidden'` makes one of x.",
    "coefficients": "`chair_views` has them with `frontal=True`.",
    "first_frame": "`moving_laws` has one.",
    "caption": "`scenes` has one.",
    "box": "`scenes` has one.",
    "y": "`y='edges'`, `domains={attribute: (class, class)}` or `unpaired:A,B` gives "
    "one.",
}


def needed_condition(spec: DatasetSpec, recipe: str) -> dict[str, tuple[int, ...]]:
    """Give the input "condition", name to shape, to a recipe that needs one.

    Args:
        spec: of the data set.
        recipe: its name, for the message.

    Raises:
        ValueError: for a data set without attributes.
    """
    if spec.condition_size == 0:
        raise ValueError(
            f"`{recipe}` needs a dataset with attributes. "
            f"Received: {spec.name!r}, which has none."
        )
    return {"condition": (spec.condition_size,)}


def needed_attributes(spec: DatasetSpec, recipe: str, *names: str) -> list[Attribute]:
    """Find attributes by their names for a recipe that treats them in its own way.

    Args:
        spec: of the data set.
        recipe: its name, for the message.
        *names: of the attributes.

    Raises:
        ValueError: for data that lack one.
    """
    known = {attribute.name: attribute for attribute in spec.attributes}
    missing = [name for name in names if name not in known]
    if missing or not names:
        raise ValueError(
            f"`{recipe}` needs attributes {list(names)} of the data. Missing: "
            f"{missing}. Received: {spec.name!r}, with {list(known)}."
        )
    return [known[name] for name in names]


def needed_tensors(
    spec: DatasetSpec, recipe: str, *names: str
) -> dict[str, tuple[int, ...]]:
    """Give inputs, name to shape, to a recipe that needs further tensors of a batch.

    Args:
        spec: of the data set.
        recipe: its name, for the message.
        *names: of the tensors: "source", "mask", "y", ...

    Raises:
        ValueError: for data that lack one; the message says what gives it.
    """
    missing = [name for name in names if name not in spec.shapes]
    if missing:
        raise ValueError(
            f"`{recipe}` needs the tensors {list(names)} of a batch. Missing: "
            f"{missing}. {_GIVING[missing[0]]} Received: {spec.name!r}."
        )
    return {name: spec.shapes[name] for name in names}


def needed_classes(spec: DatasetSpec, recipe: str) -> int:
    """Count the classes of the one attribute that a classifier needs.

    Args:
        spec: of the data set.
        recipe: its name, for the message.

    Raises:
        ValueError: for a data set without one attribute, or whose one has no classes.
    """
    if len(spec.categorical) != 1 or len(spec.attributes) != 1:
        raise ValueError(
            f"`{recipe}` needs a dataset with one attribute, which has classes. "
            f"Received: {spec.name!r} with {[a.name for a in spec.attributes]}."
        )
    return spec.condition_size


def check_kind(spec: DatasetSpec, recipe: str, kinds: tuple[str, ...]) -> None:
    """Refuse data that the networks of a recipe are not made for.

    Args:
        spec: of the data set.
        recipe: its name, for the message.
        kinds: `IMAGES`, `CLIPS`, `VOLUMES`, `TOKENS` or `NO_CLIPS`.

    Raises:
        ValueError: for a data set of another kind.
    """
    if spec.kind not in kinds:
        single = " The option `stills=True` of the data gives single frames."
        raise ValueError(
            f"`{recipe}` needs {_WORDS[kinds]}. "
            f"Received: {spec.name!r} of the shape {tuple(spec.x_shape)}."
            + (single if spec.is_clip else "")
        )
