"use strict";

// Lays a network out, draws it, and lets its blocks be folded. The sums are those of place.py; every text from the
// spec is set as text.

const data = JSON.parse(document.getElementById("network").textContent);
const { GAP, FORK, JOIN, BUS, BESIDE, LANE, RANK_GAP, HEADER, INSIDE, LINE_HEIGHT, CORNER, TIP, PILE } = data.sizes;
const MARGIN = 30;
const svg = document.getElementById("picture");
const world = document.getElementById("world");
const tip = document.getElementById("tip");
const SVG = "http://www.w3.org/2000/svg";

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

// Drawing

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (parent) parent.append(made);
  return made;
}

function path({ points, curved }) {
  if (curved) {
    const [[a, b], [c, d]] = points;
    const middle = (b + d) / 2;
    return `M${a} ${b}C${a} ${middle} ${c} ${middle} ${c} ${d}`;
  }
  const kept = points.filter((p, i) => {
    if (i === 0 || i === points.length - 1) return true;
    const [before, after] = [points[i - 1], points[i + 1]];
    return !(before[0] === p[0] && p[0] === after[0]) && !(before[1] === p[1] && p[1] === after[1]);
  });
  let drawn = `M${kept[0]}`;
  for (let i = 1; i < kept.length - 1; i += 1) {
    drawn += `L${towards(kept[i], kept[i - 1])}Q${kept[i]} ${towards(kept[i], kept[i + 1])}`;
  }
  return `${drawn}L${kept[kept.length - 1]}`;
}

function towards(corner, other) {
  const far = Math.abs(corner[0] - other[0]) + Math.abs(corner[1] - other[1]);
  const share = far ? Math.min(CORNER, far / 2) / far : 0;
  return [corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share];
}

function text(line, x, y, left, parent) {
  const made = element("text", { class: left ? "archc-text archc-left" : "archc-text", x, y, "xml:space": "preserve" }, parent);
  for (const [words, name] of line) element("tspan", { class: `archc-${name}` }, made).textContent = words;
}

function drawBox(placed, parent) {
  const { box, x, y, width, height, axis } = placed;
  const group = element("g", { class: "box", "data-path": box.path }, parent);
  const unfolded = isOpen(box);
  if (box.fed) {
    const [a, b] = [x + axis, y];
    element("path", { class: "archc-tip", d: `M${a - TIP / 2} ${b - TIP}L${a} ${b}L${a + TIP / 2} ${b - TIP}Z` }, group);
  }
  const name = `archc-${unfolded ? "open" : box.tone}`;
  if (box.form === "circle") {
    element("circle", { class: name, cx: x + width / 2, cy: y + height / 2, r: width / 2 }, group);
  } else {
    const rx = unfolded ? 9 : box.form === "pill" ? height / 2 : 6;
    if (box.times > 1) element("rect", { class: name, x: x + PILE, y: y + PILE, width, height, rx }, group);
    element("rect", { class: name, x, y, width, height, rx }, group);
  }
  if (unfolded) text(box.headline, x + INSIDE, y + HEADER - 9, true, group);
  else {
    const base = y + (height - LINE_HEIGHT * box.lines.length) / 2 + 12;
    box.lines.forEach((line, i) => text(line, x + width / 2, base + LINE_HEIGHT * i, false, group));
  }
  if (box.inner) foldable(group, box, placed, unfolded);
  group.addEventListener("pointerenter", () => tell(box));
  group.addEventListener("pointerleave", () => tell(null));
}

function foldable(group, box, placed, unfolded) {
  group.classList.add("foldable");
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.setAttribute("aria-expanded", String(unfolded));
  group.setAttribute("aria-label", box.title);
  group.addEventListener("click", () => {
    if (!moved) toggle(box, placed);
  });
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle(box, placed);
    const again = [...world.querySelectorAll(".foldable")].find((other) => other.dataset.path === box.path);
    if (again) again.focus();
  });
}

let scene = null;

