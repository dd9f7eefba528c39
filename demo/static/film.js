// Clips side by side: play, step, scrub; all of them at the same frame.
// value: {clips: [{label, row}], sheet, frames, width, height, fps, marks, files}
kgm.film = (element, props, trigger, watch) => {
  const root = element.querySelector(".kgm-film");
  const stage = kgm.make("div", { class: "stage" });
  const button = (text, label, onclick) =>
    kgm.make("button", { type: "button", class: "kgm-button", "aria-label": label, onclick }, text);
  const play = button("Play", "Play or pause", () => (timer ? pause() : start()));
  const place = kgm.make("input", {
    type: "range", min: 0, value: 0, step: 1, "aria-label": "Frame",
    oninput: () => { pause(); go(Number(place.value)); },
  });
  const told = kgm.make("output", {});
  const files = kgm.make("div", { class: "files" });
  const bar = kgm.make("div", { class: "bar" }, play,
    button("\u2190", "One frame back", () => { pause(); go(frame - 1); }),
    button("\u2192", "One frame on", () => { pause(); go(frame + 1); }), place, told);
  root.append(stage, bar, files);

  const sheet = new Image();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let frame = 0, timer = null, canvases = [];

  const draw = () => {
    const clip = props.value;
    if (!clip || !sheet.complete || !sheet.naturalWidth) return;
    canvases.forEach(({ canvas, row }) => {
      const context = canvas.getContext("2d");
      context.drawImage(sheet, frame * clip.width, row * clip.height, clip.width, clip.height,
        0, 0, clip.width, clip.height);
    });
  };
  // Curves of what was measured, with a line at the frame that is seen.
  const curves = kgm.make("div", { class: "curves" });
  root.append(curves);
  const plot = (clip) => {
    const space = "http://www.w3.org/2000/svg";
    curves.replaceChildren(...Object.entries(clip.curves || {}).map(([name, values]) => {
      const low = Math.min(...values), high = Math.max(...values);
      const points = values.map((value, i) =>
        `${(300 * i) / Math.max(1, values.length - 1)},${56 - (52 * (value - low)) / (high - low || 1)}`);
      const svg = document.createElementNS(space, "svg");
      svg.setAttribute("viewBox", "0 0 300 60");
      svg.setAttribute("preserveAspectRatio", "none");
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", `${name}, ${low.toFixed(2)} to ${high.toFixed(2)}`);
      const line = document.createElementNS(space, "polyline");
      line.setAttribute("points", points.join(" "));
      const cursor = document.createElementNS(space, "line");
      cursor.setAttribute("y1", 0);
      cursor.setAttribute("y2", 60);
      svg.append(line, cursor);
      return kgm.make("figure", {}, svg, kgm.make("figcaption", {},
        `${name}: `, kgm.make("b", {}), ` (${low.toFixed(2)} to ${high.toFixed(2)})`));
    }));
  };
  const point = (clip) => {
    const epoch = clip.epochs ? clip.epochs[frame] : 0;
    Object.values(clip.curves || {}).forEach((values, i) => {
      const at = Math.min(epoch, values.length) - 1;
      const across = (300 * at) / Math.max(1, values.length - 1);
      const figure = curves.children[i];
      const cursor = figure.querySelector("line");
      cursor.setAttribute("x1", across);
      cursor.setAttribute("x2", across);
      figure.querySelector("b").textContent = values[at].toFixed(3);
    });
  };
  const go = (next) => {
    const clip = props.value;
    frame = ((next % clip.frames) + clip.frames) % clip.frames;
    place.value = frame;
    told.textContent = clip.epochs
      ? `epoch ${clip.epochs[frame]}` : `frame ${frame + 1} of ${clip.frames}`;
    point(clip);
    root.classList.toggle("changed", clip.change != null && frame >= clip.change);
    draw();
  };
  const pause = () => { clearInterval(timer); timer = null; play.textContent = "Play"; };
  const start = () => {
    pause();
    play.textContent = "Pause";
    timer = setInterval(() => {
      if (!root.isConnected) pause();
      else if (root.offsetParent) go(frame + 1);
    }, 1000 / props.value.fps);
  };
  const show = () => {
    const clip = props.value;
    pause();
    root.hidden = !clip;
    if (!clip) return;
    stage.style.setProperty("--clips", clip.clips.length);
    stage.classList.toggle("large", clip.width > 200);
    stage.classList.toggle("many", clip.clips.length > 1);
    canvases = clip.clips.map(({ row }) => ({
      row, canvas: kgm.make("canvas", { width: clip.width, height: clip.height, role: "img" }),
    }));
    stage.replaceChildren(...clip.clips.map(({ label }, i) => {
      canvases[i].canvas.setAttribute("aria-label", `clip ${label}`);
      return kgm.make("figure", {}, canvases[i].canvas, kgm.make("figcaption", {}, label));
    }));
    files.replaceChildren(...Object.entries(clip.files || {}).map(([kind, uri]) =>
      kgm.make("a", { class: "kgm-button", href: uri, download: `${clip.name}.${kind}` },
        kind.toUpperCase())));
    place.max = clip.frames - 1;
    plot(clip);
    sheet.onload = draw;
    sheet.src = clip.sheet;
    go(0);
    if (!still && clip.frames > 1) start();
  };
  watch("value", show);
  show();
};
