"""The parts of a built model: networks, distributions, objectives, optimisers, ..."""

from __future__ import annotations

from typing import Any

import keras

from keras_genmodels.distributions import Head, Prior, RecurrentPrior
from keras_genmodels.models import Critic

_OPTIMISERS = ("optimizer", "generator_optimizer", "critic_optimizer")
_OF_KERAS = {"name", "dtype", "trainable"}  # what a config says of every layer


def anatomy(model: keras.Model) -> dict[str, Any]:
    """Take a compiled model apart, as names, numbers and shapes.

    Args:
        model: as `build` returns it; of an ensemble the last member is taken apart.

    Returns:
        A dict with `model` (its class), `networks` (name to inputs, layers with their
        outputs' shapes, outputs and the number of weights; None is the batch),
        `distributions` (attribute to head or prior), `objectives` (of the model, or of
        each critic), `penalties`, `constraints`, `terms`, and `optimisers` (their
        settings; the learning rate with its schedule).
    """
    if hasattr(model, "members"):
        kind, count = type(model).__name__, len(model.members)
        last = anatomy(model.members[-1])
        return {**last, "model": f"{kind} of {count} {last['model']}"}
    networks = _networks(model)
    critics = list(getattr(model, "critics", ()))
    objective = getattr(model, "objective", None)
    games = {"critics": critics} if critics else {}
    return {
        "model": type(model).__name__,
        "networks": {name: _network(found) for name, found in networks.items()},
        "distributions": {
            key: _spelt(part)
            for key, part in vars(model).items()
            if isinstance(part, Head | Prior | RecurrentPrior)
        },
        "objectives": [_spelt(c.objective) for c in games.get("critics", ())]
        or ([] if objective is None else [_spelt(objective)]),
        "penalties": [_spelt(p) for critic in critics for p in critic.penalties],
        "constraints": _constraints(networks),
        "terms": [_spelt(term) for term in getattr(model, "added_terms", ())],
        "optimisers": {
            name: _optimiser(optimiser)
            for name in _OPTIMISERS
            # `optimizer` of a model with two players stands for the other ones.
            if isinstance(
                optimiser := getattr(model, name, None), keras.optimizers.Optimizer
            )
        },
    }


def _networks(owner: Any) -> dict[str, keras.Model]:
    """Find the functional models of a model, its critics and its prior, by name."""
    found: dict[str, keras.Model] = {}
    for key, part in vars(owner).items():
        for one in part if isinstance(part, list | tuple) else [part]:
            if isinstance(one, Critic | RecurrentPrior):
                inner = _networks(one).values()
            else:
                inner = [one] if isinstance(one, keras.Model) else []
            for network in inner:
                if not any(network is known for known in found.values()):
                    found[_free(network.name or key, found)] = network
    return found


def _free(name: str, taken: dict[str, Any]) -> str:
    """Give the name, or the name with the first number that makes it new."""
    if name not in taken:
        return name
    numbers = range(2, len(taken) + 3)
    return next(f"{name}_{n}" for n in numbers if f"{name}_{n}" not in taken)


def _network(network: keras.Model) -> dict[str, Any]:
    return {
        "inputs": {key: tensor.shape for key, tensor in network.input.items()},
        "layers": [
            {
                "name": layer.name,
                "kind": type(layer).__name__,
                "shape": _shape(layer.output),
                "weights": layer.count_params(),
            }
            for layer in network.layers
            if not isinstance(layer, keras.layers.InputLayer)
        ],
        "outputs": {key: tensor.shape for key, tensor in network.output.items()},
        "weights": network.count_params(),
    }


def _shape(output: Any) -> Any:
    return keras.tree.map_structure(lambda tensor: tuple(tensor.shape), output)


def _constraints(networks: dict[str, keras.Model]) -> list[str]:
    """Name the constraints that hold weights within bounds, each once."""
    found = [
        _spelt(layer.kernel_constraint)
        for network in networks.values()
        for layer in network.layers
        if getattr(layer, "kernel_constraint", None) is not None
    ]
    return list(dict.fromkeys(found))


def _spelt(part: Any) -> str:
    """Spell a part as a call of its class, with what is plain in its config."""
    config = part.get_config() if hasattr(part, "get_config") else {}
    plain = (bool, int, float, str, list, tuple)
    words = [
        f"{key}={value!r}"
        for key, value in config.items()
        if key not in _OF_KERAS and isinstance(value, plain)
    ]
    return f"{type(part).__name__}({', '.join(words)})"


def _optimiser(optimiser: keras.optimizers.Optimizer) -> dict[str, Any]:
    config = getattr(optimiser, "inner_optimizer", optimiser).get_config()
    rate = config["learning_rate"]
    schedule = rate["config"] if isinstance(rate, dict) else {}
    known = {"beta_1", "beta_2", "rho", "epsilon"}
    return {
        "name": type(optimiser).__name__,
        "learning_rate": schedule.get("warmup_target")
        or schedule.get("initial_learning_rate", rate),
        "warmup_steps": schedule.get("warmup_steps", 0),
        "decay_steps": schedule.get("decay_steps", 0)
        if schedule.get("alpha", 1.0) < 1.0
        else 0,
        **{key: config[key] for key in sorted(known & config.keys())},
        "ema": config["ema_momentum"] if config.get("use_ema") else 0.0,
    }
