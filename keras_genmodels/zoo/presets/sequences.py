"""Tunes."""

from __future__ import annotations

PRESETS = {
    ("c_rnn_gan", "jsb_chorales"): {"epochs": 80, "batch_size": 64},
    ("mdn_rnn", "jsb_chorales"): {"epochs": 80, "batch_size": 64},
}
