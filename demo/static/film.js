// Clips side by side: play, step, scrub; all of them at the same frame.
// value: {clips: [{label, row}], sheet, frames, width, height, fps, change, files,
//         epochs, curves, across, up}
kgm.film = (element, props, trigger, watch) => {
  const root = element.querySelector(".kgm-film");
  const stage = kgm.make("div", { class: "stage" });
  const size = kgm.make("p", { class: "size" });
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
  const curves = kgm.make("div", { class: "curves" });
  root.append(stage, bar, kgm.make("div", { class: "under" }, size, files), curves);

  const sheet = new Image();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let frame = 0, timer = null, canvases = [], plots = [];

  const draw = () => {
    const clip = props.value;
    if (!clip || !sheet.complete || !sheet.naturalWidth) return;
    canvases.forEach(({ canvas, row }) => {
      const context = canvas.getContext("2d");
      context.drawImage(sheet, frame * clip.width, row * clip.height, clip.width, clip.height,
        0, 0, clip.width, clip.height);
    });
  };
  // Small frames are enlarged by a whole factor, as far as there is room; large ones are not.
  const GAP = 12;
  const fit = () => {
    const clip = props.value, room = stage.clientWidth;
    if (!clip || !room) return;
    const count = clip.clips.length, phone = room < 480;
    const most = count > 6 ? 128 : count > 1 || phone ? 192 : 256;
    const columns = Math.min(count, phone ? 2 : count > 6 ? 4 : 3);
    const width = Math.min(most, (room - GAP * (columns - 1)) / columns);
    const factor = Math.max(1, Math.floor(Math.min(width / clip.width, most / clip.height)));
    stage.style.setProperty("--edge", `${factor * clip.width}px`);
    const scale = Math.min(1, room / clip.width);
    size.textContent = `${clip.width} \u00d7 ${clip.height} pixels`
      + (factor > 1 ? `, enlarged ${factor} times` : "")
      + (scale < 0.995 ? `, shown at ${Math.round(100 * scale)} %` : "");
  };
  new ResizeObserver(fit).observe(stage);
  const plot = (clip) => {
    plots = Object.entries(clip.curves || {}).map(([name, values]) =>
      kgm.plot(name.replaceAll("_", " "), values, clip.across, clip.up[name]));
    curves.replaceChildren(...plots.map((one) => one.root));
  };
  const go = (next) => {
    const clip = props.value;
    frame = ((next % clip.frames) + clip.frames) % clip.frames;
    place.value = frame;
    told.textContent = clip.epochs
      ? `epoch ${clip.epochs[frame]}` : `frame ${frame + 1} of ${clip.frames}`;
    plots.forEach((one) => one.move(clip.epochs ? clip.epochs[frame] : frame + 1));
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
    canvases = clip.clips.map(({ row }) => ({
      row, canvas: kgm.make("canvas", { width: clip.width, height: clip.height, role: "img" }),
    }));
    stage.replaceChildren(...clip.clips.map(({ label }, i) => {
      canvases[i].canvas.setAttribute("aria-label", `clip ${label}`);
      return kgm.make("figure", {}, canvases[i].canvas, kgm.make("figcaption", {}, label));
    }));
    files.replaceChildren(...Object.entries(clip.files || {}).map(([kind, uri]) =>
      kgm.file(clip.name, kind, uri)));
    place.max = clip.frames - 1;
    fit();
    plot(clip);
    sheet.onload = draw;
    sheet.src = clip.sheet;
    go(0);
    if (!still && clip.frames > 1) start();
  };
  watch("value", show);
  show();
};
