"""What one step knows, for everything that makes a loss of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf


class Play:
    """One look of the critics at real and generated examples, for objectives and terms.

    What a critic puts out is computed when it is first asked for, so that a step pays
    for nothing that no objective and no term looks at.

    Args:
        real: named tensors of real examples: "x", "condition".
        fake: named tensors of generated examples: "x", "latent", "condition".
        judges: one function a critic, from what it sees to its named outputs.
        views: one function a critic, from named tensors to those it sees; `None` for
            critics that see everything.
    """

    def __init__(
        self,
        real,
        fake,
        judges: Sequence[Callable],
        views: Sequence[Callable] | None = None,
    ):
        self.real = real
        self.fake = fake
        self.judges = judges
        self._views = views
        self._seen = {}
        self._said = {}

    def seen(self, kind: str, critic: int = 0) -> dict[str, tf.Tensor]:
        """What a critic sees of the "real" or the "fake" examples."""
        if (critic, kind) not in self._seen:
            tensors = getattr(self, kind)
            view = self._views[critic] if self._views else None
            self._seen[critic, kind] = view(tensors) if view else tensors
        return self._seen[critic, kind]

    def on_real(self, critic: int = 0) -> dict[str, tf.Tensor]:
        """The outputs of a critic, by its number, for the real examples."""
        return self._outputs(critic, "real")

    def on_fake(self, critic: int = 0) -> dict[str, tf.Tensor]:
        """The outputs of a critic, by its number, for the generated examples."""
        return self._outputs(critic, "fake")

    def _outputs(self, critic, kind):
        if (critic, kind) not in self._said:
            self._said[critic, kind] = self.judges[critic](self.seen(kind, critic))
        return self._said[critic, kind]
