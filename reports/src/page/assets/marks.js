// Where two runs first differ: a sign and words on the axis, a line through each run at its own moment, a button.
Page.marks = (() => {
  const rows = Page.isPair ? Page.data.together.differences : [];
  const earliest = row => Math.min(...row.at);
  const list = [...rows].sort((a, b) => earliest(a) - earliest(b));
  const times = Float64Array.from(new Set(list.flatMap(row => row.at))).sort();

  function draw(parts) {
    const { from, to } = Page.view, { place, pressable, heads } = Page.diagram, axis = Page.axis, spots = [];
    for (const row of list) {
      row.at.forEach((at, run) => {
        if (at < from || at > to) return;
        const head = heads[run], x = axis.x(at);
        parts.back.push(Page.svg("line", { class: "difference-line", x1: x, x2: x, y1: head.top, y2: head.bottom }));
      });
      const at = earliest(row);
      if (at < from || at > to) continue;
      const x = axis.x(at), last = spots[spots.length - 1];
      if (last && x - last.x < 20) last.rows.push(row); else spots.push({ x, rows: [row] });
    }
    // Words go behind their sign as far as the next sign, or before it where there is more room.
    const size = 14, y = place.axis + 16;
    let used = axis.gutter;
    spots.forEach(({ x, rows }, i) => {
      const words = rows.map(row => "≠ " + Page.clean(row.label)).join("; "), wide = Page.labels.width(words, size, true);
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
  // The cursor goes to the later of the two moments: from then on both sides of the difference can be seen.
  const moment = row => Math.max(...row.at);
  function go(row) {
    Page.view.setTime(moment(row), true);
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
  return { list, times, draw, go, next, moment, important };
})();
