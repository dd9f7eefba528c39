"""Place of the channels in images and clips: last, whatever Keras is set to."""

# Given to every layer that would ask `keras.config.image_data_format()`.
CHANNELS_LAST = {"data_format": "channels_last"}
