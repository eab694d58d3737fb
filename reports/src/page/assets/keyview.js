// One key through time: for each node which value it held when, and below the operations on that key.
Page.keyview = (() => {
  const data = Page.data, model = Page.model, axis = Page.axis, { ops } = model, box = Page.byId("keyview");
  const row = 30, head = 8;
  const svg = Page.svg("svg", { id: "key-picture", role: "img", "aria-label": "Who held which value of this key, over time" });
  const cursor = Page.svg("line", { class: "cursor", y1: 0 });
  const input = Page.make("input", { list: "key-names", id: "key-input", autocomplete: "off", spellcheck: "false", dir: "auto" });
  const sheet = Page.make("div", { id: "key-order" });
  let shown = -2, tones = new Map(), calls = null, callers = [];

  // Each value of the key gets the next of eight tones, in the order in which it first appears anywhere.
  function prepare(key) {
    shown = key;
    const firsts = [];
    for (const history of model.histories) {
      const own = history.get(key);
      if (own) own.value.forEach((value, place) => { if (value !== model.NONE) firsts.push([own.at[place], value]); });
    }
    firsts.sort((a, b) => a[0] - b[0]);
    tones = new Map();
    for (const [, value] of firsts) if (!tones.has(value)) tones.set(value, tones.size % 8);
    const ids = [];
    for (let i = 0; i < ops.count; i++) if (ops.key[i] === key) ids.push(i);
    calls = new Page.Spans(ids, ops.begun, ops.end);
    callers = [...new Set(ids.map(i => ops.client[i]))].sort((a, b) => a - b).slice(0, 12);
    input.value = Page.text(key);
  }

  function drawNode(parts, node, key) {
    const y = head + node * row, { from, to } = Page.view;
    parts.push(Page.svg("text", { class: "lane-name", x: 8, y: y + 20 }, Page.labels.fit(Page.lane(node), axis.gutter - 14, 15, true)),
      Page.svg("line", { class: "lane", x1: axis.gutter, x2: axis.width, y1: y + 14, y2: y + 14 }));
    const history = model.histories[node].get(key);
    if (!history) return;
    const first = Math.max(0, Page.upper(history.at, from) - 1), last = Page.upper(history.at, to);
    const every = Math.max(1, Math.ceil((last - first) / 120));
    for (let place = first; place < last; place += every) {
      const value = history.value[place];
      if (value === model.NONE) continue;
      const start = history.at[place], end = place + 1 < history.at.length ? history.at[place + 1] : data.end;
      const left = Math.max(axis.gutter, axis.near(start)), right = Math.max(left + 2, axis.near(end) - 1);
      const bar = Page.svg("g", { class: "held tone" + tones.get(value) });
      bar.append(Page.svg("rect", { x: left, y: y + 2, width: right - left, height: row - 6, rx: 3 }));
      const at = Math.max(left, axis.gutter) + 6, words = Page.short(value, 40) + (history.version[place] >= 0 ? " v" + history.version[place] : "");
      const fits = Page.labels.fit(words, Math.min(right, axis.width) - at - 4, 14, false);
      if (fits) bar.append(Page.svg("text", { x: at, y: y + 19 }, fits));
      parts.push(Page.tip.on(bar, () => Page.lane(node) + " holds " + Page.quote(value) + (history.version[place] >= 0 ? ", version " + history.version[place] : "") + ", from " + Page.time(start) + " to " + Page.time(end) + "."));
    }
  }

  function draw() {
    const { key, from, to } = Page.view;
    if (key < 0) return;
    if (key !== shown) prepare(key);
    const parts = [], marks = [], { found, total } = calls.find(from, to, 200), clients = callers;
    const below = head + data.nodes * row + 6, height = below + Math.max(1, clients.length) * 24 + 26, { step, times } = axis.ticks();
    svg.setAttribute("viewBox", "0 0 " + axis.width + " " + height);
    svg.setAttribute("height", height);
    cursor.setAttribute("y2", height - 20);
    for (const time of times) {
      parts.push(Page.svg("line", { class: "grid", x1: axis.x(time), x2: axis.x(time), y1: 0, y2: height - 20 }),
        Page.svg("text", { class: "tick", x: axis.x(time), y: height - 5, "text-anchor": "middle" }, Page.time(time, step)));
    }
    for (let node = 0; node < data.nodes; node++) drawNode(parts, node, key);
    clients.forEach((client, place) => parts.push(Page.svg("text", { class: "lane-name light", x: 8, y: below + place * 24 + 16 }, Page.labels.fit(Page.lane(client), axis.gutter - 14, 15, false))));
    for (const i of found) {
      const place = clients.indexOf(ops.client[i]);
      if (place < 0) continue;
      const left = Math.max(axis.gutter, axis.near(ops.begun[i])), right = Math.max(left + 3, axis.near(ops.end[i])), y = below + place * 24;
      const bar = Page.svg("g", { class: "op " + Page.bars.kind(i) });
      bar.append(Page.svg("rect", { x: left, y: y + 2, width: right - left, height: 19, rx: 3 }));
      const at = Math.max(left, axis.gutter) + 4 + Page.order.room(key, i), fits = Page.labels.fit((ops.wrong[i] >= 0 ? Page.words.wrongs[ops.wrong[i]].toUpperCase() + " " : "") + Page.short(ops.words[i], 40) +
        (Page.text(ops.answer[i]) ? " → " + Page.short(ops.answer[i], 30) : ""), Math.min(right, axis.width) - at - 3, 13, false);
      if (fits) bar.append(Page.svg("text", { x: at, y: y + 16 }, fits));
      parts.push(Page.tip.on(bar, () => Page.words.op(i) + Page.order.sentence(key, i)));
      Page.order.mark(marks, key, i, left, right, y);
    }
    parts.push(...marks);
    if (!calls.ids.length) parts.push(Page.svg("text", { class: "small", x: axis.gutter + 8, y: below + 16 }, "no operation names this key"));
    if (found.length < total) parts.push(Page.svg("text", { class: "note", x: axis.width - axis.right, y: height - 24, "text-anchor": "end" }, "showing " + found.length + " of " + Page.count(total, "operation") + ": zoom in"));
    svg.replaceChildren(...parts, cursor);
    sheet.replaceChildren(...Page.order.panel(key, calls));
    drawCursor();
  }
  function drawCursor() {
    const x = axis.x(Page.view.time);
    cursor.setAttribute("visibility", x >= axis.gutter && x <= axis.width ? "visible" : "hidden");
    cursor.setAttribute("x1", axis.near(Page.view.time));
    cursor.setAttribute("x2", axis.near(Page.view.time));
  }
  function begin() {
    if (!model.keys.length) { box.hidden = true; return; }
    const names = Page.make("datalist", { id: "key-names" }, ...model.keys.slice(0, 1000).map(key => Page.make("option", { value: Page.text(key).slice(0, 200) })));
    const texts = new Map(model.keys.map(key => [Page.text(key), key]));
    const step = by => {
      const place = model.keys.indexOf(Page.view.key);
      Page.view.setKey(model.keys[(place + by + model.keys.length) % model.keys.length]);
    };
    input.addEventListener("change", () => { if (texts.has(input.value)) Page.view.setKey(texts.get(input.value)); else input.value = Page.text(Page.view.key); });
    input.addEventListener("focus", () => input.select());
    box.replaceChildren(Page.make("h2", {}, "One key: who held which value, when"),
      Page.make("p", { class: "chooser" }, Page.make("label", { for: "key-input" }, "Key "), input, names,
        Page.button("‹", "The key before.", () => step(-1), { "aria-label": "The key before" }), Page.button("›", "The next key.", () => step(1), { "aria-label": "The next key" }),
        Page.make("span", { class: "quiet" }, " " + Page.count(model.keys.length, "key"))), svg, sheet);
    Page.hands.give(svg, false);
    Page.view.on("range", draw);
    Page.view.on("key", draw);
    Page.view.on("time", drawCursor);
  }
  return { begin };
})();
