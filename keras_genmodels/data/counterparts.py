"""The same pictures in another class, as a data set may be able to show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from keras_genmodels.data.request import Request

# (request, numbers of pictures, attribute, class index) -> pictures in that class.
Make = Callable[[Request, np.ndarray, str, int], np.ndarray]


@dataclass(frozen=True)
class Counterpart:
    """A data set's answer to "how would this picture look in another class?".

    The function of a set offers it as its attribute `counterpart`; then batches of
    other splits than "train" hold "truth" and "y_truth" where `domains` names one of
    the attributes.

    Args:
        attributes: those that can be changed with all else being equal.
        make: of a request; of numbers (n,) of pictures, counted as they lie in the `x`
            that the function gives for this request; of one of the attributes; and of
            the index of a class. It returns these pictures in that class, uint8 (n,
            height, width, channels), scaled as the request says.
        request: that `pictures` answers.
    """

    attributes: tuple[str, ...]
    make: Make
    request: Request = field(default_factory=Request)

    def pictures(self, numbers: np.ndarray, attribute: str, value: int) -> np.ndarray:
        """Make pictures of the request in another class, uint8.

        Args:
            numbers: of the pictures, (n,).
            attribute: one of `attributes`.
            value: the index of the class.
        """
        return self.make(self.request, numbers, attribute, value)
