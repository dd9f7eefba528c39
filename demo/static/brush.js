// A picture to choose, an example or an upload, and strokes of colour on it, with undo.
// value: the picture's token, then "~" and a stroke each: "e3~ff0000.AAAB"
kgm.brush = (element, props, trigger, watch, server) => {
  const SCALE = 280; // pixels of the pad's longer side, at least
  const root = element.querySelector(".kgm-brush");
  root.classList.add("kgm-pad");
  const canvas = kgm.make("canvas", {
    tabindex: 0, role: "application",
    "aria-label": "Picture to paint on. Arrow keys move the brush, space puts it down and lifts it.",
  });
  const pen = kgm.make("span", { class: "pen" });
  const ink = kgm.make("input", { type: "color", value: "#ff0000", "aria-label": "Colour" });
  const wide = kgm.make("input", { type: "range", min: 1, max: 8, value: 3, "aria-label": "Width of the brush" });
  const upload = kgm.uploader(props, server, (token) => give(token));
  const button = (text, onclick) =>
    kgm.make("button", { type: "button", class: "kgm-button", onclick }, text);
  const undo = button("Undo", () => give([picture(), ...strokes().slice(0, -1)].join("~")));
  const clear = button("Clear strokes", () => give(picture()));
  const tools = kgm.make("div", { class: "tools" }, undo, clear, upload.label, ink, wide);
  const thumbs = kgm.make("div", { class: "thumbs", role: "group", "aria-label": "Examples" });
  root.append(
    kgm.make("div", { class: "title" }, props.label),
    kgm.make("div", { class: "area" }, canvas, pen),
    tools, upload.said, thumbs);

  const ground = canvas.getContext("2d");
  const keys = { x: 0.5, y: 0.5, down: false };
  let seen = null, drawing = null, bits = null; // the picture; the last place; pixels of a stroke

  const parts = () => String(props.value || "").split("~");
  const picture = () => parts()[0];
  const strokes = () => parts().slice(1);
  const size = () => ({ height: props.shape[0], width: props.shape[1] });
  const give = (value) => { props.value = value; trigger("input"); show(); };

  const packed = (pixels) => {
    const bytes = new Uint8Array(Math.ceil(pixels.length / 8));
    pixels.forEach((one, i) => { if (one) bytes[i >> 3] |= 128 >> (i & 7); });
    const text = String.fromCharCode(...bytes).replace(/\0+$/, "");
    return kgm.toBase64Url(btoa(text));
  };
  const unpacked = (text) => {
    const { height, width } = size();
    let bytes = "";
    try { bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/")); } catch { /* the answer says so */ }
    return Array.from({ length: height * width }, (_, i) => (bytes.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1);
  };

  // A stroke has a width in pixels of the model's picture, and covers those whose middle it does.
  const cover = (from, to) => {
    const { height, width } = size();
    const radius = Number(wide.value) / 2;
    const [x, y, right, down] = [from.x * width, from.y * height, (to.x - from.x) * width, (to.y - from.y) * height];
    const length = right * right + down * down;
    const held = (place, most) => Math.min(most - 1, Math.max(0, Math.floor(place)));
    bits[held(y, height) * width + held(x, width)] = 1;
    for (let i = 0; i < bits.length; i++) {
      const [px, py] = [(i % width) + 0.5 - x, Math.floor(i / width) + 0.5 - y];
      const along = length ? Math.min(1, Math.max(0, (px * right + py * down) / length)) : 0;
      if (Math.hypot(px - along * right, py - along * down) <= radius) bits[i] = 1;
    }
  };
  const begin = (place) => {
    if (!props.paints || strokes().length >= props.most) return false;
    bits = new Array(props.shape[0] * props.shape[1]).fill(0);
    drawing = place;
    cover(place, place);
    draw();
    return true;
  };
  const move = (place) => { cover(drawing, place); drawing = place; draw(); };
  const lift = () => {
    if (!drawing) return;
    const stroke = `${ink.value.slice(1).toLowerCase()}.${packed(bits)}`;
    drawing = bits = null;
    give([...parts(), stroke].join("~"));
  };

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!begin(place(event))) return;
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => { if (drawing) move(place(event)); });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === " ") {
      if (keys.down) lift();
      else if (!begin({ x: keys.x, y: keys.y })) return;
      keys.down = !keys.down;
    } else if (step) {
      keys.x = Math.min(1, Math.max(0, keys.x + step[0] / size().width));
      keys.y = Math.min(1, Math.max(0, keys.y + step[1] / size().height));
      if (keys.down) move({ x: keys.x, y: keys.y });
    } else return;
    event.preventDefault();
    pen.style.left = `${100 * keys.x}%`;
    pen.style.top = `${100 * keys.y}%`;
    pen.classList.toggle("down", keys.down);
  });

  const draw = () => {
    const { height, width } = size();
    const scale = canvas.width / width;
    ground.imageSmoothingEnabled = false;
    ground.fillStyle = "#000";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    if (seen) ground.drawImage(seen, 0, 0, canvas.width, canvas.height);
    const paint = (pixels, colour) => {
      ground.fillStyle = colour;
      pixels.forEach((one, i) => {
        if (one) ground.fillRect((i % width) * scale, Math.floor(i / width) * scale, scale, scale);
      });
    };
    if (props.paints) for (const stroke of strokes()) {
      const [colour, text] = stroke.split(".");
      paint(unpacked(text || ""), `#${colour}`);
    }
    if (bits) paint(bits, ink.value);
  };
  const show = () => {
    const { height, width } = size();
    const scale = Math.max(1, Math.round(SCALE / Math.max(height, width)));
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    for (const one of [ink, wide, undo, clear]) one.hidden = !props.paints;
    undo.disabled = clear.disabled = !strokes().length;
    kgm.renew(thumbs, () => thumbs.replaceChildren(...props.offered.map((item) =>
      kgm.thumbnail(item, item.token === picture(), () => give(item.token)))));
    const token = picture();
    const address = kgm.addressOf(token, props.offered, props.shape);
    if (!address) seen = null;
    if (!address || show.last === address) { draw(); return; }
    show.last = address;
    const image = new Image();
    image.onload = () => { if (show.last === address) { seen = image; draw(); } };
    image.src = address;
  };
  watch(["value", "offered", "shape", "model", "paints"], () => { show.last = null; show(); });
  show();
};
