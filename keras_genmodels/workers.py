"""The processes that train one run together, on one machine or on several.

TensorFlow is imported where it is used, so that options are read without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from keras_genmodels import checks, rendezvous

TF_CONFIG = "TF_CONFIG"
_KINDS = ("chief", "worker")  # of a cluster's tasks; a chief stands first
_FORM = (
    '{"cluster": {"worker": ["HOST:PORT", ...]}, '
    '"task": {"type": "worker", "index": 0}}'
)


class WorkerLostError(RuntimeError):
    """Another worker of the run stopped, or is out of reach."""


@dataclass(frozen=True)
class Workers:
    """The workers of a run, and which of them this process is.

    Every worker is a process with a copy of the model; it trains on its share of each
    batch, and the gradients of all are summed before a step. Worker 0 is the chief: it
    alone writes the run folder and measures the model.

    Args:
        addresses: HOST:PORT of each worker, where the others reach it; in the same
            order for each of them.
        index: of this process in them.

    Raises:
        TypeError: for an index that is no integer.
        ValueError: for fewer than two addresses, one that is not HOST:PORT or stands
            twice, or an index that none of them has.

    Example:
        >>> Workers(("10.0.0.1:2222", "10.0.0.2:2222"), 1).is_chief
        False
    """

    addresses: tuple[str, ...]
    index: int

    def __post_init__(self) -> None:
        if len(self.addresses) < 2:
            raise ValueError(
                "`workers` must be two addresses at least. "
                f"Received: workers={list(self.addresses)}."
            )
        for address in self.addresses:
            _check_address(address)
        if len(set(self.addresses)) < len(self.addresses):
            raise ValueError(
                "`workers` must be different addresses; on one machine each worker has "
                f"a port of its own. Received: workers={list(self.addresses)}."
            )
        checks.integer("index", self.index, 0, len(self.addresses) - 1)

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    def __str__(self) -> str:
        return f"worker {self.index} of {len(self.addresses)}"

    def strategy(self, timeout: float = 600.0) -> Any:
        """Wait for the other workers, and return the strategy that all share.

        It must come before anything else that TensorFlow does in the process.

        Args:
            timeout: seconds until all of them must be there, > 0. Default: 600.

        Returns:
            A `tf.distribute.MultiWorkerMirroredStrategy`. A model that is built in its
            `scope()` is trained by all workers; each calls `fit`.

        Raises:
            ValueError: if this process cannot listen at its address, or another one
                was given other workers.
            TimeoutError: if a worker is missing after `timeout` seconds.
            RuntimeError: if TensorFlow was used before.
        """
        # Within TensorFlow a process that waits hears no Ctrl-C and says not for whom.
        rendezvous.wait(self.addresses, self.index, timeout)
        import tensorflow as tf

        resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
            tf.train.ClusterSpec({"worker": list(self.addresses)}),
            task_type="worker",
            task_id=self.index,
            rpc_layer="grpc",
        )
        return tf.distribute.MultiWorkerMirroredStrategy(resolver)


def find(workers: str | None = None, index: int | None = None) -> Workers | None:
    """Find the workers that are named here, or else by the variable TF_CONFIG.

    Args:
        workers: HOST:PORT of each, between commas.
        index: of this process, from 0.

    Returns:
        None where neither is there, or TF_CONFIG names one process alone.

    Raises:
        TypeError, ValueError: if it cannot be meant so; says what is wrong.

    Example:
        >>> find("10.0.0.1:2222,10.0.0.2:2222", 0).is_chief
        True
    """
    config = os.environ.get(TF_CONFIG)
    if workers is None and index is None:
        return _configured(config) if config else None
    if workers is None or index is None:
        missing = "workers" if workers is None else "index"
        raise ValueError(
            "`workers` and `index` must be given together: --workers "
            f"HOST:PORT,HOST:PORT --index 0. Received: no {missing}."
        )
    if config:
        raise ValueError(
            f"`workers` must not be given where {TF_CONFIG} is set. Received: both."
        )
    return Workers(tuple(word.strip() for word in workers.split(",")), index)


def _configured(text: str) -> Workers | None:
    """Read TF_CONFIG; its chief, if it names one, becomes worker 0."""
    try:
        config = json.loads(text)
        cluster = {kind: tuple(config["cluster"][kind]) for kind in config["cluster"]}
        kind, index = config["task"]["type"], config["task"]["index"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{TF_CONFIG} must be {_FORM}. Received: {text:.200} ({error!r})."
        ) from error
    others = sorted({*cluster, kind} - set(_KINDS))
    if others or kind not in cluster:
        raise ValueError(
            f"{TF_CONFIG} must have tasks of the kinds {' and '.join(_KINDS)} alone, "
            "and this process among them: the chief measures the model, and each "
            f"worker holds all weights. Received: {sorted(cluster)}, type {kind!r}."
        )
    checks.integer(f"index in {TF_CONFIG}", index, 0, len(cluster[kind]) - 1)
    addresses = tuple(a for name in _KINDS for a in cluster.get(name, ()))
    if len(addresses) == 1:
        return None
    before = len(cluster.get("chief", ())) if kind == "worker" else 0
    return Workers(addresses, before + index)


def _check_address(address: Any) -> None:
    host, _, port = (
        address.rpartition(":") if isinstance(address, str) else ("", "", "")
    )
    if not host or not port.isdecimal() or not 0 < int(port) < 2**16:
        raise ValueError(
            "`workers` must be addresses HOST:PORT, the port from 1 to 65535. "
            f"Received: {address!r}."
        )


def are_several(strategy: Any) -> bool:
    """Tell whether a `tf.distribute.Strategy` spans other processes than this one."""
    import tensorflow as tf

    if not isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
        return False
    cluster = strategy.cluster_resolver.cluster_spec().as_dict()
    return sum(map(len, cluster.values())) > 1


def writes(strategy: Any) -> bool:
    """Tell whether this process writes files: the chief does, or a process alone."""
    return not are_several(strategy) or strategy.cluster_resolver.task_id == 0


def check_agreement(strategy: Any, **own: Any) -> None:
    """Compare with the other workers what each is about to train.

    Args:
        strategy: of all workers.
        **own: by name, what must be the same for all; JSON must hold it.

    Raises:
        ValueError: in every worker, naming those that differ from the chief, and in
            what.
    """
    if not are_several(strategy):
        return
    import tensorflow as tf

    digests = tf.constant([[_digest(value) for value in own.values()]], tf.int64)
    every = strategy.gather(digests, axis=0).numpy().tolist()
    for index, theirs in enumerate(every):
        differing = [n for n, a, b in zip(own, theirs, every[0], strict=True) if a != b]
        if differing:
            raise ValueError(
                "All workers must train the same. Received: other "
                f"{' and '.join(differing)} in worker {index} than in worker 0."
            )


@contextlib.contextmanager
def losses_named() -> Iterator[None]:
    """Replace TensorFlow's errors about a worker that is gone by one of a sentence.

    Raises:
        WorkerLostError: in place of those.
    """
    import tensorflow as tf

    errors = tf.errors
    try:
        yield
    except (
        errors.AbortedError,
        errors.DeadlineExceededError,
        errors.InternalError,
        errors.UnavailableError,
    ) as error:
        if "ollective" not in str(error):
            raise
        raise WorkerLostError(
            "Another worker stopped, or cannot be reached any more; its own output "
            "says why."
        ) from error


def _digest(value: Any) -> int:
    """Return a number that tells values apart."""
    text = json.dumps(value, sort_keys=True).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")
