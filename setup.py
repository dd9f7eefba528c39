"""The name of the package, its dependencies and what it installs."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
# Read, not imported: a build environment has none of the dependencies.
VERSION = re.search(
    r'^__version__ = "([^"]+)"$',
    (ROOT / "keras_genmodels" / "__init__.py").read_text(encoding="utf-8"),
    re.MULTILINE,
).group(1)

# What the demo shows where there is no other model: at most 12 MB together.
BUNDLED = ("acgan_mnist", "vae_2d_mnist", "video_vae_chairs")

setup(
    name="keras_genmodels",
    version=VERSION,
    description="The classical generative models as ordinary Keras 3 models",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="The keras_genmodels authors",
    license="Apache-2.0",
    license_files=["LICENSE"],
    keywords="keras tensorflow generative vae autoencoder",
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
    python_requires=">=3.11,<3.14",
    packages=[
        *find_packages(include=["keras_genmodels", "keras_genmodels.*"]),
        "keras_genmodels.saved_models",
        "keras_genmodels_demo",
        "keras_genmodels_demo.tabs",
    ],
    # The folder `demo` has a longer name as a package, which no other package has. Of
    # the saved models a wheel gets copies.
    package_dir={
        "keras_genmodels.saved_models": "saved_models",
        "keras_genmodels_demo": "demo",
    },
    package_data={
        "keras_genmodels_demo": ["README.md", "requirements.txt", "static/*"],
        "keras_genmodels": ["py.typed"],
        "keras_genmodels.evaluation.classifiers": ["*.json", "*.keras"],
        "keras_genmodels.export": ["*.json"],
        "keras_genmodels.training": ["*.html"],
        "keras_genmodels.saved_models": [f"{name}/**/*" for name in BUNDLED],
    },
    install_requires=[
        # These four move together: TFP 0.25 is its last release, and it asks for
        # tf_keras when it is imported. Nothing else here may use tf_keras.
        "tensorflow>=2.21,<2.22",
        "keras>=3.15,<3.16",
        "tensorflow-probability==0.25.*",
        "tf_keras>=2.21,<2.22",
        # tf.summary writes through it, and TensorFlow no longer brings it.
        "tensorboard>=2.20,<2.22",
        "tensorflow-datasets>=4.9.9",
        # Signatures of a SavedModel are read through it; TensorFlow brings it.
        "protobuf>=6.31",
        # tensorflow-datasets imports it and does not say so.
        "importlib_resources",
        # Published showers are HDF5 files; Keras brings it.
        "h5py>=3.8",
        "numpy>=1.26",
        "pillow>=10.1",
        "scikit-learn>=1.4",
        "scipy>=1.11",
    ],
    extras_require={
        # What the benchmarks compare with; torchvision because torch-fidelity asks.
        "benchmark": [
            "torch==2.13.*",
            "torchvision==0.28.*",
            "torch-fidelity==0.4.*",
        ],
        # Tunes can be kept as MIDI files.
        "demo": ["gradio>=6.31,<7", "mido>=1.3"],
        "docs": ["pdoc>=15"],
        # MIDI files.
        "music": ["mido>=1.3"],
        # Models on the Hugging Face Hub; Gradio brings it as well.
        "hub": ["huggingface_hub>=1.16,<3"],
        "serve": [
            "grpcio>=1.70",
            "requests>=2.32",
            "urllib3>=2",
            "tensorflow-serving-api==2.21.*",
        ],
        # BLEU of translated sentences.
        "text": ["sacrebleu>=2.4"],
        # Meshes and `.binvox` files as volumes.
        "volumes": ["trimesh>=4.5"],
        "test": [
            # The extras `volumes`, `music` and `text`.
            "trimesh>=4.5",
            "mido>=1.3",
            "sacrebleu>=2.4",
            "pytest>=8.3",
            "pytest-xdist>=3.8",
            # Pinned: another release may format the tree in another way.
            "ruff==0.17.6",
            "jsonschema>=4.18",
            # The extra `demo`, and a browser's driver; without a browser tests skip.
            "gradio>=6.31,<7",
            "playwright>=1.50",
            # The extra `serve`, for the other end of its clients.
            "grpcio>=1.70",
            "requests>=2.32",
            "urllib3>=2",
            "tensorflow-serving-api==2.21.*",
            "imageio-ffmpeg>=0.5",
            # The extra `hub`.
            "huggingface_hub>=1.16,<3",
        ],
        # It carries an FFmpeg, which reads films such as MP4 and AVI.
        "video": ["imageio-ffmpeg>=0.5"],
    },
    entry_points={"console_scripts": ["keras-genmodels = keras_genmodels.cli:main"]},
)
