// A box on a picture's area, to be dragged, or moved by the arrow keys and sized with Shift.
// value: "top,left,bottom,right" in shares of the picture; takes: whether there is a box
kgm.box = (element, props, trigger, watch) => {
  const LEAST = 0.05, STEP = 1 / 32;
  const root = element.querySelector(".kgm-box");
  const corner = kgm.make("span", { class: "corner", "aria-hidden": "true" });
  const box = kgm.make("div", {
    class: "inner", tabindex: 0, role: "application",
    "aria-label": "The box. Arrow keys move it, Shift and arrow keys size it.",
  }, corner);
  const area = kgm.make("div", { class: "area" }, box);
  root.append(kgm.make("span", { class: "name" }, "Where"), area);
  let edges = [0, 0, 1, 1], held = null;

  const kept = (value, low, high) => Math.min(high, Math.max(low, value));
  const draw = () => {
    const [top, left, bottom, right] = edges;
    Object.assign(box.style, {
      top: `${100 * top}%`, left: `${100 * left}%`,
      height: `${100 * (bottom - top)}%`, width: `${100 * (right - left)}%`,
    });
  };
  const moved = ([top, left, bottom, right], down, across) => {
    const y = kept(down, -top, 1 - bottom), x = kept(across, -left, 1 - right);
    return [top + y, left + x, bottom + y, right + x];
  };
  const sized = ([top, left, bottom, right], down, across) => [
    top, left, kept(bottom + down, top + LEAST, 1), kept(right + across, left + LEAST, 1)];
  const tell = () => {
    props.value = edges.map((edge) => edge.toFixed(3)).join(",");
    trigger("input");
  };

  box.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, edges, change: event.target === corner ? sized : moved };
    box.setPointerCapture(event.pointerId);
    box.focus();
    event.preventDefault();
  });
  box.addEventListener("pointermove", (event) => {
    if (!held) return;
    const { width, height } = area.getBoundingClientRect();
    edges = held.change(held.edges, (event.clientY - held.y) / height, (event.clientX - held.x) / width);
    draw();
  });
  box.addEventListener("pointerup", () => { if (held) { held = null; tell(); } });
  box.addEventListener("pointercancel", () => { held = null; show(); });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!step) return;
    edges = (event.shiftKey ? sized : moved)(edges, step[0] * STEP, step[1] * STEP);
    draw();
    tell();
    event.preventDefault();
  });

  const show = () => {
    root.hidden = !props.takes;
    const found = String(props.value || "").split(",").map(Number);
    if (found.length === 4 && found.every((edge) => edge >= 0 && edge <= 1)) edges = found;
    draw();
  };
  watch(["value", "takes"], show);
  show();
};
