"""Videos on demand: what `sample` does for a model that draws frame by frame."""

from __future__ import annotations

import tensorflow as tf

from keras_genmodels.models.network_inputs import clipped_mean
from keras_genmodels.models.sequences import SequenceModel
from keras_genmodels.seeds import seed_pair

_fold_in = tf.random.experimental.stateless_fold_in


class DirectedVideo(SequenceModel):
    """A model of clips that is told, frame by frame, what to show.

    Attributes are given, inferred from a first frame, or drawn.
    """

    def infer_attributes(self, first_frame) -> dict[str, tf.Tensor]:
        """What a frame says of the attributes: name to (batch, classes) probabilities.

        Args:
            first_frame: (batch, height, width, channels) in [0, 1].

        Raises:
            ValueError: if the model has no attribute head.
        """
        if not self.reads_attributes:
            raise ValueError(
                "Attributes are inferred by an encoder with the output 'attributes'. "
                f"Received: {sorted(self.encoder.output)}."
            )
        frame = tf.convert_to_tensor(first_frame, tf.float32)
        logits = self.look(frame[:, None])["attributes"][:, 0]
        return {
            a.name: tf.nn.softmax(logits[:, a.start : a.stop])
            for a in self.spec.attributes
        }

    def sample(
        self, n=None, condition=None, num_frames=None, first_frame=None, seed=0
    ) -> tf.Tensor:
        """Clips that show what is asked for.

        An attribute whose columns are all 0 is not given: it is inferred from the first
        frame if there is one, or else drawn, each class as likely as the others. Where
        the condition changes from one frame to the next, the clip goes on as one of the
        new condition: content and memory begin anew, from the same noise.

        Args:
            n: how many clips; may be left out where another argument has a row a clip.
            condition: (n, condition_size), (n, time, condition_size) to change in
                mid-clip, or one row for all. Default: no attribute is given.
            num_frames: of every clip, >= 1. Default: as many as the condition has, or
                else as the clips of the dataset.
            first_frame: (n, height, width, channels) in [0, 1], to begin with: frame 0
                is its reconstruction. Default: the first frame is drawn, too. A class
                that is asked for and that the frame gives less than half of an even
                chance begins with frame 1.
            seed: an int or two ints; the same seed gives the same clips.

        Returns:
            float32 in [0, 1], (n, num_frames, height, width, channels).

        Raises:
            ValueError: if the condition has a time axis of another length.
        """
        if first_frame is not None:
            first_frame = tf.convert_to_tensor(first_frame, tf.float32)
            n = tf.shape(first_frame)[0] if n is None else n
        width = self.spec.condition_size
        if condition is None:
            condition = tf.zeros((1 if n is None else n, width))
        condition = tf.convert_to_tensor(condition, tf.float32)
        n = tf.shape(condition)[0] if n is None else n
        if num_frames is None:
            own = condition.shape[1] if condition.shape.rank == 3 else None
            num_frames = own or self.spec.x_shape[0]
        condition = self.over_time(condition, num_frames)
        condition = tf.broadcast_to(condition, (n, num_frames, width))
        return self._clips(condition, first_frame, seed_pair(seed))

    def continue_from(
        self, first_frame, condition=None, num_frames=None, seed=0
    ) -> tf.Tensor:
        """`sample` that begins with given frames; see there."""
        return self.sample(None, condition, num_frames, first_frame, seed)

    @tf.function(reduce_retracing=True)
    def _clips(self, condition, first_frame, seed):
        seeds, begun = tf.random.split(seed, 3), None
        seen = None if first_frame is None else self.look(first_frame[:, None])
        condition = self._completed(condition, seen, seeds[0])
        if not self.uses_condition:  # then nothing changes with it
            condition = tf.zeros_like(condition)
        if seen is not None:
            own = self._allowed(condition[:, :1], seen)
            begun = self.parted(self.inferred(seen["features"], own).mean())
            condition = tf.concat([own, condition[:, 1:]], axis=1)
        condition = tf.transpose(condition, (1, 0, 2))  # (time, n, size)
        elements = (condition, *self._latents(condition, begun, seeds[1:]))

        def frame(elements):
            now, content, z = (x[:, None] for x in elements)
            return clipped_mean(self.depict(content, z, now))[:, 0]

        x = tf.map_fn(frame, elements, fn_output_signature=tf.float32)
        x = tf.ensure_shape(x, (None, None, *self.spec.x_shape[1:]))
        return tf.transpose(x, (1, 0, 2, 3, 4))  # (n, time, height, width, channels)

    def _allowed(self, condition, seen):
        """What is asked for, (n, 1, size), or what frame 0 shows where it differs."""
        if not self.reads_attributes:
            return condition
        parts = []
        for a in self.spec.attributes:
            asked, size = condition[..., a.start : a.stop], a.stop - a.start
            p = tf.nn.softmax(seen["attributes"][..., a.start : a.stop])
            differs = tf.reduce_sum(p * asked, -1, keepdims=True) < 0.5 / size
            there = tf.one_hot(tf.argmax(p, axis=-1), size)
            parts.append(tf.where(differs, there, asked))
        return tf.concat(parts, axis=-1) if parts else condition

    def _completed(self, condition, seen, seed):
        """The condition with what is not given inferred, or drawn."""
        parts, rows = [], tf.shape(condition)[0]
        for index, a in enumerate(self.spec.attributes):
            given = condition[..., a.start : a.stop]  # (n, time, classes)
            size = a.stop - a.start
            if seen is not None and self.reads_attributes:
                guess = tf.argmax(seen["attributes"][:, 0, a.start : a.stop], axis=-1)
            else:
                guess = tf.random.stateless_uniform(
                    (rows,), _fold_in(seed, index), maxval=size, dtype=tf.int32
                )
            missing = tf.reduce_sum(given, axis=-1, keepdims=True) == 0
            parts.append(tf.where(missing, tf.one_hot(guess, size)[:, None], given))
        return tf.concat(parts, axis=-1) if parts else condition

    def _latents(self, condition, begun, seeds):
        """The content and the latent of every frame, (time, n, latent_dim) each.

        Args:
            condition: of every frame, (time, n, condition_size).
            begun: content and latent of frame 0, (n, 1, latent_dim), if it is given.
            seeds: of the content, of the frames.
        """
        prior, rows = self.latent_prior, tf.shape(condition)[1]
        start = prior.start(rows)

        def step(carried, element):
            state, content, _, before = carried
            now, first = {"condition": element["now"]}, element["index"] == 0
            changed = tf.reduce_any(element["now"] != before, axis=-1, keepdims=True)
            changed |= first
            if self.has_content:
                fresh = prior.foresee(start, now).sample(seed=seeds[0])
                fresh = (
                    fresh if begun is None else tf.where(first, begun[0][:, 0], fresh)
                )
                content = tf.where(changed, fresh, content)
                anew = prior.remember(start, content, now)
            else:
                anew = start
            state = {k: tf.where(changed, anew[k], v) for k, v in state.items()}
            seed = _fold_in(seeds[1], element["index"])
            z = prior.foresee(state, now).sample(seed=seed)
            z = z if begun is None else tf.where(first, begun[1][:, 0], z)
            return prior.remember(state, z, now), content, z, element["now"]

        nothing = tf.zeros((rows, self.latent_dim))
        elements = {"index": tf.range(tf.shape(condition)[0]), "now": condition}
        carried = (start, nothing, nothing, tf.zeros_like(condition[0]))
        _, content, z, _ = tf.scan(step, elements, carried)
        return content, z
