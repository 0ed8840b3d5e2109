"""The data sets that have names: found where the system keeps them, or fetched once and checked.

Fashion-MNIST: Xiao, Rasul and Vollgraf, 2017. MNIST: LeCun, Cortes and Burges. CIFAR-10: Krizhevsky, 2009. Digits:
Alpaydin and Kaynak, 1998, as scikit-learn has them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archc.backend import MissingFramework
from archc.data import CLASS_NAMES, lesson
from archc.datasets import Dataset, Split, Wanted, held_out
from archc.datasets.binary import cifar, idx
from archc.problems import unusable

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = "ARCHC_DATA"
"""The environment's variable that says where data lie: files there are used, and fetched ones are kept there."""

SYSTEM = "/usr/share/datasets"

FASHION = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
CIFAR = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DIGITS = tuple("0123456789")

IDX_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
CIFAR_FILE = "cifar-10-binary.tar.gz"

# MD5 as published with the files; pooch refuses what does not match.
SOURCES = {
    "fashion_mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        {
            "train-images-idx3-ubyte.gz": "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "md5:25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "md5:bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "md5:bb300cfdad3c16e7a12a480ee83cd310",
        },
    ),
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        {
            "train-images-idx3-ubyte.gz": "md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz": "md5:d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz": "md5:9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz": "md5:ec29112dd5afa0611ce80d1b7f02629c",
        },
    ),
    "cifar10": (
        "https://www.cs.toronto.edu/~kriz/",
        {CIFAR_FILE: "md5:c32a1d4ab5d03f1284b67883e8d87530"},
    ),
}


def file(dataset: str, name: str, wanted: Wanted) -> str:
    """Return the path of one of a data set's files: where it lies, packed or not, or where it is then kept.

    Raises MissingFramework without pooch, and OSError where it cannot be fetched.
    """
    own = os.environ.get(FOLDER)
    for root in (*([own] if own else []), SYSTEM):
        for known in (dataset, dataset.replace("_", "-"), dataset.replace("_", "")):
            for suffix in ("", ".gz"):
                path = os.path.join(root, known, name + suffix)
                if os.path.isfile(path):
                    return path
    return _fetch(dataset, name if name.endswith(".gz") else f"{name}.gz", own, wanted)


def _fetch(dataset: str, name: str, own: str | None, wanted: Wanted) -> str:
    try:
        import pooch
    except ImportError as error:
        raise MissingFramework(f"to fetch `{dataset}`, pooch is needed: `pip install 'archc[data]'`") from error
    url, hashes = SOURCES[dataset]
    kept = os.path.join(own or str(pooch.os_cache("archc")), dataset)
    if not os.path.isfile(os.path.join(kept, name)):
        wanted.tell(f"fetching {url}{name} into {kept}")
    pooch.get_logger().setLevel("ERROR")
    try:
        return str(pooch.retrieve(url + name, hashes[name], fname=name, path=kept))
    except ValueError as error:  # pooch's word for a checksum that is not the published one
        raise unusable(
            "E0711", f"{url}{name} is not the file that was published: its checksum differs", name
        ) from error
    except OSError as error:
        kind = type(error).__name__
        help = f"put {name} into a folder {dataset} and name what is around it in {FOLDER}"
        raise OSError(error.errno or 0, f"could not be fetched ({kind}); {help}", url + name) from error


def _from_idx(dataset: str, classes: tuple[str, ...]) -> Callable[[Wanted], Dataset]:
    def read(wanted: Wanted) -> Dataset:
        splits = {}
        for split, (images, labels) in IDX_FILES.items():
            x, y = idx(file(dataset, images, wanted), 3), idx(file(dataset, labels, wanted), 1)
            if len(x) != len(y):
                raise unusable("E0711", f"{images} has {len(x):,} images, and {labels} {len(y):,} labels", dataset)
            splits[split] = Split({"x": x[..., None]}, {"y": y.astype("int64")})
        return Dataset(dataset, splits["train"], splits["test"], classes)

    return read


def _cifar10(wanted: Wanted) -> Dataset:
    parts = cifar(file("cifar10", CIFAR_FILE, wanted))
    train, test = (Split({"x": x}, {"y": y}) for x, y in parts)
    return Dataset("cifar10", train, test, CIFAR)


def _digits(wanted: Wanted) -> Dataset:
    del wanted
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingFramework("`digits` are scikit-learn's: `pip install 'archc[data]'`") from error
    found: Any = load_digits()
    images: NDArray[Any] = (found.images[..., None] / 16).astype("float32")
    return held_out("digits", {"x": images}, {"y": found.target.astype("int64")}, DIGITS)


def _lesson(wanted: Wanted) -> Dataset:
    del wanted
    found = lesson()
    train = Split({"x": found.x_train[..., None]}, {"y": found.y_train})
    test = Split({"x": found.x_test[..., None]}, {"y": found.y_test})
    return Dataset("lesson", train, test, CLASS_NAMES)


KNOWN: dict[str, Callable[[Wanted], Dataset]] = {
    "lesson": _lesson,
    "fashion_mnist": _from_idx("fashion_mnist", FASHION),
    "mnist": _from_idx("mnist", DIGITS),
    "cifar10": _cifar10,
    "digits": _digits,
}
"""Every data set that has a name."""
