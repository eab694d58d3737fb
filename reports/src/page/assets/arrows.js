// Messages as arrows from lane to lane: the chain first, then the lost ones, then as many others as fit.
Page.arrows = (() => {
  const data = Page.data, axis = Page.axis, { messages } = Page.model;
  const MOST = 1200;
  const why = ["", "lost by the link", "cut by a partition", "receiver down", "receiver crashed", "in flight"];
  const reach = [1, 0.55, 0.5, 0.97, 0.97, 0.75]; // how far down its way each fate gets

  function choose() {
    const { from, to, show } = Page.view, kinds = messages.groups.filter((_, kind) => show[kind]);
    const chosen = [];
    let total = 0;
    for (const weight of [0, 1, 2]) kinds.forEach((kind, place) => {
      const { found, total: all } = kind[weight].find(from, to, Math.max(1, Math.floor((MOST - chosen.length) / (kinds.length - place) / (weight === 2 ? 1 : 2))));
      for (const i of found) chosen.push(i);
      total += all;
    });
    return { chosen, total };
  }

  // Where a message leaves and ends: at the edge of what lies on the lane, not in the middle of it.
  function line(i) {
    const diagram = Page.diagram, from = messages.from[i], to = messages.to[i], fate = messages.fate[i];
    const down = to > from ? 1 : -1;
    const edge = lane => (lane < data.nodes ? 7 : diagram.barHeight(lane) / 2 * (Page.model.ops.rows[lane] > 1 ? 1.6 : 1));
    let y1 = diagram.y(from) + down * edge(from), y2 = diagram.y(to) - down * edge(to);
    if (from === to) { y1 = diagram.y(from) - 8; y2 = y1 - 14; }
    y2 = y1 + (y2 - y1) * reach[fate];
    let x1 = axis.x(messages.sent[i]), x2 = axis.x(messages.drawnEnd[i]);
    // Far-off ends are brought near along the line: huge numbers draw badly.
    const low = axis.gutter - 60, high = axis.width + 60;
    const at = x => y1 + (y2 - y1) * (x - x1) / (x2 - x1);
    const cut = { x1, y1, x2, y2, tail: true };
    if (x1 < low && x2 > x1) { cut.y1 = at(low); cut.x1 = low; }
    if (x2 > high && x2 > x1) { cut.y2 = at(high); cut.x2 = high; cut.tail = false; }
    return cut;
  }

  function draw(parts) {
    const { chosen, total } = choose(), dim = Page.view.dim && chosen.some(i => messages.chain[i] === 1); // without any of the chain in view nothing need step back
    const labels = [];
    let chains = 0;
    const wordy = chosen.reduce((sum, i) => sum + messages.chain[i], 0) <= 40; // a long chain would be nothing but words
    for (const i of chosen) {
      const spot = line(i), chain = messages.chain[i] === 1, fate = messages.fate[i];
      const kinds = (chain ? "chain" : "") + (fate >= 1 && fate <= 4 ? " lost" : "") + (fate === 5 ? " flying" : "") +
        (messages.copy[i] ? " copy" : "") + (chain && !wordy ? " long" : "") + (messages.kind[i] === 3 ? " health" : "");
      const arrow = Page.svg("path", { class: "msg " + kinds, d: "M" + spot.x1.toFixed(1) + "," + spot.y1.toFixed(1) + "L" + spot.x2.toFixed(1) + "," + spot.y2.toFixed(1),
        "marker-end": spot.tail ? "url(#" + (fate === 0 ? (chain && wordy ? "head-chain" : chain ? "head-long" : "head") : fate === 5 ? "ring" : "cross") + ")" : null });
      if (chain && chains++ < 60) Page.diagram.pressable(arrow, "m" + i, Page.words.message(i), () => Page.view.setTime(messages.sent[i], true));
      if (chain && wordy) Page.labels.blockLine(spot.x1, spot.y1, spot.x2, spot.y2);
      if (chain) Page.tip.on(arrow, () => Page.words.message(i));
      parts[chain || !dim ? "arrows" : "arrows-dim"].push(arrow);
      Page.diagram.hits.push({ ...spot, message: i, chain });
      if (chain || !dim || fate) labels.push([i, spot, chain, fate >= 1 && fate <= 4]);
    }
    Page.bars.words();
    // Words: those of the chain always tried; others only while few are in view.
    let tries = 0;
    const losses = labels.filter(([, , chain, lost]) => lost && !chain).length;
    for (const [i, spot, chain, lost] of labels) {
      if (chain && !wordy && !lost) continue;
      if (!chain && (total > 70 && !(lost && losses <= 12) || tries > 60) || tries++ > 160) continue;
      const size = chain ? 14 : 13, text = Page.short(messages.text[i], chain ? 44 : 30) + (messages.copy[i] ? " (copy)" : "") + (messages.fate[i] ? " — " + why[messages.fate[i]] : "");
      const wide = Page.labels.width(text, size, chain), places = [];
      const ended = messages.fate[i] && messages.fate[i] < 5;
      if (ended && spot.tail) places.push([spot.x2 + 12, spot.y2 + 5], [spot.x2 - wide - 12, spot.y2 + 5]);
      for (const part of ended ? [1.12, 0.7, 0.4] : [0.5, 0.34, 0.66, 0.42, 0.58, 0.2, 0.8, 0.1, 0.9]) {
        const x = spot.x1 + (spot.x2 - spot.x1) * part, y = spot.y1 + (spot.y2 - spot.y1) * part + 5;
        // Beside a steep arrow; above or below one that is nearly flat.
        const lean = Math.abs(spot.x2 - spot.x1) / (Math.abs(spot.y2 - spot.y1) || 1) * 10;
        places.push([x + 9 + Math.min(lean, 60), y], [x - wide - 9 - Math.min(lean, 60), y]);
        if (lean > 20) places.push([x - wide / 2, y - 14], [x - wide / 2, y + 14]);
      }
      const at = Page.labels.place(text, places, size, chain);
      if (at) parts.words.push(Page.svg("text", { class: "msg-words" + (chain ? " chain" : "") + (lost ? " lost" : ""), x: at[0], y: at[1] }, text));
    }
    Page.bars.marks();
    const notes = [];
    if (chosen.length < total) notes.push("showing " + chosen.length.toLocaleString("en") + " of " + Page.count(total, "message"));
    if (Page.bars.note()) notes.push(Page.bars.note());
    if (notes.length) {
      const words = notes.join("; ") + ": zoom in", wide = Page.labels.width(words, 14, true) + 20, { height } = Page.diagram.place;
      parts.front.push(Page.svg("rect", { class: "note-box", x: axis.width - wide - 6, y: height - 32, width: wide, height: 26, rx: 4 }),
        Page.svg("text", { class: "note", x: axis.width - wide + 4, y: height - 14 }, words));
    }
  }
  function highlight(hit) {
    const { hover } = Page.diagram.layers;
    if (!hit) { if (hover.firstChild) hover.replaceChildren(); return; }
    hover.replaceChildren(Page.svg("path", { class: "msg hovered", d: "M" + hit.x1 + "," + hit.y1 + "L" + hit.x2 + "," + hit.y2 }));
  }
  return { draw, highlight };
})();
