"""Derivations: further tensors that are computed from the pictures of any data set.

A derivation is a function of a batch of pictures, (batch, height, width, channels) in
[0, 1], and of `uniform`, which draws random numbers: `uniform(5, 5)` is (batch, 5, 5)
in [0, 1), a function of the seed, the epoch and the example. It returns the picture
that is derived, or a dict of it as "source" and of further tensors by their names. It
is found by the name that it is registered under, and `data.load` takes that name.
"""
