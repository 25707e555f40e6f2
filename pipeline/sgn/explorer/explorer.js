// S moves over its triangle, by pointer or by key, and the translation at the nearest S of the lattice is drawn.
// All translations of a picture are tiles of one file, which is loaded once. The state stands in the address.
"use strict";
(() => {
  const lattice = JSON.parse(document.getElementById("lattice").textContent);
  const steps = Math.round(1 / Math.min(...lattice.S.flat().filter((s) => s > 0)));
  const index = new Map(lattice.S.map((S, i) => [key(units(S)), i]));
  const CORNERS = [[200, 24], [24, 328], [376, 328]]; // of A, B, C in the triangle's drawing
  const element = (id) => document.getElementById(id);
  const triangle = element("triangle"), marker = element("marker"), output = element("output");
  const state = { model: 0, picture: 0, S: [1, 0, 0] };
  const files = new Map(); // of pictures, by name

  // --- S ---
  // A lattice point is three whole numbers that sum to `steps`.
  function units(S) { return S.map((s) => Math.round(s * steps)); }
  function key(n) { return n.join(" "); }

  function nearest(S) {
    const n = S.map((s) => Math.floor(s * steps + 1e-9));
    const rest = S.map((s, i) => s * steps - n[i]);
    for (let missing = steps - n[0] - n[1] - n[2]; missing > 0; missing--) {
      const i = rest.indexOf(Math.max(...rest));
      n[i] += 1;
      rest[i] = -1;
    }
    return n;
  }

  // The lattice points around S with their weights: the corners of the small triangle that it lies in.
  function around(S) {
    const n = S.map((s) => Math.floor(s * steps + 1e-9));
    const f = S.map((s, i) => s * steps - n[i]);
    const missing = steps - n[0] - n[1] - n[2];
    if (missing === 0) return [[n, 1]];
    const corner = (i) => n.map((v, j) => v + (missing === 1 ? +(i === j) : +(i !== j)));
    const weight = (i) => (missing === 1 ? f[i] : 1 - f[i]);
    return [0, 1, 2].map((i) => [corner(i), weight(i)]).filter(([, w]) => w > 1e-6);
  }

  // The point of the simplex that is nearest to a place in the drawing, straight down to the edge where it is outside.
  function at(x, y) {
    const [a, b, c] = CORNERS;
    const A = (b[1] - y) / (b[1] - a[1]);
    const C = (x - b[0]) / (c[0] - b[0]) - A / 2;
    let S = [A, 1 - A - C, C];
    for (let i = 0; i < 3; i++) {
      if (S[i] < 0) {
        S = S.map((s, j) => (i === j ? 0 : s + S[i] / 2));
      }
    }
    const clipped = S.map((s) => Math.max(0, s));
    const sum = clipped[0] + clipped[1] + clipped[2];
    return clipped.map((s) => s / sum);
  }

  function moved(n, pressed) {
    const give = (from, to) => (n[from] > 0 ? n.map((v, i) => v + (i === to) - (i === from)) : n);
    const [A, B, C] = n;
    // Straight up or down is a zigzag on the lattice; down goes back where up came from.
    const from = A % 2 === 0 ? 1 : 2;
    switch (pressed) {
      case "ArrowLeft": return give(C > 0 ? 2 : 0, 1);
      case "ArrowRight": return give(B > 0 ? 1 : 0, 2);
      case "ArrowUp": return give(n[from] > 0 ? from : 3 - from, 0);
      case "ArrowDown": return give(0, 3 - from);
      case "1": case "2": case "3": return [0, 1, 2].map((i) => (i === pressed - 1 ? steps : 0));
      default: return null;
    }
  }

  // --- what is seen ---
  const model = () => lattice.models[state.model];
  const text = (s) => String(Math.round(s * 100) / 100);
  const label = (S) => `(${S.map(text).join(", ")})`;

  function file(name) {
    if (!files.has(name)) {
      const image = new Image();
      image.addEventListener("load", draw);
      image.addEventListener("error", () => { element("missing").hidden = false; });
      image.src = `explorer/${name}`;
      files.set(name, image);
    }
    return files.get(name);
  }

  function draw() {
    const { side, columns } = lattice, pen = output.getContext("2d");
    const image = file(model().pictures[state.picture]);
    const blended = element("blend").checked ? around(state.S) : [[nearest(state.S), 1]];
    if (image.complete && image.naturalWidth) {
      let sum = 0;
      for (const [n, weight] of blended) {
        const tile = index.get(key(n));
        sum += weight;
        pen.globalAlpha = weight / sum;
        pen.drawImage(image, (tile % columns) * side, Math.floor(tile / columns) * side, side, side, 0, 0, side, side);
      }
      output.dataset.shown = `${model().pictures[state.picture]} ${blended.map(([n]) => key(n)).join(", ")}`;
    }
    const inputs = file(model().inputs);
    if (inputs.complete && inputs.naturalWidth) {
      element("input").getContext("2d").drawImage(inputs, state.picture * side, 0, side, side, 0, 0, side, side);
    }
    tell(blended.length > 1);
  }

  function tell(blended) {
    const S = nearest(state.S).map((n) => n / steps), shown = element("blend").checked ? state.S : S;
    const [x, y] = [0, 1].map((axis) => CORNERS.reduce((sum, corner, i) => sum + shown[i] * corner[axis], 0));
    marker.setAttribute("cx", x);
    marker.setAttribute("cy", y);
    const objectives = model().objectives, L = model().losses[index.get(key(nearest(state.S)))];
    const L_G = S.reduce((sum, s, i) => sum + s * L[i], 0);
    objectives.forEach((objective, i) => {
      const all = model().losses.map((row) => row[i]), least = Math.min(...all), most = Math.max(...all);
      element(`about-${i}`).textContent = `${objective.loss}, ${objective.about}`;
      element(`corner-${i}`).textContent = objective.about;
      element(`loss-${i}`).textContent = L[i].toFixed(3);
      element(`range-${i}`).textContent = `${least.toFixed(3)} to ${most.toFixed(3)}`;
      element(`s-${i}`).textContent = text(S[i]);
      element(`bar-${i}`).style.flexGrow = shown[i];
    });
    element("loss-G").textContent = L_G.toFixed(3);
    const parts = objectives.map((o, i) => `${Math.round(shown[i] * 100)} % ${o.about}`).join(", ");
    element("says").textContent = blended
      ? `S = ${label(shown)}: ${parts}. Blended from the pictures around it; the network never made this picture.`
      : `S = ${label(shown)}: ${parts}.`;
    triangle.setAttribute("aria-valuenow", nearest(state.S)[0]);
    triangle.setAttribute("aria-valuetext", element("says").textContent);
  }

  // --- state and address ---
  function show() {
    lattice.models.forEach((m, i) => { element(`model-${m.run}`).checked = i === state.model; });
    pictures();
    draw();
    const address = `#model=${model().run}&picture=${state.picture}&s=${state.S.map(text).join(",")}`;
    history.replaceState(null, "", address);
  }

  function pictures() {
    const list = element("pictures");
    if (list.dataset.run !== model().run) {
      list.dataset.run = model().run;
      list.replaceChildren(...model().pictures.map((_, i) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-label", `test picture ${i + 1}`);
        button.style.backgroundImage = `url("explorer/${model().inputs}")`;
        button.style.backgroundSize = `${model().pictures.length * 100}% 100%`;
        button.style.backgroundPosition = `${(i * 100) / Math.max(1, model().pictures.length - 1)}% 0`;
        button.addEventListener("click", () => { state.picture = i; show(); });
        return button;
      }));
    }
    [...list.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === state.picture)));
  }

  // What the address says, as far as it makes sense.
  function read() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const named = lattice.models.findIndex((m) => m.run === wanted.get("model"));
    if (named >= 0) state.model = named;
    const picture = Number(wanted.get("picture"));
    if (Number.isInteger(picture) && picture >= 0) state.picture = picture;
    state.picture = Math.min(state.picture, model().pictures.length - 1);
    const S = (wanted.get("s") || "").split(",").map(Number), sum = S.reduce((a, b) => a + b, 0);
    if (S.length === 3 && S.every((s) => s >= 0) && sum > 0 && Number.isFinite(sum)) state.S = S.map((s) => s / sum);
    if (!element("blend").checked) snap();
    show();
  }

  function snap() { state.S = nearest(state.S).map((n) => n / steps); }

  // --- hands ---
  function drag(event) {
    const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(triangle.getScreenCTM().inverse());
    state.S = at(place.x, place.y);
    if (!element("blend").checked) snap();
    show();
  }
  triangle.addEventListener("pointerdown", (event) => {
    triangle.setPointerCapture(event.pointerId);
    triangle.focus({ preventScroll: true });
    drag(event);
  });
  triangle.addEventListener("pointermove", (event) => { if (event.buttons) drag(event); });
  triangle.addEventListener("keydown", (event) => {
    const n = moved(nearest(state.S), event.key);
    if (n === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    state.S = n.map((v) => v / steps);
    show();
  });
  lattice.models.forEach((m, i) => element(`model-${m.run}`).addEventListener("change", () => {
    state.model = i;
    state.picture = Math.min(state.picture, m.pictures.length - 1);
    show();
  }));
  element("blend").addEventListener("change", () => { if (!element("blend").checked) snap(); show(); });
  addEventListener("hashchange", read);

  for (const canvas of [output, element("input")]) canvas.width = canvas.height = lattice.side;
  read();
  // The model's other pictures come while the reader looks at the first.
  addEventListener("load", () => model().pictures.forEach(file));
})();
