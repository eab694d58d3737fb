// The moment of the cursor: what happened in words, every node's state and store side by side, what is in flight and under way.
Page.inspector = (() => {
  const data = Page.data, model = Page.model, box = Page.byId("inspector"), now = Page.byId("now");
  let everything = false;
  const named = new Set(data.verdicts.filter(row => row.verdict === "violated").flatMap(row => row.keys));

  // Which keys to show: few enough to read; those that matter now always. Always in the same order, so rows do not jump.
  function choose(time) {
    const differing = new Set();
    const limit = model.keys.length > 3000 ? model.keys.slice(0, 3000) : model.keys;
    for (const key of limit) if (Page.differ.at(key, time)) differing.add(key);
    if (model.keys.length <= 12 || everything) return { keys: model.keys.slice(0, 400), differing };
    const wanted = new Set(model.keys.filter(key => named.has(Page.text(key))).slice(0, 12));
    if (Page.view.key >= 0) wanted.add(Page.view.key);
    for (const key of differing) if (wanted.size < 16) wanted.add(key);
    for (let i = Page.upper(model.changeTimes, time) - 1, looked = 0; i >= 0 && looked < 200 && wanted.size < 12; i--, looked++) {
      const [, , what, key] = data.changes[i];
      if (what >= 2) wanted.add(model.same(key));
    }
    for (const key of model.keys) { if (wanted.size >= 12) break; wanted.add(key); }
    return { keys: model.keys.filter(key => wanted.has(key)), differing };
  }

  function card(node, time) {
    const [words, kind] = Page.diagram.state(node, time), said = model.lastSaid(node, time);
    const touched = model.faultsAt(time).filter(fault => fault.nodes.includes(node));
    const head = Page.make("th", { scope: "col", class: "card " + kind },
      Page.make("span", { class: "name" }, Page.bareLane(node)),
      Page.make("span", { class: "state" }, (kind === "is-down" ? "✕ " : kind === "is-leader" ? "★ " : "● ") + words));
    for (const fault of touched) head.append(Page.tip.on(Page.make("span", { class: "touched" }, "⚡ " + Page.clean(fault.label)), () => Page.words.fault(fault)));
    if (said) head.append(Page.tip.on(Page.make("span", { class: "remark" }, "says: " + Page.short(said.text, 60)), Page.time(said.at) + ": " + Page.text(said.text)));
    return head;
  }

  // What most nodes that are up hold for a key; none if there is no clear most. Those who hold something else are marked.
  function usual(key, time, nodes) {
    const counts = new Map();
    for (const node of nodes) {
      if (!model.up(node, time)) continue;
      const { value } = model.held(node, key, time);
      counts.set(value, (counts.get(value) || 0) + 1);
    }
    const sorted = [...counts].sort((a, b) => b[1] - a[1]);
    return sorted.length > 1 && sorted[0][1] === sorted[1][1] ? undefined : sorted.length ? sorted[0][0] : undefined;
  }

  function cell(node, key, time, differs, most, fresh) {
    if (!model.up(node, time)) return gone(node, key, time);
    const { value, version, at } = model.held(node, key, time), isNew = at >= 0 && at > time - fresh && at <= time;
    const parts = [value === model.NONE ? Page.make("span", { class: "nothing" }, "nothing") : Page.make("bdi", { class: "value" }, Page.cut(Page.clean(Page.text(value)), 28))];
    if (value !== model.NONE && version >= 0) parts.push(Page.make("span", { class: "version" }, " v" + version));
    if (isNew) parts.push(Page.make("span", { class: "new" }, "new"));
    const element = Page.make("td", { class: (differs && value !== most ? "differs " : "") + (isNew ? "fresh" : "") }, ...parts);
    const whole = value === model.NONE ? "nothing" : Page.text(value);
    return Page.tip.on(element, Page.lane(node) + ", key " + Page.text(key) + ": " + whole + (at >= 0 ? "\nsince " + Page.time(at) : ""));
  }

  // What a node that is down will find on its disk, and what died with its process.
  function gone(node, key, time) {
    const element = Page.make("td", { class: "gone" }, Page.make("span", { class: "off" }, "down")), left = model.left(node, time);
    if (!left || !left.holds) return element;
    const found = left.holds.get(key), before = model.held(node, key, left.at - 1);
    const lost = before.value !== model.NONE && (!found || found.value !== before.value);
    element.append(Page.make("span", { class: "platter" }, "disk: " + (found ? Page.short(found.value, 24) + (found.version >= 0 ? " v" + found.version : "") : "nothing")));
    if (lost) element.append(Page.make("span", { class: "lost-word" }, "✕ lost " + Page.short(before.value, 24)));
    return Page.tip.on(element, Page.lane(node) + " is down. Its disk " + (found ? "gives back " + Page.quote(found.value) : "gives back nothing") + " under this key." +
      (lost ? " It held " + Page.quote(before.value) + " when its process ended: that is gone." : ""));
  }

  function stores(time) {
    const { keys, differing } = choose(time), fresh = Math.max(1, (Page.view.to - Page.view.from) * 0.004);
    const table = Page.make("table", { class: "stores" },
      Page.make("caption", {}, "What every node holds at " + Page.time(time) + (differing.size ? ": they differ on " + Page.count(differing.size, "key") : ": all that are up agree") + (Page.isPair ? ", each run taken for itself" : "")),
      Page.make("thead", {}, ...(Page.isPair ? [Page.make("tr", {}, Page.make("td", { class: "corner" }), ...Page.runs.map(run =>
        Page.make("th", { scope: "colgroup", colspan: run.nodes.length, class: "run run" + run.letter }, Page.make("span", { class: "letter" }, run.letter), Page.clean(run.name))))] : []),
      Page.make("tr", {}, Page.make("th", { scope: "col", class: "corner" }, "key"), ...Page.runs.flatMap(run => run.nodes.map(node => card(node, time))))),
      Page.make("tbody", {}, ...keys.map(key => {
        const differs = differing.has(key);
        const name = Page.make("button", { type: "button", class: "key", "aria-label": "Key " + Page.clean(Page.text(key)) + ": show it below", "data-key": key }, Page.make("bdi", {}, Page.cut(Page.clean(Page.text(key)), 24)));
        return Page.make("tr", { class: (differs ? "differing" : "") + (key === Page.view.key ? " chosen" : "") },
          Page.make("th", { scope: "row" }, name, differs ? Page.make("span", { class: "sign" }, "≠ differ") : null),
          ...Page.runs.flatMap(run => {
            const apart = differs && Page.differ.differsIn(run, key, time), most = apart ? usual(key, time, run.nodes) : undefined;
            return run.nodes.map(node => cell(node, key, time, apart, most, fresh));
          }));
      })), Page.make("tfoot", {}, ...Page.inside.rows(time, Page.runs.flatMap(run => run.nodes))));
    // A bar between the runs.
    for (const run of Page.runs.slice(1)) for (const row of [...table.rows].slice(1)) row.children[1 + run.nodes[0]].classList.add("first-of-run");
    table.style.minWidth = 150 + data.nodes * 110 + "px"; // many nodes: the table scrolls sideways rather than squeeze
    const rest = model.keys.length - keys.length;
    const more = rest > 0 || everything && model.keys.length > 12
      ? Page.make("button", { type: "button", class: "more" }, everything ? "Fewer keys" : "Show " + Page.count(rest, "more key")) : null;
    return [table, more];
  }

  function lists(time) {
    const flights = model.inFlight(time, 14), calls = model.underWay(time);
    const list = (title, items, total, none) => Page.make("div", { class: "panel" }, Page.make("h3", {}, title + " (" + total.toLocaleString("en") + ")"),
      items.length ? Page.make("ul", {}, ...items) : Page.make("p", { class: "quiet" }, none),
      total > items.length && items.length ? Page.make("p", { class: "quiet" }, "and " + (total - items.length).toLocaleString("en") + " more") : null);
    return Page.make("div", { class: "panels" },
      list("Messages in flight", flights.found.map(i => {
        const { messages } = model, lost = messages.fate[i] >= 1 && messages.fate[i] <= 4;
        return Page.tip.on(Page.make("li", { class: (messages.chain[i] ? "chain " : "") + (lost ? "lost" : "") }, Page.make("span", { class: "way" }, Page.lane(messages.from[i]) + " → " + Page.lane(messages.to[i])), " ",
          Page.short(messages.text[i], 70), lost ? " ✕ will be lost" : ""), () => Page.words.message(i));
      }), flights.total, "none"),
      list("Operations under way", calls.slice(0, 14).map(i => Page.tip.on(Page.make("li", { class: model.ops.wrong[i] >= 0 ? "wrong" : null },
        Page.make("span", { class: "way" }, Page.lane(model.ops.client[i])), " ", Page.short(model.ops.words[i], 60), ", for " + Page.span(time - model.ops.begun[i])), () => Page.words.op(i))), calls.length, "none"));
  }

  // The words of the moment. While time plays they are shown a few times a second and not read aloud, or a screen
  // reader would never end; else they wait until the cursor rests.
  let timer = 0;
  function speak() {
    const playing = Page.controls.playing();
    now.setAttribute("aria-live", playing ? "off" : "polite");
    if (playing && timer) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = 0;
      const { time } = Page.view, happened = Page.words.happened(time), { moments } = model;
      const place = Page.upper(moments, time) - 1;
      const words = happened.length ? happened.slice(0, 5).join("; ") + (happened.length > 5 ? "; and " + (happened.length - 5) + " more" : "")
        : place >= 0 ? "nothing at this very moment; " + Page.span(time - moments[place]) + " before: " + Page.words.happened(moments[place]).slice(0, 3).join("; ") : "nothing yet";
      now.replaceChildren(Page.make("b", {}, Page.time(time)), ": " + words + ".");
    }, playing ? 250 : 60);
  }

  let last = 0, pending = 0;
  function draw() {
    pending = 0;
    last = performance.now();
    const time = Page.view.time;
    const focus = box.contains(document.activeElement) ? [...document.activeElement.classList][0] + (document.activeElement.dataset.key || "") : null;
    box.replaceChildren(...[...stores(time), lists(time)].filter(Boolean));
    if (focus) {
      const again = [...box.querySelectorAll("button")].find(button => [...button.classList][0] + (button.dataset.key || "") === focus);
      if (again) again.focus({ preventScroll: true });
    }
  }
  function begin() {
    box.addEventListener("click", event => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.classList.contains("more")) { everything = !everything; draw(); }
      if (button.dataset.key) Page.view.setKey(Number(button.dataset.key));
    });
    // While the cursor moves quickly the tables follow a little later, at most some twelve times a second.
    Page.view.on("time", () => {
      speak();
      if (!pending) pending = setTimeout(draw, Math.max(0, 80 - (performance.now() - last)));
    });
  }
  return { begin, draw };
})();
