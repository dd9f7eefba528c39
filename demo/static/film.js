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
  const go = (next) => {
    const clip = props.value;
    frame = ((next % clip.frames) + clip.frames) % clip.frames;
    place.value = frame;
    told.textContent = `frame ${frame + 1} of ${clip.frames}`;
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
    sheet.onload = draw;
    sheet.src = clip.sheet;
    go(0);
    if (!still && clip.frames > 1) start();
  };
  watch("value", show);
  show();
};
