// Pictures as tokens: e12 is an example, s3 a sample, d... carries its own file, and b32-...
// a drawing of lines, 32 pixels wide, a bit a pixel.
kgm.toBase64Url = (text) => text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The drawing of a canvas as such a token; the empty end is left out.
kgm.packLines = (canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const bytes = new Uint8Array(Math.ceil(data.length / 32));
  for (let i = 0; i < data.length / 4; i++) if (data[4 * i] > 127) bytes[i >> 3] |= 128 >> (i & 7);
  const text = String.fromCharCode(...bytes).replace(/\0+$/, "");
  return `b${canvas.width}-${kgm.toBase64Url(btoa(text))}`;
};

// The address of such a drawing; its height follows from the shape of pictures.
const addressOfLines = (token, shape) => {
  const [, width, text] = token.match(/^b(\d{1,4})-([\w-]*)$/) || [];
  const height = Math.round((width * shape[0]) / shape[1]);
  if (!(width * height <= 65536)) return "";
  const canvas = kgm.make("canvas", { width, height });
  const ground = canvas.getContext("2d");
  const picture = ground.createImageData(canvas.width, canvas.height);
  const bytes = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  for (let i = 0; i < picture.data.length / 4; i++) {
    const light = 255 * ((bytes.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1);
    picture.data.set([light, light, light, 255], 4 * i);
  }
  ground.putImageData(picture, 0, 0);
  return canvas.toDataURL();
};

// The address of the picture behind a token, out of what is on offer.
kgm.addressOf = (token, offered, shape) => {
  if (!token) return "";
  if (token[0] === "b") {
    try {
      return addressOfLines(token, shape);
    } catch {
      return ""; // no base64: the answer says so
    }
  }
  if (token[0] !== "d") return (offered.find((item) => item.token === token) || {}).uri || "";
  const plain = token.slice(1).replace(/-/g, "+").replace(/_/g, "/");
  const kind = plain.startsWith("UklG") ? "webp" : "png";
  return `data:image/${kind};base64,${plain}`;
};

// A button that takes a file, lets the server look at it and hands its token on. One with a
// name of its own takes photographs, of which the server computes what is wanted.
kgm.uploader = (props, server, taken, name = "") => {
  const said = kgm.make("p", { class: "kgm-said", role: "alert" });
  const refuse = (text) => (said.textContent = text);
  const take = async (file) => {
    refuse("");
    if (!file) return;
    if (file.size > props.most_bytes) {
      refuse(`The picture's file must have at most ${props.most_bytes >> 20} MB.`);
      return;
    }
    const reader = new FileReader();
    reader.onload = async () => {
      const text = String(reader.result).split(",")[1] || "";
      try {
        const { model, direction } = props;
        const answer = await server.receive({ picture: text, model, direction, derive: Boolean(name) });
        if (answer.token) taken(answer.token);
        else refuse(answer.error || "The picture could not be sent.");
      } catch (error) {
        refuse("The picture could not be sent: " + (error.message || error));
      }
    };
    reader.readAsDataURL(file);
  };
  const input = kgm.make("input", {
    type: "file", accept: "image/*", "aria-label": name || "Upload a picture",
    onchange: () => { take(input.files[0]); input.value = ""; },
  });
  const label = kgm.make("label", { class: "kgm-button" }, name || "Upload", input);
  return { label, said, take };
};

// Thumbnails that are buttons.
kgm.thumbnail = (item, chosen, onclick) =>
  kgm.make("button", {
    type: "button", class: "kgm-thumb", "aria-pressed": String(Boolean(chosen)),
    "aria-label": item.label, title: item.label, onclick,
  }, kgm.make("img", { src: item.uri, alt: "" }));
