// What lies on the lanes: operations on those of clients; leadership, being down, changes and remarks on those of nodes.
Page.bars = (() => {
  const data = Page.data, model = Page.model, axis = Page.axis, { ops } = model;
  const shapes = ["impossible", "lost", "stale", "disorder"];
  const kind = i => (ops.wrong[i] >= 0 ? "wrong " + shapes[ops.wrong[i]] : ["ok", "failed", "unknown"][ops.outcome[i]]);
  const tags = ["IMPOSSIBLE ", "LOST ", "STALE ", "DISORDER "];

  function drawOps(parts) {
    const { from, to, dim } = Page.view, diagram = Page.diagram, text = 14;
    const notable = ops.notable.find(from, to, 300), plain = ops.plain.find(from, to, 300);
    const few = notable.found.length + plain.found.length <= 12;
    const dimmed = dim && notable.total > 0;
    for (const [list, weak] of [[plain.found, dimmed], [notable.found, false]]) for (const i of list) {
      const client = ops.client[i], rows = ops.rows[client], whole = diagram.barHeight(client) * (rows > 1 ? 1.6 : 1);
      const high = Math.max(3, whole / rows - (rows > 1 ? 2 : 0)), top = diagram.y(client) - whole / 2 + ops.row[i] * (high + 2);
      const left = axis.near(ops.begun[i]), right = Math.max(left + 3, axis.near(ops.end[i]));
      const bar = Page.svg("g", { class: "op " + kind(i) + (weak ? " weak" : "") + (ops.chain[i] ? " chain" : "") });
      bar.append(Page.svg("rect", { x: left, y: top, width: right - left, height: high, rx: 3 }));
      if (ops.outcome[i] === 2 && ops.wrong[i] < 0) { // open at its right end: nobody knows what became of it
        bar.append(Page.svg("path", { class: "open", d: "M" + right + "," + top + "H" + left + "V" + (top + high) + "H" + right }));
      }
      Page.labels.block(left, top, right, top + high);
      const words = (ops.wrong[i] >= 0 ? tags[ops.wrong[i]] : "") + (ops.outcome[i] === 1 ? "failed: " : "") + Page.short(ops.words[i], 60);
      const answer = Page.text(ops.answer[i]) && ops.outcome[i] === 0 ? " → " + Page.short(ops.answer[i], 40) : ops.outcome[i] === 2 ? " → ?" : "";
      const start = Math.max(left, axis.gutter) + 5, room = Math.min(right, axis.width) - start - 3, strong = ops.wrong[i] >= 0;
      const fits = high > 12 ? Page.labels.fit(words + answer, room, text, strong) : "";
      if (fits && (fits === words + answer || !ops.chain[i] && !strong && !few)) {
        bar.append(Page.svg("text", { x: start, y: top + high / 2 + 5 }, fits));
      } else if (ops.chain[i] || strong || few) later.push([i, words + answer, left, right, top, high, strong, fits, bar, start]);
      const sentence = () => Page.words.op(i);
      if (strong || ops.chain[i]) diagram.pressable(bar, "op" + i, Page.words.op(i), () => Page.view.setTime(ops.begun[i], true));
      parts.bars.push(Page.tip.on(bar, sentence));
    }
    placeLater = () => placeWords(parts);
    const shown = notable.found.length + plain.found.length, total = notable.total + plain.total;
    return shown < total ? "showing " + shown.toLocaleString("en") + " of " + Page.count(total, "operation") : "";
  }
  const later = [];
  let placeLater = () => {};
  function placeWords(parts) {
    // Words of important operations that do not fit inside go above or below, when all bars are in place. Of two
    // runs, which have little room for each, wrong answers choose first, and then from the right.
    if (Page.isPair) later.sort((a, b) => b[6] - a[6] || b[2] - a[2]);
    for (const [i, words, left, right, top, high, strong, fits, bar, start] of later.splice(0)) {
      const x = Math.max(left, axis.gutter + 4), wide = Page.labels.width(words, 14, strong);
      const back = Math.min(right, axis.width - 6) - wide;
      const at = wide > 480 ? null : Page.labels.place(words, [[x, top - 5], [x, top + high + 15], [back, top - 5], [back, top + high + 15], [right + 6, top + high / 2 + 5]], 14, strong);
      if (at) parts.words.push(Page.svg("text", { class: "op-words" + (ops.wrong[i] >= 0 ? " wrong" : ""), x: at[0], y: at[1] }, words));
      else if (fits) bar.append(Page.svg("text", { x: start, y: top + high / 2 + 5 }, fits));
    }
  }

  function drawLeads(parts) {
    const { from, to } = Page.view;
    for (const row of model.leads.filter(row => row.from <= to && row.to >= from).slice(0, 150)) {
      const left = axis.near(row.from), right = Math.max(left + 2, axis.near(row.to)), y = Page.diagram.y(row.node);
      const words = row.term >= 0 ? "leader, term " + row.term : "leader";
      const stripe = Page.svg("g", { class: "lead" });
      stripe.append(Page.svg("rect", { x: left, y: y - 7, width: right - left, height: 14, rx: 2 }));
      const start = Math.max(left, axis.gutter) + 5, fits = Page.labels.fit(words, Math.min(right, axis.width) - start - 4, 12, false);
      if (fits) stripe.append(Page.svg("text", { x: start, y: y + 4.5 }, fits));
      parts.bars.push(Page.tip.on(stripe, () => Page.words.lead(row)));
    }
  }

  function drawDown(parts) {
    const { from, to } = Page.view;
    model.ups.forEach((history, node) => {
      const times = [0, ...history.at, model.finish], ups = [model.up(node, -1), ...history.up];
      const first = Math.max(0, Page.upper(times, from) - 1);
      for (let place = first, drawn = 0; place < ups.length && times[place] <= to && drawn < 100; place++) {
        if (ups[place] || times[place + 1] < from || times[place + 1] === times[place]) continue;
        const left = axis.near(times[place]), right = Math.max(left + 3, axis.near(times[place + 1])), y = Page.diagram.y(node), high = Page.diagram.tall(node);
        const band = Page.svg("g", { class: "down-time" });
        band.append(Page.svg("rect", { class: "ground", x: left, y: y - high / 2 + 2, width: right - left, height: high - 4 }),
          Page.svg("rect", { class: "hatched", x: left, y: y - high / 2 + 2, width: right - left, height: high - 4 }));
        const start = Math.max(left, axis.gutter) + 6;
        if (Math.min(right, axis.width) - start > 46) {
          band.append(Page.svg("text", { x: start, y: y + 5 }, "down"));
          Page.labels.block(start, y - 9, start + 44, y + 7);
        }
        const since = times[place], until = times[place + 1];
        parts.bars.push(Page.tip.on(band, () => Page.lane(node) + " is down from " + Page.time(since) + " to " + Page.time(until) + ": its process is gone."));
        drawn++;
      }
    });
  }

  // Changes of stores and remarks: small signs on the lane; their words when there is room.
  function drawMarks(parts) {
    const { from, to } = Page.view, diagram = Page.diagram;
    const stretch = times => [Page.lower(times, from), Page.upper(times, to)];
    const [first, last] = stretch(model.changeTimes);
    const every = Math.max(1, Math.ceil((last - first) / 240));
    const wordy = last - first <= 60, named = new Set();
    for (let i = Math.ceil(first / every) * every; i < last; i += every) {
      const [at, node, what, key, value] = data.changes[i], x = axis.x(at), y = diagram.y(node);
      const mark = Page.svg("path", { class: "change" + (last - first > 120 ? " many" : ""), d: what === 2 ? "M" + x + "," + (y - 5) + "l5,5l-5,5l-5,-5z"
        : what === 3 ? "M" + (x - 4) + "," + (y - 4) + "l8,8m0,-8l-8,8" : what === 0 ? "M" + (x - 4) + "," + (y - 7) + "l9,7l-9,7z" : "M" + (x - 5) + "," + (y - 5) + "h10v10h-10z" });
      parts.marks.push(Page.tip.on(mark, () => Page.time(at) + ": " + Page.words.change(data.changes[i]) + "."));
      if (!wordy || what !== 2 && what !== 3) continue;
      const words = Page.short(key, 14) + (what === 2 ? " = " + Page.short(value, 18) : " gone");
      named.add([x, y, words]);
    }
    for (const [x, y, words] of named) {
      const spot = Page.labels.place(words, [[x + 4, y + 20], [x + 4, y - 12]], 13, false);
      if (spot) parts.words.push(Page.svg("text", { class: "change-words", x: spot[0], y: spot[1] }, words));
    }
    const [begin, end] = stretch(model.saidTimes), some = Math.max(1, Math.ceil((end - begin) / 120));
    for (let i = Math.ceil(begin / some) * some; i < end; i += some) {
      const [at, lane, text] = data.said[i], x = axis.x(at), y = diagram.y(lane) - 9;
      const mark = Page.svg("path", { class: "said" + (end - begin > 40 ? " many" : ""), d: "M" + x + "," + y + "l-4,-5h-2v-8h14v8h-6z" });
      parts.marks.push(Page.tip.on(mark, () => Page.time(at) + ": " + Page.words.said(data.said[i]) + "."));
      if (end - begin > 30) continue;
      const words = Page.short(text, 34), spot = Page.labels.place(words, [[x + 11, y - 3]], 12, false);
      if (spot) parts.words.push(Page.svg("text", { class: "said-words", x: spot[0], y: spot[1] }, words));
    }
  }

  let note = "";
  function draw(parts) {
    drawLeads(parts);
    drawDown(parts);
    note = drawOps(parts);
    drawMarksLater = () => drawMarks(parts);
  }
  let drawMarksLater = () => {};
  // Marks come after the arrows have placed their words: the words of messages matter more.
  return { draw, words: () => placeLater(), marks: () => drawMarksLater(), note: () => note, kind, shapes };
})();
