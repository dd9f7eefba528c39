// What every widget of the page needs. Each script adds functions to `kgm`; Gradio calls
// kgm.<script>(element, props, trigger, watch, server) when a widget appears.
window.kgm = window.kgm || {};

// An element with attributes and children; text is always text, never HTML.
kgm.make = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
};

// A link that keeps a file, whose address carries it.
kgm.file = (name, kind, uri) =>
  kgm.make("a", { class: "kgm-button", href: uri, download: `${name}.${kind}` }, kind.toUpperCase());

// Make the inside of an element anew and leave the focus where it was, by its label.
kgm.renew = (root, make) => {
  const held = root.contains(document.activeElement) ? document.activeElement : null;
  const label = held && held.getAttribute("aria-label");
  make();
  if (!held || held.isConnected) return;
  const buttons = [...root.querySelectorAll("button, input")];
  (buttons.find((button) => button.getAttribute("aria-label") === label) || buttons[0])?.focus();
};

// From light to dark and back, for this page only.
kgm.turn = () => document.body.classList.toggle("dark");

// The address of the page brings back the answer that is seen.
kgm.address = (below) => {
  const tab = below && new URLSearchParams(below.link).get("tab");
  const seen = document.querySelector('[role="tab"][aria-selected="true"]');
  if (tab && seen && seen.id.startsWith(`tab-${tab}`)) history.replaceState(null, "", below.link);
};

// Who comes to a tab for the first time asks: a new word for its starter. Before the
// address has been read the page selects its first tab, and nobody has come.
let ready = false;
kgm.restored = () => {
  ready = true;
};
kgm.open = (starter, below) => {
  kgm.address(below);
  return ready && !starter ? String(Date.now()) : starter;
};

// The questions of a tab: the last one, how many are open, and whether several that differ
// were open at a time, so that the answer seen need not be that of the last.
const questions = {};
kgm.note = (tab, given) => {
  const text = JSON.stringify(given);
  const { last, open, mixed } = questions[tab] || { open: 0 };
  questions[tab] = { last: text, open: open + 1, mixed: mixed || (open > 0 && text !== last) };
  return given;
};
// When a question ends: a new word for the starter, which asks again, if something else is
// wanted by now. What a person did meanwhile Gradio asks by itself (`want` has it), but not
// after a question that was refused; what followed another control it never asks.
kgm.again = (tab, failed, want, starter, ...given) => {
  const now = questions[tab];
  now.open -= 1;
  if (now.open > 0) return starter;
  const moved = JSON.stringify(given) !== now.last;
  const heard = !failed && JSON.stringify([starter, ...given]) === want;
  const ask = now.mixed || (moved && !heard);
  now.mixed = false;
  return ask ? String(Date.now()) : starter;
};

// Lists that offer what the chosen model has; a choice that it does not have is taken back.
// offers: model to the choices of each list, the first of which is always there; hide: a
// list that offers nothing else.
kgm.follow = (offers, model, values, hide) => values.map((value, i) => {
  const choices = offers[model] && offers[model][i];
  if (!choices) return { __type__: "update" };
  const update = { __type__: "update", choices: choices.map((choice) => [choice, choice]) };
  if (hide) update.visible = choices.length > 1;
  // A value that may stay is not given anew: a link's may be on its way.
  return choices.includes(value) ? update : { ...update, value: choices[0] };
});

kgm.copy = async (text, button) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = kgm.make("textarea", { class: "kgm-hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  const said = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = said), 1200);
};

// Under every answer: the same in Python, and a link that brings it back.
kgm.below = (element, props, trigger, watch) => {
  const root = element.querySelector(".kgm-below");
  const code = kgm.make("code");
  const copyCode = kgm.make("button", {
    type: "button", onclick: () => kgm.copy(code.textContent, copyCode),
  }, "Copy");
  const copyLink = kgm.make("button", {
    type: "button",
    onclick: () => kgm.copy(new URL(props.value.link, location.href).href, copyLink),
  }, "Copy link");
  const details = kgm.make("details", {},
    kgm.make("summary", {}, "The same in Python"),
    kgm.make("div", { class: "code" }, copyCode, kgm.make("pre", { tabindex: 0 }, code)));
  root.append(details, copyLink);
  const show = () => {
    root.hidden = !props.value;
    code.textContent = props.value ? props.value.code : "";
    root.dataset.link = props.value ? props.value.link : "";
  };
  watch("value", show);
  show();
};
