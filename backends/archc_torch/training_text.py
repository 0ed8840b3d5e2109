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
    device = find_device()
    if WORLD > 1:
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    data, test_data = load("train", device), load("test", device)
    count = len(data[0])
    @steps

    torch.manual_seed(SEED)
    model = @model().to(device@layout)
    @logits
    @sync
    if args.weights:
        model.load_state_dict(load_file(args.weights))
    @shard
    @optimizer
    step, totals, history = 0, torch.zeros(2, device=device), []
    saved = sorted(HERE.glob("checkpoints/step_*.pt"))
    if args.resume and saved:
        state = torch.load(saved[-1], map_location=device)
        if state["steps"] != steps:
            sys.exit(f"{saved[-1].name} is of other data or another batch size")
        @restore
        step, history = state["step"], state["history"]
        totals = state["totals"] * (RANK == 0)
    elif RANK == 0:
        for old in saved:
            old.unlink()
    if args.compile:
        model.compile()
    @net
    amp = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    @writer

    def checkpoint() -> None:
        @state
        state |= {"step": step, "steps": steps, "totals": together(totals), "history": history}
        content = io.BytesIO()
        torch.save(state, content)
        save(f"checkpoints/step_{step:09}.pt", content.getvalue())
        for old in sorted(HERE.glob("checkpoints/step_*.pt"))[:-KEPT] if RANK == 0 else ():
            old.unlink()

    while step < EPOCHS * steps@stop:
        epoch, first, began, shown = step // steps, step, time.monotonic(), time.monotonic()
        # The order depends on the epoch alone: a resumed run takes the same batches.
        order = np.random.default_rng((SEED, epoch)).permutation(count)
        chosen = [order[at : at + BATCH] for at in range(0, steps * BATCH, BATCH)][step % steps :]
        shares = batches(data, [batch[RANK::WORLD] for batch in chosen], device)
        model.train()
        for batch, parts in zip(chosen, shares, strict=True):
            @random
            @turn
            with torch.autocast(device.type, torch.bfloat16, enabled=amp):
                @judge
            optimizer.zero_grad()
            share = len(@first) * WORLD / len(batch)  # of gradients, the processes' mean is taken
            (loss * share).backward()
            @before
            optimizer.step()
            step += 1
            totals += torch.stack([loss.detach() * len(@first), metric])
            if step % args.save_every == 0 and step % steps:
                checkpoint()
            if (now := time.monotonic()) > shown + 1 and sys.stdout.isatty():
                speed, shown = (step - first) / (now - began), now
                loss, metric = (totals * WORLD / (BATCH * (step - epoch * steps))).tolist()
                show(step, steps, {"loss": loss, "@metric": metric}, speed, end="")

        speed = (step - first) / (time.monotonic() - began)
        loss, metric = (together(totals) / min(steps * BATCH, count)).tolist()
        if not math.isfinite(loss):
            sys.exit(f"the loss is {loss}; try a smaller learning rate")
        test_loss, test_metric = evaluate(model, test_data, device)
        values = {"loss": loss, "@metric": metric}
        values |= {"test_loss": test_loss, "test_@metric": test_metric}
        show(step, steps, values, speed)
        @write
        history.append({"epoch": epoch + 1, **values, "@things_per_second": round(speed * BATCH)})
        save_history(history)
        if test_loss == min(row["test_loss"] for row in history):
            save_weights("best", model)
        totals.zero_()
        checkpoint()
    @final
    save_weights("@name", model)
    if WORLD > 1:
        distributed.destroy_process_group()
"""

DEVICE = r'''
def find_device() -> torch.device:
    """Return this process's device: a GPU where there is one."""
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
'''

HELD = r'''
def batches(data: list[Tensor], indices: list[np.ndarray], device: torch.device) -> Iterator:
    """Yield the examples at these places; all of the data are on the device."""
    for index in indices:
        at = torch.from_numpy(index).to(device)
        yield [part[at] for part in data]
'''

STREAMED = r'''
class Rows(Dataset):
    """The examples at several places, as one item."""

    def __init__(self, data: list[Tensor]) -> None:
        self.data = data

    def __getitem__(self, index: np.ndarray) -> list[Tensor]:
        return [part[index] for part in self.data]


def batches(data: list[Tensor], indices: list[np.ndarray], device: torch.device) -> Iterator:
    """Yield the examples at these places, read ahead by other processes."""
    pin = device.type == "cuda"
    loader = DataLoader(Rows(data), None, sampler=indices, num_workers=WORKERS, pin_memory=pin)
    for parts in loader:
        yield [part.to(device, non_blocking=True) for part in parts]
'''

EVALUATE = r'''
@torch.no_grad()
def evaluate(model: nn.Module, data: list[Tensor], device: torch.device) -> list[float]:
    """Return the mean loss and @metric."""
    model.eval()
    totals = torch.zeros(2, device=device)
    indices = np.split(np.arange(len(data[0])), range(BATCH, len(data[0]), BATCH))
    for parts in batches(data, indices@part, device):
        @turn
        @judge
        totals += torch.stack([loss * len(@first), metric])
    return (@sum / len(data[0])).tolist()


def together(totals: Tensor) -> Tensor:
    """Return the sum over all processes."""
    totals = totals.clone()
    if WORLD > 1:
        distributed.all_reduce(totals)
    return totals
'''

SHOW = r'''
def show(step: int, steps: int, values: dict[str, float], speed: float, end: str = "\n") -> None:
    """Print a line; on a terminal, over the one before. `speed` is in steps a second."""
    if RANK == 0:
        left = int((EPOCHS * steps - step) / speed)
        parts = [f"epoch {-(-step // steps)}/{EPOCHS}"]
        parts += [f"{name} {value:.4f}" for name, value in values.items()]
        parts += [f"{speed * BATCH:,.0f} @things/s", f"{left // 60}:{left % 60:02} left"]
        text = "  ".join(parts)
        print(f"\r{text}\033[K" if sys.stdout.isatty() else text, end=end, flush=True)
'''

KEEP = (
    r'''
def save_weights(name: str, model: nn.Module) -> None:
    """Write the weights alone."""
    state = @weights
    weights = {key: value.contiguous() for key, value in state.items()}
    save(f"{name}.safetensors", safetensors(weights))


'''
    + script.HISTORY
    + script.SAVE.replace("@rank\n", "    if RANK:\n        return\n")
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
