"""Everything that one training step knows, for objectives and terms to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import tensorflow as tf

Tensors = Mapping[str, tf.Tensor]


class StepTensors:
    """The real and the generated batch of a step, and the critics' outputs for both.

    An output is computed when it is first asked for, so that nothing is computed that
    no objective and no term reads.

    Args:
        real: named tensors of real examples: "x", "condition", ...
        fake: named tensors of generated examples: "x", "latent", "condition", ...
        outputs_fns: name of each critic to a function from the tensors that it sees to
            its named outputs, in the order of the critics.
        view_fns: name of a critic to a function from named tensors to those that it
            sees; one that has none sees everything.

    Example:
        >>> step = StepTensors({"x": 1.0}, {"x": 2.0}, {"critic": dict})
        >>> step.on_fake()["x"]
        2.0
    """

    def __init__(
        self,
        real: Tensors,
        fake: Tensors,
        outputs_fns: Mapping[str, Callable] | None = None,
        view_fns: Mapping[str, Callable] | None = None,
    ):
        self.real = real
        self.fake = fake
        self.outputs_fns = dict(outputs_fns or {})
        self._view_fns = dict(view_fns or {})
        self._views = {}
        self._outputs = {}

    def view(self, kind: str, critic: str | None = None) -> Tensors:
        """The tensors of the "real" or the "fake" examples that a critic sees.

        Args:
            kind: "real" or "fake".
            critic: its name. Default: the first critic.
        """
        critic = self._name(critic)
        if (critic, kind) not in self._views:
            tensors, view = getattr(self, kind), self._view_fns.get(critic)
            self._views[critic, kind] = view(tensors) if view else tensors
        return self._views[critic, kind]

    def show(self, kind: str, critic: str, tensors: Tensors) -> None:
        """Show a critic other examples than its view of this step's, or further ones.

        Args:
            kind: "real", "fake" or another name, which it has not looked at yet.
            critic: its name.
            tensors: named tensors that it sees.
        """
        self._views[critic, kind] = tensors

    def on_real(self, critic: str | None = None) -> dict[str, tf.Tensor]:
        """The outputs of a critic, by default of the first, for the real examples."""
        return self._outputs_of("real", self._name(critic))

    def on_fake(self, critic: str | None = None) -> dict[str, tf.Tensor]:
        """The outputs of a critic, by default of the first, for generated examples."""
        return self._outputs_of("fake", self._name(critic))

    def on_shown(self, kind: str, critic: str | None = None) -> dict[str, tf.Tensor]:
        """The outputs of a critic for further examples, which `show` gave it."""
        return self._outputs_of(kind, self._name(critic))

    def _outputs_of(self, kind, critic):
        if (critic, kind) not in self._outputs:
            outputs = self.outputs_fns[critic](self.view(kind, critic))
            self._outputs[critic, kind] = outputs
        return self._outputs[critic, kind]

    def _name(self, critic):
        known = list(self.outputs_fns)
        if critic is None and known:
            return known[0]
        if critic not in known:
            raise ValueError(
                f"`critic` must be the name of a critic, one of {known}. "
                f"Received: {critic!r}."
            )
        return critic
