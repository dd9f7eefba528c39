// Pictures to choose from, for one group or several; what is chosen stands above, in order.
kgm.picker = (element, props, trigger, watch, server) => {
  const root = element.querySelector(".kgm-picker");
  const chosen = kgm.make("div", { class: "groups" });
  const offer = kgm.make("div", { class: "thumbs", role: "group" });
  const upload = kgm.uploader(props, server, (token) => add(token));
  const clear = kgm.make("button", {
    type: "button", class: "kgm-button", onclick: () => give(groups().map(() => [])),
  }, "Clear");
  root.append(
    kgm.make("div", { class: "title" }, props.label), chosen,
    kgm.make("div", { class: "tools" }, upload.label, clear),
    upload.said, offer);
  const name = "kgm-group-" + Math.random().toString(36).slice(2);
  let active = 0;
  const groups = () => props.groups || [];

  const read = () => {
    const parts = String(props.value || "").split("|").map((part) => part.split(".").filter(Boolean));
    return groups().map((_, i) => parts[i] || []);
  };
  const give = (all) => {
    props.value = all.map((tokens) => tokens.join(".")).join("|");
    trigger("input");
    show();
  };
  const add = (token) => {
    const all = read();
    if (all[active].length >= groups()[active].most) all[active].shift();
    all[active].push(token);
    give(all);
  };
  const drop = (i, place) => {
    const all = read();
    all[i].splice(place, 1);
    give(all);
  };
  const toggle = (token) => {
    const place = read()[active].indexOf(token);
    if (place < 0) add(token); else drop(active, place);
  };

  const label = (group, i) => {
    if (groups().length === 1) return kgm.make("span", { class: "name" }, group.label);
    const radio = kgm.make("input", {
      type: "radio", name, "aria-label": `Choose for ${group.label}`, checked: i === active, onchange: () => { active = i; show(); },
    });
    return kgm.make("label", { class: "name" }, radio, group.label);
  };
  const show = () => {
    root.hidden = !groups().length;
    if (root.hidden) return;
    const all = read();
    upload.label.hidden = !props.uploads;
    kgm.renew(chosen, () => chosen.replaceChildren(...groups().map((group, i) =>
      kgm.make("div", { class: i === active ? "group active" : "group" }, label(group, i),
        kgm.make("div", { class: "slots" },
          ...all[i].map((token, place) => kgm.thumbnail({
            uri: kgm.addressOf(token, props.offered), label: `Remove picture ${place + 1} of ${group.label}`,
          }, false, () => drop(i, place))),
          all[i].length ? null : kgm.make("span", { class: "hint" }, "choose below"))))));
    offer.setAttribute("aria-label", `Pictures for ${groups()[active].label}`);
    kgm.renew(offer, () => offer.replaceChildren(...props.offered.map((item) =>
      kgm.thumbnail(item, all[active].includes(item.token), () => toggle(item.token)))));
  };
  watch(["value", "offered", "groups", "model"], show);
  show();
};
