"""The needs of recipes, checked against a data set before networks are made."""

from __future__ import annotations

from keras_genmodels.data.spec import DatasetSpec


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


def check_images(spec: DatasetSpec, recipe: str) -> None:
    """Refuse a data set of anything but images.

    Args:
        spec: of the data set.
        recipe: its name, for the message.

    Raises:
        ValueError: for one of clips or of points.
    """
    if not spec.is_image:
        raise ValueError(
            f"`{recipe}` needs images, (height, width, channels). "
            f"Received: {spec.name!r} of shape {tuple(spec.x_shape)}."
        )


def check_clips(spec: DatasetSpec, recipe: str) -> None:
    """Refuse a data set of anything but clips.

    Args:
        spec: of the data set.
        recipe: its name, for the message.

    Raises:
        ValueError: for one of images or of points.
    """
    if not spec.is_clip:
        raise ValueError(
            f"`{recipe}` needs clips, (time, height, width, channels). "
            f"Received: {spec.name!r} of the shape {tuple(spec.x_shape)}."
        )
