// Where two runs first differ: a sign and words on the axis, a line through each run at its own moment, a button.
Page.marks = (() => {
  const rows = Page.isPair ? Page.data.together.differences : [];
  const earliest = row => Math.min(...row.at);
  const list = [...rows].sort((a, b) => earliest(a) - earliest(b));

  // A sign at each moment; where those of the two runs cannot be told apart on the screen, one sign for both.
  function signs() {
    const { from, to } = Page.view, axis = Page.axis, found = [];
    for (const row of list) {
      const isOne = Math.abs(axis.x(row.at[0]) - axis.x(row.at[1])) < 20;
      (isOne ? [earliest(row)] : row.at).forEach((at, run) => {
        if (at >= from && at <= to) found.push({ x: axis.x(at), words: (isOne ? "≠ " : Page.runs[run].letter + " ≠ ") + Page.clean(row.label), row });
      });
    }
    const spots = [];
    for (const sign of found.sort((a, b) => a.x - b.x)) {
      const last = spots[spots.length - 1];
      if (last && sign.x - last.x < 20) last.signs.push(sign); else spots.push({ x: sign.x, signs: [sign] });
    }
    return spots;
  }
  function draw(parts) {
    const { place, pressable, heads } = Page.diagram, axis = Page.axis, spots = signs();
    for (const row of list) row.at.forEach((at, run) => {
      if (at < Page.view.from || at > Page.view.to) return;
      parts.back.push(Page.svg("line", { class: "difference-line", x1: axis.x(at), x2: axis.x(at), y1: heads[run].top, y2: heads[run].bottom }));
    });
    // Words go behind their sign as far as the next sign, or before it where there is more room.
    const size = 14, y = place.axis + 16;
    let used = axis.gutter;
    spots.forEach(({ x, signs }, i) => {
      const rows = signs.map(({ row }) => row), words = signs.map(sign => sign.words).join("; "), wide = Page.labels.width(words, size, true);
      const right = (i + 1 < spots.length ? spots[i + 1].x - 12 : axis.width) - x - 14, left = x - 14 - used;
      const behind = wide <= right || right >= left, fits = Page.labels.fit(words, Math.max(0, behind ? right : left), size, true);
      const sign = Page.svg("g", { class: "difference" }), shown = fits ? Page.labels.width(fits, size, true) : 0;
      sign.append(Page.svg("path", { d: "M" + x + "," + (place.axis + 24) + "l-8,-10l8,-10l8,10z" }));
      if (fits) sign.append(Page.svg("text", { x: behind ? x + 12 : x - 12 - shown, y }, fits));
      used = x + (behind ? 14 + shown : 12);
      const sentence = rows.map(row => Page.clean(row.sentence).replace(/`/g, "")).join("\n");
      pressable(sign, "difference" + i, sentence, () => go(rows[0]));
      parts.front.push(Page.tip.on(sign, sentence));
    });
    parts.front.push(Page.svg("text", { class: "small", x: 8, y: place.axis + 17 }, axis.gutter < 100 ? "differ" : "they differ"));
  }
  // The cursor goes to the later of the two moments: from then on both sides of the difference are there. Both come into view.
  const moment = row => Math.max(...row.at);
  function go(row) {
    const { view } = Page, [from, to] = [earliest(row), moment(row)], span = to - from;
    if (from < view.from || to > view.to) {
      const width = Math.max(view.to - view.from, span * 1.4);
      view.setRange((from + to - width) / 2, (from + to + width) / 2);
    }
    view.setTime(to, true);
    const key = row.key === null ? undefined : Page.model.keys.find(key => Page.text(key) === row.key);
    if (key !== undefined) Page.view.setKey(key);
  }
  // The next one after the cursor, or the first again.
  function next() {
    const later = list.filter(row => moment(row) > Page.view.time);
    const row = later.sort((a, b) => moment(a) - moment(b))[0] || list[0];
    if (row) go(row);
    return row;
  }
  const important = () => list.find(row => row.kind === "answer") || list.find(row => row.kind === "lasting") || list[0];
  return { list, draw, go, next, moment, important };
})();
