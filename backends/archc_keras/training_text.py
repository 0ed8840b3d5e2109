"""The text of Keras's training script. `@word` stands for a word of the recipe, `@word` alone on a line for lines."""

from __future__ import annotations

from archc.training import script

MAIN = r"""
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    parser.add_argument("--weights", type=Path, help="start from this .weights.h5")
    parser.add_argument("--compile", action="store_true", help="compile the steps with XLA")
    args = parser.parse_args()
    keras.utils.set_random_seed(SEED)
    @policy
    model = @model(@logits)
    @last
    if args.weights:
        model.load_weights(args.weights)
    model.compile(
        optimizer=@optimizer,
        @loss
        jit_compile=args.compile or "auto",
    )
    data = Batches("train")
    keeper = Keeper(data)
    if args.resume and CHECKPOINT.exists():
        keeper.restore(model)
    else:
        CHECKPOINT.unlink(missing_ok=True)
    model.fit(
        data,
        shuffle=False,
        epochs=@epochs,
        initial_epoch=len(keeper.history),
        validation_data=Batches("test"),
        callbacks=@callbacks,
        verbose=1 if sys.stdout.isatty() else 0,
    )
    @final
    save_weights("@name.weights.h5", model)
"""

BATCHES = r'''
class Batches(keras.utils.PyDataset):
    """The examples to train or to test with, in an order that depends on the epoch alone."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.data = [np.load(HERE / "data" / f"{name}_{part}.npy", mmap_mode="r") for name in NAMES]
        self.part = part
        self.begin(0)

    def begin(self, epoch: int) -> None:
        self.epoch, self.order = epoch, np.arange(len(self.data[0]))
        if self.part == "train":
            self.order = np.random.default_rng((SEED, epoch)).permutation(self.order)

    def __len__(self) -> int:
        @length

    def __getitem__(self, step: int) -> tuple:
        index = self.order[step * BATCH : (step + 1) * BATCH]
        @take
'''

KEEPER = r'''
class Keeper(keras.callbacks.Callback):
    """Keeps metrics, checkpoints and the best weights."""

    def __init__(self, data: Batches) -> None:
        super().__init__()
        self.data, self.history = data, []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.data.begin(epoch)
        self.began = time.monotonic()

    @rate
    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        seconds = time.monotonic() - self.began
        if not math.isfinite(logs["loss"]):
            sys.exit(f"the loss is {logs['loss']}; try a smaller learning rate")
        @row
        self.history.append({"epoch": epoch + 1, **values, "@things_per_second": speed})
        @show
        lines = [self.history[0], *(row.values() for row in self.history)]
        save("metrics.csv", "".join(",".join(map(str, line)) + "\n" for line in lines).encode())
        if values["test_loss"] == min(row["test_loss"] for row in self.history):
            save_weights("best.weights.h5", self.model)
        self.checkpoint()
        @stop

    def checkpoint(self) -> None:
        """Write what a broken run goes on from."""
        content = io.BytesIO()
        arrays = [np.asarray(variable) for variable in state(self.model)]
        np.savez(content, *arrays, history=json.dumps(self.history))
        save(CHECKPOINT.name, content.getvalue())

    def restore(self, model: keras.Model) -> None:
        """Go on from the checkpoint."""
        with np.load(CHECKPOINT) as saved:
            self.history = json.loads(str(saved["history"]))
            for number, variable in enumerate(state(model)):
                variable.assign(saved[f"arr_{number}"])


def state(model: keras.Model) -> list[keras.Variable]:
    """Return all that a run goes on from: weights, the optimizer's variables@seeds."""
    model.optimizer.build(model.trainable_variables)
    @state


def save_weights(name: str, model: keras.Model) -> None:
    """Write the weights alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "beside.weights.h5")
        model.save_weights(path)
        save(name, path.read_bytes())


'''

KEEP = KEEPER + script.SAVE.replace("@where", "").replace("@rank\n", "")
