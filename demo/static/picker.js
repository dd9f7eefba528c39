// Pictures to choose from, for one group or several; what is chosen stands above, in order.
kgm.picker = (element, props, trigger, watch, server) => {
  const root = element.querySelector(".kgm-picker");
  const chosen = kgm.make("div", { class: "groups" });
  const offer = kgm.make("div", { class: "thumbs", role: "group" });
  const upload = kgm.uploader(props, server, (word) => add(word));
  const clear = kgm.make("button", {
    type: "button", class: "kgm-button", onclick: () => give(props.groups.map(() => [])),
  }, "Clear");
  root.append(
    kgm.make("div", { class: "title" }, props.label), chosen,
    kgm.make("div", { class: "tools" }, props.uploads ? upload.label : null, clear),
    upload.said, offer);
  const name = "kgm-group-" + Math.random().toString(36).slice(2);
  let active = 0;

  const read = () => {
    const parts = String(props.value || "").split("|").map((part) => part.split(".").filter(Boolean));
    return props.groups.map((_, i) => parts[i] || []);
  };
  const give = (groups) => {
    props.value = groups.map((words) => words.join(".")).join("|");
    trigger("input");
    show();
  };
  const add = (word) => {
    const groups = read();
    const group = groups[active];
    if (group.length >= props.groups[active].most) group.shift();
    group.push(word);
    give(groups);
  };
  const drop = (i, place) => {
    const groups = read();
    groups[i].splice(place, 1);
    give(groups);
  };
  const toggle = (word) => {
    const place = read()[active].indexOf(word);
    if (place < 0) add(word); else drop(active, place);
  };

  const label = (group, i) => {
    if (props.groups.length === 1) return kgm.make("span", { class: "name" }, group.label);
    const radio = kgm.make("input", {
      type: "radio", name, checked: i === active, onchange: () => { active = i; show(); },
    });
    return kgm.make("label", { class: "name" }, radio, group.label);
  };
  const show = () => {
    const groups = read();
    chosen.replaceChildren(...props.groups.map((group, i) =>
      kgm.make("div", { class: i === active ? "group active" : "group" }, label(group, i),
        kgm.make("div", { class: "slots" },
          ...groups[i].map((word, place) => kgm.thumbnail({
            uri: kgm.addressOf(word, props.offered), label: `Remove picture ${place + 1} of ${group.label}`,
          }, false, () => drop(i, place))),
          groups[i].length ? null : kgm.make("span", { class: "hint" }, "choose below")))));
    offer.setAttribute("aria-label", `Pictures for ${props.groups[active].label}`);
    offer.replaceChildren(...props.offered.map((item) =>
      kgm.thumbnail(item, groups[active].includes(item.word), () => toggle(item.word))));
  };
  watch(["value", "offered", "groups", "model"], show);
  show();
};
