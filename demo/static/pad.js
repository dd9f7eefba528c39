// A pad to draw on, with a pen, a finger or the arrow keys; or an example, or an upload.
// Where pictures are lines (`props.lines`), each pixel of the pad is one of theirs.
kgm.pad = (element, props, trigger, watch, server) => {
  const root = element.querySelector(".kgm-pad");
  const canvas = kgm.make("canvas", {
    tabindex: 0, role: "application",
    "aria-label": "Drawing pad. Arrow keys move the pen, space puts it down and lifts it.",
  });
  const pen = kgm.make("span", { class: "pen" });  // where the keys draw
  const ink = kgm.make("input", { type: "color", value: "#ffffff", "aria-label": "Colour" });
  const upload = kgm.uploader(props, server, (token) => give(token));
  const button = (text, onclick) =>
    kgm.make("button", { type: "button", class: "kgm-button", onclick }, text);
  // Of a translator: a photograph, of which the source is computed.
  const photograph = props.derives == null ? null : kgm.uploader(props, server, (token) => give(token), "Photo");
  const erases = () => eraser.getAttribute("aria-pressed") === "true";
  const eraser = button("Eraser", () => eraser.setAttribute("aria-pressed", String(!erases())));
  eraser.setAttribute("aria-pressed", "false");
  const inverter = button("Invert", () => { invert(); give(read()); });
  const tools = kgm.make("div", { class: "tools" },
    button("Clear", () => { blank(); give(read()); }),
    eraser, inverter, upload.label, photograph && photograph.label, ink);
  const thumbs = kgm.make("div", { class: "thumbs", role: "group", "aria-label": "Examples" });
  root.append(
    kgm.make("div", { class: "title" }, props.label),
    kgm.make("div", { class: "area" }, canvas, pen),
    tools, upload.said, ...(photograph ? [photograph.said] : []), thumbs);

  const ground = canvas.getContext("2d", { willReadFrequently: true });
  const keys = { x: 0.5, y: 0.5, down: false };
  let drawing = null;

  const shape = () => ({ height: props.shape[0], width: props.shape[1] });
  const give = (token) => { props.value = token; trigger("input"); show(); };
  const blank = () => { ground.fillStyle = "#000"; ground.fillRect(0, 0, canvas.width, canvas.height); };
  const invert = () => {
    ground.globalCompositeOperation = "difference";
    ground.fillStyle = "#fff";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.globalCompositeOperation = "source-over";
  };
  const read = () => {
    if (props.lines) return kgm.packLines(canvas);
    const { height, width } = shape();
    const small = kgm.make("canvas", { width, height });
    const context = small.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(canvas, 0, 0, width, height);
    return "d" + kgm.toBase64Url(small.toDataURL("image/png").split(",")[1]);
  };
  // A line of whole pixels; the eraser takes three by three.
  const dots = (from, to) => {
    const { height, width } = shape();
    const pixel = (place, size) => Math.min(size - 1, Math.max(0, Math.floor(place * size + 1e-6)));
    const [x, y] = [pixel(from.x, width), pixel(from.y, height)];
    const [right, down] = [pixel(to.x, width) - x, pixel(to.y, height) - y];
    const steps = Math.max(Math.abs(right), Math.abs(down), 1);
    const edge = erases() ? 1 : 0;
    ground.fillStyle = erases() ? "#000" : "#fff";
    for (let i = 0; i <= steps; i++) {
      ground.fillRect(x + Math.round((i * right) / steps) - edge, y + Math.round((i * down) / steps) - edge, 1 + 2 * edge, 1 + 2 * edge);
    }
  };
  const stroke = (from, to) => {
    if (props.lines) { dots(from, to); return; }
    ground.strokeStyle = erases() ? "#000" : ink.value;
    ground.lineCap = ground.lineJoin = "round";
    ground.lineWidth = canvas.height * 0.085;
    ground.beginPath();
    ground.moveTo(from.x * canvas.width, from.y * canvas.height);
    ground.lineTo(to.x * canvas.width, to.y * canvas.height + 0.01);
    ground.stroke();
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drawing = place(event);
    stroke(drawing, drawing);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const next = place(event);
    const { height, width } = shape();
    const far = Math.max(Math.abs(next.x - drawing.x) * width, Math.abs(next.y - drawing.y) * height);
    if (props.lines && far < 1) return; // or a slanted line would have stairs
    stroke(drawing, next);
    drawing = next;
  });
  const lift = () => { if (drawing) { drawing = null; give(read()); } };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === " ") {
      keys.down = !keys.down;
      if (keys.down) stroke(keys, keys);
      give(read());
    } else if (step) {
      const from = { ...keys };
      keys.x = Math.min(1, Math.max(0, keys.x + step[0] / shape().width));
      keys.y = Math.min(1, Math.max(0, keys.y + step[1] / shape().height));
      if (keys.down) { stroke(from, keys); give(read()); }
    } else return;
    event.preventDefault();
    pen.style.left = `${100 * keys.x}%`;
    pen.style.top = `${100 * keys.y}%`;
    pen.classList.toggle("down", keys.down);
  });

  const show = () => {
    const { height, width } = shape();
    const scale = props.lines ? 1 : Math.max(1, Math.round(280 / Math.max(height, width)));
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    canvas.classList.toggle("lines", Boolean(props.lines));
    ink.hidden = props.shape[2] === 1;
    eraser.hidden = !props.eraser;
    inverter.hidden = Boolean(props.lines);
    if (photograph) photograph.label.hidden = !props.derives;
    kgm.renew(thumbs, () => thumbs.replaceChildren(...props.offered.map((item) =>
      kgm.thumbnail(item, item.token === props.value, () => give(item.token)))));
    const first = String(props.value || "").split(".")[0]; // a photograph may follow
    const address = kgm.addressOf(first, props.offered, props.shape);
    const shown = props.value;
    if (!address) { blank(); return; }
    if (shown === show.last) return;
    show.last = shown;
    const picture = new Image();
    picture.onload = () => {
      if (props.value !== shown || drawing) return;
      ground.imageSmoothingEnabled = false;
      ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
    };
    picture.src = address;
  };
  watch(["value", "offered", "shape", "model", "lines"], () => { show.last = null; show(); });
  show();
};
