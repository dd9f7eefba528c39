"""Measures of tunes: in what scale, how often again, how full, how wide they are."""

from __future__ import annotations

import numpy as np

MAJOR = (0, 2, 4, 5, 7, 9, 11)  # half-tones of a scale; natural minor has the same
OCTAVE = 12
PITCHES = 128  # that MIDI has
TOGETHER = 1 / 32  # of a whole note: notes that begin within half of it


def shapes(tunes: np.ndarray) -> dict[str, np.ndarray]:
    """Describe tunes by single numbers.

    Args:
        tunes: (n, notes, 4), three notes each at least, by their begins: begin and
            length in whole notes, pitch and loudness as MIDI counts them.

    Returns:
        By name, (n,): "scale_consistency", the largest share of notes that one of the
        twelve major scales has; "repetitions", the share of pairs of pitches one after
        another that the tune has had before; "polyphony", the share of notes that begin
        together with the one before; "tone_span", half-tones from the lowest note to
        the highest.

    Reference: Mogren, "C-RNN-GAN: Continuous Recurrent Neural Networks with Adversarial
    Training", 2016, whose four these are; repetitions are counted there, and shares
    here.
    """
    found = [_one(tune) for tune in np.asarray(tunes)]
    return {name: np.array([tune[name] for tune in found]) for name in found[0]}


def _one(tune: np.ndarray) -> dict[str, float]:
    pitches = tune[:, 2].astype(int)
    scale = np.zeros(OCTAVE, bool)
    scale[list(MAJOR)] = True
    shares = [np.roll(scale, key)[pitches % OCTAVE].mean() for key in range(OCTAVE)]
    pairs = PITCHES * pitches[:-1] + pitches[1:]
    return {
        "scale_consistency": float(max(shares)),
        "repetitions": 1.0 - len(np.unique(pairs)) / len(pairs),
        "polyphony": float((np.diff(tune[:, 0]) < TOGETHER / 2).mean()),
        "tone_span": float(np.ptp(pitches)),
    }
