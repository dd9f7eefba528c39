// The plane of a two-dimensional latent: pictures under it, examples on it, a point in it.
// value: "x,y"; chart: {sheet, tiles, height, width, extent, points, classes}
kgm.map = (element, props, trigger, watch) => {
  const SIZE = 720;
  const COLOURS = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f",
    "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#bab0ac"];
  const root = element.querySelector(".kgm-map");
  const plane = kgm.make("canvas", {
    width: SIZE, height: SIZE, tabindex: 0, role: "application",
    "aria-label": "The latent plane. Arrow keys move the point, Enter decodes it.",
  });
  const glance = kgm.make("canvas", { role: "img", "aria-label": "The picture at the pointer" });
  const where = kgm.make("output", {});
  const dots = kgm.make("input", { type: "checkbox", checked: true, onchange: () => draw() });
  const tiles = kgm.make("input", { type: "checkbox", checked: true, onchange: () => draw() });
  const legend = kgm.make("div", { class: "legend", role: "group", "aria-label": "Classes" });
  const across = kgm.make("div", { class: "x-ticks", "aria-hidden": "true" });
  const up = kgm.make("div", { class: "y-ticks", "aria-hidden": "true" });
  root.append(
    kgm.make("div", { class: "plane kgm-plot" },
      kgm.make("span", { class: "y-label" }, "second latent"), up,
      kgm.make("div", { class: "area" }, plane), across,
      kgm.make("span", { class: "x-label" }, "first latent")),
    kgm.make("div", { class: "side" }, glance, where,
      kgm.make("label", {}, tiles, "pictures"), kgm.make("label", {}, dots, "examples"), legend));

  const sheet = new Image();
  const hidden = new Set();
  let at = { x: 0, y: 0 }, over = null;

  const chart = () => props.chart;
  const toPixel = (x, y) => [
    (x / chart().extent + 1) / 2 * SIZE, (1 - y / chart().extent) / 2 * SIZE];
  const fromEvent = (event) => {
    const box = plane.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width * 2 - 1) * chart().extent,
      y: (1 - (event.clientY - box.top) / box.height * 2) * chart().extent,
    };
  };
  const drawDots = (pen) => {
    for (const [x, y, kind] of chart().points) {
      if (hidden.has(kind)) continue;
      const [across, down] = toPixel(x, y);
      pen.beginPath();
      pen.arc(across, down, 5, 0, 7);
      pen.fillStyle = COLOURS[kind % COLOURS.length];
      pen.fill();
      pen.lineWidth = 1;
      pen.strokeStyle = "rgba(255,255,255,.85)";
      pen.stroke();
    }
  };
  const draw = () => {
    if (!chart()) return;
    const pen = plane.getContext("2d");
    pen.clearRect(0, 0, SIZE, SIZE);
    pen.imageSmoothingEnabled = false;
    if (tiles.checked && sheet.naturalWidth) {
      pen.fillStyle = "#000"; // behind pictures that are dimmed
      pen.fillRect(0, 0, SIZE, SIZE);
      pen.globalAlpha = dots.checked && chart().points.length ? 0.55 : 1;
      pen.drawImage(sheet, 0, 0, SIZE, SIZE);
      pen.globalAlpha = 1;
    }
    if (dots.checked) drawDots(pen);
    const [across, down] = toPixel(at.x, at.y);
    for (const [colour, width] of [["#fff", 6], ["#0d9488", 3]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.beginPath();
      pen.arc(across, down, 12, 0, 7);
      pen.stroke();
    }
    look(over || at);
  };
  const look = (point) => {
    const { tiles: count, height, width, extent } = chart();
    const cell = (value) => Math.min(count - 1, Math.max(0, Math.floor((value / extent + 1) / 2 * count)));
    if (glance.width !== width) [glance.width, glance.height] = [width, height];
    if (sheet.naturalWidth) {
      glance.getContext("2d").drawImage(sheet, cell(point.x) * width, cell(-point.y) * height,
        width, height, 0, 0, width, height);
    }
    where.textContent = `(${point.x.toFixed(2)}, ${point.y.toFixed(2)})`;
  };
  const ask = (point) => {
    at = point;
    props.value = `${at.x.toFixed(3)},${at.y.toFixed(3)}`;
    trigger("input");
    draw();
  };

  plane.addEventListener("pointermove", (event) => { over = fromEvent(event); look(over); });
  plane.addEventListener("pointerleave", () => { over = null; draw(); });
  plane.addEventListener("click", (event) => ask(fromEvent(event)));
  plane.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter") ask(at);
    else if (step) {
      const size = chart().extent / 24, edge = chart().extent;
      const kept = (value) => Math.min(edge, Math.max(-edge, value));
      at = { x: kept(at.x + step[0] * size), y: kept(at.y + step[1] * size) };
      over = null;
      draw();
    } else return;
    event.preventDefault();
  });

  const show = () => {
    const [x, y] = String(props.value || "0,0").split(",").map(Number);
    at = { x: x || 0, y: y || 0 };
    if (!chart()) return;
    kgm.renew(legend, () => legend.replaceChildren(...chart().classes.map((name, kind) => {
      const button = kgm.make("button", {
        type: "button", class: "kgm-key", "aria-label": `Class ${name}`, "aria-pressed": String(!hidden.has(kind)),
        onclick: () => { hidden.has(kind) ? hidden.delete(kind) : hidden.add(kind); show(); },
      }, name);
      button.style.setProperty("--colour", COLOURS[kind % COLOURS.length]);
      return button;
    })));
    kgm.ticks(across, chart().axis, "left");
    kgm.ticks(up, chart().axis, "bottom");
    sheet.onload = draw;
    if (sheet.src !== chart().sheet) sheet.src = chart().sheet; else draw();
  };
  watch(["value", "chart"], show);
  show();
};
