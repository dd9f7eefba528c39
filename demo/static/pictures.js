// Pictures as tokens: e12 is an example, s3 a sample, d... carries its own file.
kgm.toBase64Url = (text) => text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// The address of the picture behind a token, out of what is on offer.
kgm.addressOf = (token, offered) => {
  if (!token) return "";
  if (token[0] !== "d") return (offered.find((item) => item.token === token) || {}).uri || "";
  const plain = token.slice(1).replace(/-/g, "+").replace(/_/g, "/");
  const kind = plain.startsWith("UklG") ? "webp" : "png";
  return `data:image/${kind};base64,${plain}`;
};

// A button that takes a file, lets the server look at it and hands its token on.
kgm.uploader = (props, server, taken) => {
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
        const answer = await server.receive({ picture: text, model: props.model });
        if (answer.token) taken(answer.token);
        else refuse(answer.error || "The picture could not be sent.");
      } catch (error) {
        refuse("The picture could not be sent: " + (error.message || error));
      }
    };
    reader.readAsDataURL(file);
  };
  const input = kgm.make("input", {
    type: "file", accept: "image/*", "aria-label": "Upload a picture",
    onchange: () => { take(input.files[0]); input.value = ""; },
  });
  const label = kgm.make("label", { class: "kgm-button" }, "Upload", input);
  return { label, said, take };
};

// Thumbnails that are buttons.
kgm.thumbnail = (item, chosen, onclick) =>
  kgm.make("button", {
    type: "button", class: "kgm-thumb", "aria-pressed": String(Boolean(chosen)),
    "aria-label": item.label, title: item.label, onclick,
  }, kgm.make("img", { src: item.uri, alt: "" }));
