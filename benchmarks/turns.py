"""Epochs of several programs in turn in one process, and the ratios of their rates.

What slows the machine slows them all. A ratio is the median over the epochs of fit's
rate / rival's rate; below 1, `fit` is slower.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras

Epoch = Callable[[], None]


def loop(step: Callable[[Any], Any], dataset: Iterable[Any]) -> Epoch:
    """An epoch of a step in TensorFlow, which gives the loss."""

    def run_epoch():
        for batch in dataset:
            loss = step(batch)
        float(loss)  # waits for the last step

    return run_epoch


class InTurn(keras.callbacks.Callback):
    """After each epoch of `fit`, and off its clock, an epoch of every rival.

    It stands last among the callbacks, so that what they do is on the clock.
    """

    def __init__(self, rivals: dict[str, Epoch], epochs: int):
        super().__init__()
        self.rivals = rivals
        self.epochs = epochs
        self.seconds = {name: [] for name in ("model.fit", *rivals)}

    def on_train_begin(self, logs=None):
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds["model.fit"].append(time.perf_counter() - self.begun)
        for name, run_epoch in self.rivals.items():
            begun = time.perf_counter()
            run_epoch()
            self.seconds[name].append(time.perf_counter() - begun)
        self.model.stop_training = epoch + 1 == self.epochs
        self.begun = time.perf_counter()


def print_rates(
    title: str, seconds: dict[str, Sequence[float]], count: int, unit: str = "images"
) -> None:
    """Rates and ratios; the first epoch, which traces and warms up, is left out.

    Args:
        title: what was timed.
        seconds: of each epoch, by program; "model.fit" is what the others are held
            against.
        count: of the unit in an epoch.
        unit: what a rate counts.
    """
    timed = {name: values[1:] for name, values in seconds.items()}
    print(f"\n{title}: {count} {unit} an epoch, {len(timed['model.fit'])} epochs each")
    for name, values in timed.items():
        rate = count / statistics.median(values)
        shown = f"{rate:>9,.0f}" if rate >= 100 else f"{rate:>9.2f}"
        line = f"  {name:<24} {shown} {unit}/s"
        if name != "model.fit":
            ratios = [r / f for r, f in zip(values, timed["model.fit"], strict=True)]
            line += f"   fit / {name} = {statistics.median(ratios):.3f}"
            line += f" ({min(ratios):.3f} to {max(ratios):.3f})"
        print(line, flush=True)
