"use strict";

// Where everything stands: the sums of place.py again, for blocks that a reader folds.

// Sizes

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const isOpen = (box) => Boolean(box.inner && box.open);

function size(plan, known) {
  if (plan === null) return { width: LANE, height: 0, axis: LANE / 2 };
  if (!known.has(plan)) known.set(plan, measured(plan, known));
  return known.get(plan);
}

function measured(plan, known) {
  if (plan.series) return stacked(plan, known);
  if (plan.arms) return abreast(plan, known);
  if (plan.ranks) return gridded(plan, known);
  if (!isOpen(plan)) return { width: plan.width, height: plan.height, axis: plan.width / 2 };
  const inner = size(plan.inner, known);
  const width = Math.max(inner.width + 2 * INSIDE, plan.head + 2 * INSIDE);
  const height = inner.height + HEADER + 2 * INSIDE;
  return { width, height, axis: inner.axis + (width - inner.width) / 2 };
}

function stacked(plan, known) {
  const sizes = plan.series.map((item) => size(item, known));
  const left = Math.max(...sizes.map((s) => s.axis));
  const right = Math.max(...sizes.map((s) => s.width - s.axis));
  return { width: left + right, height: sum(sizes.map((s) => s.height)) + sum(gaps(plan)), axis: left };
}

function starts(sizes) {
  let start = 0;
  return sizes.map((s) => {
    const here = start;
    start += s.width + BESIDE;
    return here;
  });
}

function abreast(plan, known) {
  const sizes = plan.arms.map((arm) => size(arm, known));
  const from = starts(sizes);
  const axes = sizes.map((s, i) => from[i] + s.axis);
  const boxed = axes.filter((_, i) => plan.arms[i] !== null);
  const kept = boxed.length ? boxed : axes;
  const height = Math.max(...sizes.map((s) => s.height)) + FORK * plan.forked + JOIN * plan.joined;
  const last = sizes.length - 1;
  return { width: from[last] + sizes[last].width, height, axis: (kept[0] + kept[kept.length - 1]) / 2 };
}

function pitch(plan, known) {
  const sizes = plan.ranks.flat().filter(Boolean).map((cell) => size(cell, known));
  return Math.max(...sizes.map((s) => 2 * Math.max(s.axis, s.width - s.axis))) + BESIDE;
}

const heights = (plan, known) => plan.ranks.map((rank) => Math.max(...rank.map((cell) => size(cell, known).height)));
const firstColumn = (plan) => Math.min(...plan.columns.flat());

function gridded(plan, known) {
  const wide = pitch(plan, known);
  const first = firstColumn(plan);
  const last = Math.max(...plan.columns.flat());
  const height = sum(heights(plan, known)) + RANK_GAP * (plan.ranks.length - 1);
  return { width: (last - first + 1) * wide, height, axis: (plan.columns[0][0] - first + 0.5) * wide };
}

const roomy = (plan, what) => Boolean(plan.ranks || (plan.arms && plan[what]));
const gaps = (plan) =>
  plan.series.slice(1).map((below, i) => (roomy(plan.series[i], "joined") || roomy(below, "forked") ? 0 : GAP));

// Places

function place() {
  const scene = { known: new Map(), boxes: [], lines: [] };
  const whole = size(data.plan, scene.known);
  put(data.plan, 0, 0, scene);
  return { width: whole.width, height: whole.height, boxes: scene.boxes, lines: scene.lines };
}

function put(plan, x, y, scene) {
  if (plan.series) putSeries(plan, x, y, scene);
  else if (plan.arms) putArms(plan, x, y, scene);
  else if (plan.ranks) putGrid(plan, x, y, scene);
  else putBox(plan, x, y, scene);
}

function putBox(box, x, y, scene) {
  const own = size(box, scene.known);
  scene.boxes.push({ box, x, y, width: own.width, height: own.height, axis: own.axis });
  if (!isOpen(box)) return;
  const inner = size(box.inner, scene.known);
  const axis = x + own.axis;
  const top = y + HEADER + INSIDE;
  put(box.inner, axis - inner.axis, top, scene);
  if (box.bare) {
    const beside = x + INSIDE + box.headExact + INSIDE / 2 < axis;
    scene.lines.push({ points: [[axis, beside ? y : y + HEADER], [axis, top]] });
  }
  scene.lines.push({ points: [[axis, top + inner.height], [axis, y + own.height]] });
}

function putSeries(plan, x, y, scene) {
  const axis = x + size(plan, scene.known).axis;
  const between = [...gaps(plan), 0];
  plan.series.forEach((item, i) => {
    const own = size(item, scene.known);
    put(item, axis - own.axis, y, scene);
    y += own.height + between[i];
    if (between[i]) scene.lines.push({ points: [[axis, y - between[i]], [axis, y]] });
  });
}

function putArms(plan, x, y, scene) {
  const whole = size(plan, scene.known);
  const sizes = plan.arms.map((arm) => size(arm, scene.known));
  const axis = x + whole.axis;
  const bottom = y + whole.height;
  const top = y + FORK * plan.forked;
  const from = starts(sizes);
  plan.arms.forEach((arm, i) => {
    const at = x + from[i] + sizes[i].axis;
    if (arm) put(arm, x + from[i], top, scene);
    const turn = bottom - JOIN + BUS;
    const upper = plan.forked ? [[axis, y], [axis, y + BUS], [at, y + BUS], [at, top]] : [];
    const lower = plan.joined ? [[at, top + sizes[i].height], [at, turn], [axis, turn], [axis, bottom]] : [];
    const lines = arm ? [upper, lower].filter((points) => points.length) : [[...upper, ...lower]];
    lines.forEach((points) => scene.lines.push({ points }));
  });
}

function putGrid(plan, x, y, scene) {
  const wide = pitch(plan, scene.known);
  const high = heights(plan, scene.known);
  const first = firstColumn(plan);
  const tops = high.map((_, row) => y + sum(high.slice(0, row)) + RANK_GAP * row);
  const spots = plan.ranks.map((rank, row) =>
    rank.map((cell, i) => {
      const at = x + (plan.columns[row][i] - first + 0.5) * wide;
      const own = size(cell, scene.known);
      if (cell) put(cell, at - own.axis, tops[row], scene);
      else if (high[row]) scene.lines.push({ points: [[at, tops[row]], [at, tops[row] + high[row]]] });
      return { at, top: tops[row], bottom: tops[row] + (cell ? own.height : high[row]) };
    }),
  );
  for (const [[row, i], [below, j]] of plan.lines) {
    const edge = tops[row] + high[row];
    const [a, b] = [spots[row][i], spots[below][j]];
    if (a.bottom < edge) scene.lines.push({ points: [[a.at, a.bottom], [a.at, edge]] });
    scene.lines.push({ points: [[a.at, edge], [b.at, b.top]], curved: a.at !== b.at });
  }
}
