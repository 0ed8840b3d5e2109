"""The text of Keras's training script. `@word` stands for a word of the recipe, `@word` alone on a line for lines."""

from __future__ import annotations

from archc.training import script

MAIN = r"""
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--weights", type=Path, help="start from this .weights.h5")
    parser.add_argument("--compile", action="store_true", help="compile the steps with XLA")
    args = parser.parse_args()
    if BATCH % WORLD:
        sys.exit(f"{BATCH} examples a step cannot be shared equally by {WORLD} workers")
    keras.utils.set_random_seed(SEED)
    @policy
    model = @model(@logits)
    @last
    if args.weights:
        model.load_weights(args.weights)
    model.compile(
        optimizer=@optimizer,
        @loss
        jit_compile=WORLD == 1 and (args.compile or "auto"),
    )
    data, test_data = Batches("train"), Batches("test")
    keeper = Keeper(data, test_data)
    kept = checkpoints()
    if args.resume and kept:
        keeper.restore(model, kept[-1])
    elif RANK == 0:
        for old in kept:
            old.unlink()
    @random
    model.fit(
        data,
        shuffle=False,
        epochs=@epochs,
        initial_epoch=len(keeper.history),
        validation_data=test_data,
        callbacks=@callbacks,
        verbose=1 if sys.stdout.isatty() and RANK == 0 else 0,
    )
    @final
    save_weights("@name.weights.h5", model)
"""

OPTIMIZER = r'''
class @Name(keras.optimizers.@Name):
    """With @saidthe mean of all workers' gradients."""

    def apply(self, grads: list, trainable_variables: list | None = None) -> None:
        super().apply(mean(grads) if WORLD > 1 else grads, trainable_variables)
    @decay
'''

WORKERS = r'''
RANK, WORLD = 0, 1
if "TF_CONFIG" in os.environ:
    import tensorflow as tf

    RANK = tf.distribute.cluster_resolver.TFConfigClusterResolver().task_id
    devices = tf.config.list_physical_devices("GPU")
    if devices:  # one for each worker
        tf.config.set_visible_devices(devices[RANK % len(devices)], "GPU")
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    WORLD = strategy.num_replicas_in_sync

    @tf.function
    def mean(values: list[tf.Tensor]) -> list[tf.Tensor]:
        """Return the means over all workers."""

        def reduced() -> list[tf.Tensor]:
            context = tf.distribute.get_replica_context()
            return context.all_reduce("MEAN", [tf.identity(value) for value in values])

        return strategy.run(reduced)


SHARE = BATCH // WORLD  # examples a step for each worker
'''

BATCHES = r'''
class Batches(keras.utils.PyDataset):
    """A worker's share of the examples, in an order that depends on the epoch alone."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self.data = [np.load(HERE / "data" / f"{name}_{part}.npy", mmap_mode="r") for name in NAMES]
        self.part, self.count = part, len(self.data[0])
        self.begin(0)

    def begin(self, epoch: int) -> None:
        self.epoch, order = epoch, np.arange(self.count)
        if self.part == "train":  # those that are too few for all workers are left out
            order = np.random.default_rng((SEED, epoch)).permutation(order)
            order = order[: self.count // WORLD * WORLD]
        self.order = order[RANK::WORLD]

    def __len__(self) -> int:
        @length

    def __getitem__(self, step: int) -> tuple:
        index = self.order[step * SHARE : (step + 1) * SHARE]
        @take
'''

KEEPER = r'''
class Keeper(keras.callbacks.Callback):
    """Keeps metrics, checkpoints and the best weights."""

    def __init__(self, data: Batches, test_data: Batches) -> None:
        super().__init__()
        self.data, self.test_data, self.history = data, test_data, []

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self.data.begin(epoch)
        self.began = time.monotonic()

    @rate
    def on_test_begin(self, logs: dict | None = None) -> None:
        self.seconds = time.monotonic() - self.began
        @statistics

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        if WORLD > 1:
            share = len(self.test_data.order) * WORLD / self.test_data.count
            values = [logs[name] * (share if name[:4] == "val_" else 1) for name in logs]
            logs.update(zip(logs, mean([tf.constant(values)])[0].numpy().tolist(), strict=True))
        if not math.isfinite(logs["loss"]):
            print(f"the loss is {logs['loss']}; try a smaller learning rate", file=sys.stderr)
            sys.exit(4)  # nothing to go on from
        @row
        self.history.append({"epoch": epoch + 1, **values, "@things_per_second": speed})
        if RANK == 0:
            shown = "  ".join(f"{name} {value:.4f}" for name, value in values.items())
            left = (EPOCHS - epoch - 1) * self.seconds / 60  # minutes
            shown += f"  {speed:,.0f} @things/s  {left:.1f} min left"
            print(f"epoch {epoch + 1}/{EPOCHS}  {shown}", flush=True)
        lines = [self.history[0], *(row.values() for row in self.history)]
        save("metrics.csv", "".join(",".join(map(str, line)) + "\n" for line in lines).encode())
        if values["test_loss"] == min(row["test_loss"] for row in self.history):
            save_weights("best.weights.h5", self.model)
        self.checkpoint()
        @stop

    def checkpoint(self) -> None:
        """Write what a broken run goes on from."""
        arrays = [np.asarray(variable) for variable in state(self.model)]
        np.savez(content := io.BytesIO(), *arrays, history=json.dumps(self.history))
        save(f"checkpoint_{len(self.history):05}.npz", content.getvalue())
        for old in checkpoints()[:-KEPT]:
            old.unlink(missing_ok=True)  # another process may have done it

    def restore(self, model: keras.Model, path: Path) -> None:
        """Go on from a checkpoint."""
        with np.load(path) as saved:
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

KEEP = (
    KEEPER
    + script.CHECKPOINTS.strip("\n").replace("@suffix", "npz")
    + "\n\n\n"
    + script.SAVE.replace("@where", ", by the first worker").replace("@rank\n", "    if RANK:\n        return\n")
)
