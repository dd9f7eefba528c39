// The numbers of an axis at their places, and the widest of them to hold the room.
kgm.ticks = (root, axis, side) => {
  const widest = axis.ticks.map(([text]) => text).reduce((a, b) => (b.length > a.length ? b : a));
  root.replaceChildren(...axis.ticks.map(([text, share]) => {
    const tick = kgm.make("span", {}, text);
    tick.style.setProperty(side, `${100 * share}%`);
    return tick;
  }));
  if (side === "bottom") root.prepend(kgm.make("i", {}, widest));
  return root;
};

// A curve between two axes, with a line that can be moved along it.
// x, y: {label, low, high, ticks: [[text, share], ...]}, as the server made them.
kgm.plot = (name, values, x, y) => {
  const space = "http://www.w3.org/2000/svg";
  const drawn = (kind, attributes) => {
    const made = document.createElementNS(space, kind);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const across = (place) => (300 * (place - x.low)) / (x.high - x.low);
  const down = (value) => 100 * (1 - (value - y.low) / (y.high - y.low));
  const svg = drawn("svg", {
    viewBox: "0 0 300 100", preserveAspectRatio: "none", role: "img",
    "aria-label": `${name}, ${y.low} to ${y.high}`,
  });
  const cursor = drawn("line", { class: "mark", y1: 0, y2: 100 });
  const points = values.map((value, i) => `${across(i + 1)},${down(value)}`);
  svg.append(
    ...y.ticks.map(([, share]) =>
      drawn("line", { class: "grid", x1: 0, x2: 300, y1: 100 * (1 - share), y2: 100 * (1 - share) })),
    drawn("polyline", { class: "line", points: points.join(" ") }), cursor);
  const numbers = (axis, kind, side) =>
    kgm.ticks(kgm.make("div", { class: kind, "aria-hidden": "true" }), axis, side);
  const now = kgm.make("b", {});
  const root = kgm.make("figure", { class: "kgm-lines" },
    kgm.make("figcaption", {}, `${name}: `, now),
    kgm.make("div", { class: "kgm-plot" },
      kgm.make("span", { class: "y-label" }, y.label), numbers(y, "y-ticks", "bottom"), kgm.make("div", { class: "area" }, svg),
      numbers(x, "x-ticks", "left"), kgm.make("span", { class: "x-label" }, x.label)));
  const move = (place) => {
    const at = Math.min(place, values.length);
    cursor.setAttribute("x1", across(at));
    cursor.setAttribute("x2", across(at));
    now.textContent = values[at - 1].toFixed(3);
  };
  return { root, move };
};