function render() {
  scene = place();
  tell(null);
  world.replaceChildren();
  const [frames, lines, boxes] = ["g", "g", "g"].map((name) => element(name, {}, world));
  scene.boxes.forEach((placed) => drawBox(placed, isOpen(placed.box) ? frames : boxes));
  scene.lines.forEach((line) => element("path", { class: "archc-line", d: path(line) }, lines));
}

function toggle(box, placed) {
  box.open = !box.open;
  render();
  const now = scene.boxes.find((other) => other.box === box);
  // What was clicked stays under the pointer.
  view.x += (placed.x + placed.axis - now.x - now.axis) * view.scale;
  view.y += (placed.y - now.y) * view.scale;
  look();
}

function every(plan, change) {
  if (!plan) return;
  if (plan.series) plan.series.forEach((item) => every(item, change));
  else if (plan.arms) plan.arms.forEach((arm) => every(arm, change));
  else if (plan.ranks) plan.ranks.flat().forEach((cell) => every(cell, change));
  else if (plan.inner) {
    change(plan);
    every(plan.inner, change);
  }
}

function foldAll(open) {
  every(data.plan, (box) => {
    box.open = open;
  });
  render();
  fit();
}

// What is told of a box

function tell(box) {
  tip.replaceChildren();
  tip.hidden = !box || !box.told.length;
  if (tip.hidden) return;
  for (const [what, value] of box.told) {
    const [term, said] = ["dt", "dd"].map((name) => document.createElement(name));
    term.textContent = what;
    said.textContent = value;
    tip.append(term, said);
  }
}

svg.addEventListener("pointermove", (event) => {
  const right = event.clientX + 18 + tip.offsetWidth > window.innerWidth;
  tip.style.left = `${event.clientX + (right ? -tip.offsetWidth - 12 : 18)}px`;
  tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 4))}px`;
});

// Moving and zooming

const view = { x: 0, y: 0, scale: 1 };
let held = null;
let moved = false;

const look = () => world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);

function zoom(factor, x, y) {
  const scale = Math.min(4, Math.max(0.02, view.scale * factor));
  view.x = x - ((x - view.x) * scale) / view.scale;
  view.y = y - ((y - view.y) * scale) / view.scale;
  view.scale = scale;
  look();
}

function fit() {
  const { width, height } = svg.getBoundingClientRect();
  const whole = Math.min((width - 2 * MARGIN) / scene.width, (height - 2 * MARGIN) / scene.height);
  // What is too tall to be read whole is shown from its top.
  view.scale = Math.min(1.25, whole < 0.45 ? Math.min(0.8, (width - 2 * MARGIN) / scene.width) : whole);
  view.x = (width - scene.width * view.scale) / 2;
  view.y = Math.max(MARGIN, (height - scene.height * view.scale) / 2);
  if (scene.height * view.scale > height) view.y = MARGIN;
  look();
}

svg.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey) {
      const { left, top } = svg.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - left, event.clientY - top);
    } else {
      view.x -= event.deltaX || event.deltaY;
      look();
    }
  },
  { passive: false },
);
svg.addEventListener("pointerdown", (event) => {
  held = [event.clientX, event.clientY];
  moved = false;
});
window.addEventListener("pointermove", (event) => {
  if (!held) return;
  const [dx, dy] = [event.clientX - held[0], event.clientY - held[1]];
  if (!moved && Math.abs(dx) + Math.abs(dy) < 4) return;
  moved = true;
  view.x += dx;
  view.y += dy;
  held = [event.clientX, event.clientY];
  look();
});
window.addEventListener("pointerup", () => {
  held = null;
});

const middle = () => [svg.clientWidth / 2, svg.clientHeight / 2];
const actions = {
  fold: () => foldAll(false),
  unfold: () => foldAll(true),
  fit,
  closer: () => zoom(1.25, ...middle()),
  further: () => zoom(0.8, ...middle()),
};
for (const [name, action] of Object.entries(actions)) document.getElementById(name).addEventListener("click", action);
window.addEventListener("resize", look);

render();
fit();
