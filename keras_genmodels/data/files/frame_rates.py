"""Frame rates of clips, and the one that a set of them is brought to."""

from __future__ import annotations

import pathlib
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from keras_genmodels.data.files import video_files

USUAL = 10.0  # frames a second where no clip has a rate; that of `pictures.save_clip`


def commonest(clips: Sequence[pathlib.Path]) -> float:
    """Return the frames a second that most clips have, the lower one of two.

    Clips without a rate, such as folders of pictures, do not count. Where rates differ,
    a warning says which there are and which is taken.
    """
    with ThreadPoolExecutor() as pool:  # of programs that each look at a film
        rates = [rate for rate in pool.map(video_files.rate, clips) if rate]
    counts = Counter(rates)
    if not counts:
        return USUAL
    chosen = min(counts, key=lambda rate: (-counts[rate], rate))
    if len(counts) > 1:
        told = ", ".join(f"{counts[rate]} of {rate:.4g}" for rate in sorted(counts))
        warnings.warn(
            f"Clips must have one frame rate, and are resampled to {chosen:.4g} frames "
            f"a second, the commonest. `fps` chooses another. Received: {told}.",
            stacklevel=2,
        )
    return chosen
