// In which order the operations of a key explain every answer, or how far one comes and why no further: a number on
// each bar of the key's picture, and the same as a list. Where it was not looked for, nothing is claimed.
Page.order = (() => {
  const data = Page.data, model = Page.model, { ops } = model;
  const MOST = 16;
  const known = new Map();
  for (const row of data.orders) {
    const places = new Map(), blocked = new Map(row.blocked.filter(([i]) => i >= 0));
    row.order.forEach((i, place) => { if (i >= 0) places.set(i, place + 1); });
    known.set(model.same(row.key), { ...row, places, stuck: blocked });
  }
  const label = (row, i) => (row.places.has(i) ? String(row.places.get(i)) : row.stuck.has(i) ? "✕" : "");
  const wide = words => Math.max(20, 10 + Page.labels.width(words, 13, true));

  // How much of a bar its number takes.
  function room(key, i) {
    const row = known.get(key), words = row ? label(row, i) : "";
    return words && Page.axis.near(ops.end[i]) - Page.axis.near(ops.begun[i]) > wide(words) + 30 ? wide(words) + 2 : 0;
  }
  // The number: in a bar that has room, else behind it; never over another number of its row.
  let taken = [];
  function mark(parts, key, i, left, right, y) {
    const row = known.get(key), words = row ? label(row, i) : "";
    if (!parts.length) taken = [];
    if (!words || right < Page.axis.gutter) return;
    const size = wide(words), x = room(key, i) ? left + 2 : right + 2;
    if (taken.some(([other, from, to]) => other === y && x < to && x + size > from)) return;
    taken.push([y, x, x + size]);
    const sign = Page.svg("g", { class: "place" + (words === "✕" ? " blocked" : "") });
    sign.append(Page.svg("rect", { x, y: y + 3, width: size, height: 17, rx: 8 }),
      Page.svg("text", { x: x + size / 2, y: y + 16, "text-anchor": "middle" }, words));
    parts.push(sign);
  }
  function sentence(key, i) {
    const row = known.get(key);
    if (!row) return "";
    if (row.places.has(i)) return " Number " + row.places.get(i) + " of the order" + (row.found === "refuted" ? " as far as it comes." : ".");
    if (row.stuck.has(i)) return " It cannot come next.";
    return row.found === "ordered" ? " It needs no place in the order." : "";
  }

  const item = (i, value) => Page.make("li", { value, class: i >= 0 && ops.wrong[i] >= 0 ? "wrong" : null }, ...(i < 0 ? ["an operation that is not on this page"] : [
    Page.button(Page.time(ops.begun[i]), "Moves the cursor to where this operation begins.", () => Page.view.setTime(ops.begun[i], true), { class: "moment" }),
    Page.lane(ops.client[i]) + " " + Page.short(ops.words[i], 60) + (ops.outcome[i] === 2 ? ", of unknown outcome" : Page.text(ops.answer[i]) ? " → " + Page.short(ops.answer[i], 40) : "")]));
  function panel(key, calls) {
    const row = known.get(key);
    const title = words => Page.make("h3", {}, words);
    if (!calls.ids.length) return [];
    if (Page.isPair) return [Page.make("p", { class: "quiet" }, "In which order the operations of a run explain its answers, or why in none: on the page of that run.")];
    if (!row || row.found === "unknown") return [title("Order: unknown"),
      Page.make("p", {}, "An order of its operations was not found: " + (row ? row.note : "a page looks at " + Page.count(data.orders.length, "key") + ", and this is none of them") + ". Nothing is claimed.")];
    const stated = (data.verdicts.find(verdict => verdict.property === "linearizability") || {}).expected;
    const { from, to } = Page.view;
    const inView = row.order.map((i, place) => [i, place + 1]).filter(([i]) => i >= 0 && ops.begun[i] <= to && ops.end[i] >= from);
    const all = row.order.length, count = Page.count(all, "operation");
    const list = shown => [shown.length ? Page.make("ol", {}, ...shown.map(([i, place]) => item(i, place))) : null,
      shown.length < all ? Page.make("p", { class: "quiet" }, shown.length + " of " + all + " shown: those in view" + (shown.length < inView.length ? ", and not all of these: zoom in" : "")) : null];
    const spare = calls.ids.filter(i => !row.places.has(i)).length;
    if (row.found === "ordered") return [title("One order explains every answer"),
      Page.make("p", {}, (all === 1 ? "One operation" : "Each of " + count) + " can have taken effect at one moment between its call and its answer, in the order of the numbers" +
        (all === 1 ? "" : " (or in another: there may be more than one)") + "." +
        (spare ? " " + Page.count(spare, "operation") + (spare === 1 ? " needs" : " need") + " no place: failed, unanswered, or told nothing that an order must explain." : "")),
      ...list(inView.slice(0, MOST))].filter(Boolean);
    const reasons = row.blocked.map(([i, why], place) => Page.make("li", { class: place === 0 ? "first" : null },
      i < 0 ? null : Page.button(Page.time(ops.begun[i]), "Moves the cursor to where this operation begins.", () => Page.view.setTime(ops.begun[i], true), { class: "moment" }),
      Page.isolate(Page.clean(why)) + "."));
    return [title("No order explains every answer: the history of this key is not linearizable"),
      Page.make("p", {}, ({ holds: "The scenario states that this run is to be linearizable.", violated: "The scenario expects a run that is not." })[stated] || "The scenario states nothing of that: it is a fact, not a fault."),
      Page.make("p", {}, all ? "The longest order that was found has " + count + ", numbered in the picture. Then the first that does not fit, and why:" : "None can come first, and this is why:"),
      Page.make("ul", { class: "blocked" }, ...reasons),
      all ? Page.make("p", {}, "The order as far as it comes:") : null,
      ...list(inView.slice(-MOST))].filter(Boolean);
  }
  return { room, mark, sentence, panel, of: key => known.get(key) };
})();
