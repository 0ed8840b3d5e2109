"""The text of PyTorch's training script. `@word` stands for a word of the recipe, `@word` alone on a line for lines."""

from __future__ import annotations

from archc.training import script

MAIN = r"""
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--weights", type=Path, help="start from these .safetensors")
    parser.add_argument("--compile", action="store_true", help="compile the model first")
    parser.add_argument("--save-every", type=int, default=1000, metavar="STEPS")
    args = parser.parse_args()
    device = torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
    if WORLD > 1:
        distributed.init_process_group()
    data, test_data = load("train"@device), load("test"@device)
    count = len(data[0])
    @steps

    torch.manual_seed(SEED)
    model = @model().to(device@layout)
    @logits
    @sync
    if args.weights:
        model.load_state_dict(safetensors.torch.load_file(args.weights))
    @shard
    @optimizer
    step, totals, history = 0, torch.zeros(2, device=device), []
    kept = checkpoints()
    if args.resume and kept:
        state = torch.load(kept[-1], map_location=device)
        if state["steps"] != steps:
            sys.exit(f"{kept[-1].name} is of other data or another batch size")
        @restore
        step, history, totals = state["step"], state["history"], state["totals"] * (RANK == 0)
    elif RANK == 0:
        for old in kept:
            old.unlink()
    if args.compile:
        model.compile()
    @net
    amp = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    @writer

    def checkpoint() -> None:
        @state
        state |= {"step": step, "steps": steps, "totals": summed(totals), "history": history}
        torch.save(state, content := io.BytesIO())
        save(f"checkpoint_{step:08}.pt", content.getvalue())
        for old in checkpoints()[:-KEPT]:
            old.unlink(missing_ok=True)  # another process may have done it

    while step < EPOCHS * steps@stop:
        epoch, first, began = step // steps, step, time.monotonic()
        # The order depends on the epoch alone: a resumed run takes the same batches.
        order = torch.from_numpy(np.random.default_rng((SEED, epoch)).permutation(count))@moved
        model.train()
        @batches
            @take
            @augment
            @random
            with torch.autocast(device.type, torch.bfloat16, enabled=amp):
                @judge
            optimizer.zero_grad()
            @share
            (loss * share).backward()
            @before
            optimizer.step()
            step += 1
            totals += torch.stack([loss.detach() * len(@first), metric])
            if step % args.save_every == 0 and step % steps:
                checkpoint()
            if step % 10 == 0 and RANK == 0 and sys.stdout.isatty():
                speed = (step - first) * BATCH / (time.monotonic() - began)
                values = {"loss": loss, "@metric": metric / len(@first)}
                show(f"step {step}/{EPOCHS * steps}", values, speed, EPOCHS * steps - step, "\r")

        loss, metric = (summed(totals) / min(steps * BATCH, count)).tolist()
        if not math.isfinite(loss):
            reason = f"the loss is {loss}; try a smaller learning rate"
            if WORLD == 1:
                sys.exit(reason)
            print(reason, file=sys.stderr, flush=True)
            save("failed.txt", reason.encode())
            sys.exit()  # torchrun would start anew what ends with an error, and come to the same
        speed = (step - first) * BATCH / (time.monotonic() - began)
        values = {"loss": loss, "@metric": metric}
        values["test_loss"], values["test_@metric"] = evaluate(model, test_data, device)
        if RANK == 0:
            show(f"epoch {epoch + 1}/{EPOCHS}", values, speed, EPOCHS * steps - step)
        @write
        history.append({"epoch": epoch + 1, **values, "@things_per_second": round(speed, 2)})
        lines = [history[0], *(row.values() for row in history)]
        save("metrics.csv", "".join(",".join(map(str, line)) + "\n" for line in lines).encode())
        if values["test_loss"] == min(row["test_loss"] for row in history):
            save_weights("best.safetensors", model)
        totals.zero_()
        checkpoint()
    @final
    save_weights("@name.safetensors", model)
    if WORLD > 1:
        distributed.destroy_process_group()
"""

HELD = r'''
def load(part: str, device: torch.device) -> list[Tensor]:
    """Return the arrays to train or to test with."""
    @paths
    return [torch.from_numpy(np.load(path)).to(device) for path in paths]


def take(data: list[Tensor], index: Tensor) -> @taken:
    """Return the examples at these places as the model takes them."""
    @turn
'''

STREAMED = r'''
def load(part: str) -> list[Tensor]:
    """Map the arrays to train or to test with into memory."""
    @paths
    return [torch.from_numpy(np.load(path, mmap_mode="c")) for path in paths]


class Rows(Dataset):
    """The examples at several places, as one item."""

    def __init__(self, data: list[Tensor]) -> None:
        self.data = data

    def __getitem__(self, index: Tensor) -> list[Tensor]:
        return [part[index] for part in self.data]


def reader(data: list[Tensor], indices: Sequence[Tensor]) -> DataLoader:
    """Return what reads the examples at these places ahead, in processes of its own."""
    pin = torch.cuda.is_available()
    return DataLoader(Rows(data), None, sampler=indices, num_workers=WORKERS, pin_memory=pin)


def take(parts: list[Tensor], device: torch.device) -> @taken:
    """Return a batch as the model takes it."""
    @turn
'''

EVALUATE = r'''
@torch.no_grad()
def evaluate(model: nn.Module, data: list[Tensor], device: torch.device) -> list[float]:
    """Return the mean loss and @metric."""
    model.eval()
    totals = torch.zeros(2, device=device)
    @tested
        @take
        @middle
        @judge
        totals += torch.stack([loss * len(@first), metric])
    return (@sum / len(data[0])).tolist()


def summed(totals: Tensor) -> Tensor:
    """Return the sum over all processes."""
    if WORLD > 1:
        totals = totals.clone()
        distributed.all_reduce(totals)
    return totals
'''

SHOW = r'''
def show(where: str, values: dict, speed: float, left: int, end: str = "\n") -> None:
    """Print measures, @things a second, and how long the steps that are left take."""
    shown = "  ".join(f"{name} {value:.4f}" for name, value in values.items())
    shown += f"  {speed:,.0f} @things/s  {left * BATCH / speed / 60:.1f} min left"
    print(f"{where}  {shown}", end=end, flush=True)
'''

KEEP = (
    script.CHECKPOINTS.replace("@suffix", "pt")
    + r'''
def save_weights(name: str, model: nn.Module) -> None:
    """Write the weights alone."""
    state = @weights
    save(name, safetensors.torch.save({key: value.contiguous() for key, value in state.items()}))


'''
    + script.SAVE.replace("@where", ", by the first process").replace("@rank\n", "    if RANK:\n        return\n")
)

RMSPROP = r'''
class RMSprop(torch.optim.Optimizer):
    """RMSprop with epsilon within the root, and the rate within the momentum, as Keras has it."""

    def __init__(self, params: Iterable[Tensor], lr: float, **settings: float) -> None:
        super().__init__(params, {"lr": lr, **settings})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in (p for p in group["params"] if p.grad is not None):
                state, grad = self.state[p], p.grad + group["weight_decay"] * p
                if not state:
                    state["square"], state["move"] = torch.zeros_like(p), torch.zeros_like(p)
                state["square"].lerp_(grad * grad, 1 - group["rho"])
                move = group["lr"] * grad * torch.rsqrt(state["square"] + group["eps"])
                p -= state["move"].mul_(group["momentum"]).add_(move)
'''
