// Tunes as piano rolls, each with a player; a line shows what is heard.
// value: {name, tunes: [{label, roll, seconds, sound, midi}]}
kgm.tunes = (element, props, trigger, watch) => {
  const root = element.querySelector(".kgm-tunes");
  let players = [];

  const one = ({ label, roll, seconds, sound, midi }, i) => {
    const mark = kgm.make("i", { class: "mark", "aria-hidden": "true" });
    const player = kgm.make("audio", {
      controls: true, src: sound, "aria-label": label,
      onplay: () => {
        players.filter((other) => other !== player).forEach((other) => other.pause());
        follow();
      },
      onseeked: () => move(),
    });
    const move = () => mark.style.setProperty("left", `${100 * Math.min(1, player.currentTime / seconds)}%`);
    const follow = () => {
      move();
      if (!player.paused && root.isConnected) requestAnimationFrame(follow);
    };
    const seen = kgm.make("div", {
      class: "roll",
      onclick: (event) => {
        player.currentTime = (seconds * event.offsetX) / seen.clientWidth;
      },
    }, kgm.make("img", { src: roll, alt: `piano roll of ${label}` }), mark);
    const name = `${props.value.name}-${i + 1}`;
    players.push(player);
    return kgm.make("figure", {}, kgm.make("figcaption", {}, label), seen,
      kgm.make("div", { class: "bar" }, player, kgm.file(name, "wav", sound), kgm.file(name, "mid", midi)));
  };
  const show = () => {
    players.forEach((player) => player.pause());
    players = [];
    root.replaceChildren(...((props.value && props.value.tunes) || []).map(one));
  };
  watch("value", show);
  show();
};
