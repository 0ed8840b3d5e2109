// Draws a network where layout.js puts it, and lets its blocks be folded. Every text from the spec is set as text.

const data = JSON.parse(document.getElementById("network").textContent);
const { GAP, FORK, JOIN, BUS, BESIDE, LANE, RANK_GAP, HEADER, INSIDE, LINE_HEIGHT, CORNER, TIP, PILE } = data.sizes;
const MARGIN = 30;
const svg = document.getElementById("picture");
const world = document.getElementById("world");
const tip = document.getElementById("tip");
const SVG = "http://www.w3.org/2000/svg";

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
  // An open block is told of, and folded, by its head: the room around what is in it is for moving the picture.
  const held = unfolded ? element("rect", { class: "head", x, y, width, height: HEADER }, group) : group;
  if (box.inner) foldable(group, held, box, placed, unfolded);
  held.addEventListener("pointerenter", () => tell(box));
  held.addEventListener("pointerleave", () => tell(null));
}

function foldable(group, held, box, placed, unfolded) {
  group.classList.add("foldable");
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.setAttribute("aria-expanded", String(unfolded));
  group.setAttribute("aria-label", box.title);
  held.addEventListener("click", () => {
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
