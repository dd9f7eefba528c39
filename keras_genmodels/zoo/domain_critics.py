"""Two domains of which no pairs are known, and a critic of patches of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras_genmodels.data.spec import DatasetSpec
from keras_genmodels.models import Critic
from keras_genmodels.models.views import Named
from keras_genmodels.networks import translation
from keras_genmodels.zoo.requirements import needed_tensors

Domain = dict[str, tuple[int, ...]]


def domains_of(spec: DatasetSpec, recipe: str) -> tuple[Domain, Domain]:
    """Give the two domains "x" and "y", name to shape.

    Args:
        spec: of the data set.
        recipe: its name, for the message.

    Raises:
        ValueError: for data without "y".
    """
    return {"x": spec.x_shape}, needed_tensors(spec, recipe, "y")


def patch_critics(
    spec: DatasetSpec,
    objective: str,
    field: int,
    filters: Sequence[int],
    normalisation: str | None,
    replay_pool: int = 0,
    **arguments: Any,
) -> list[Critic]:
    """Build a critic of patches for either domain: "critic_x" and "critic_y".

    Args:
        spec: of the data set.
        objective: of the game.
        field: edge of a patch in pixels, as for `translation.patches`.
        filters: channels of its convolutions.
        normalisation: of its hidden layers.
        replay_pool: as for `Critic`.
        **arguments: of every convolution.
    """
    return [
        Critic(
            translation.patches(
                {"x": spec.shapes[domain]}, field, filters, normalisation, **arguments
            ),
            objective,
            view=Named(domain),
            replay_pool=replay_pool,
            name=f"critic_{domain}",
        )
        for domain in ("x", "y")
    ]
