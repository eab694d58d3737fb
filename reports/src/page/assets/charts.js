// How long operations took, as signs on the time axis: one path for each kind, whatever their number.
Page.charts = (() => {
  const svg = Page.byId("latency"), axis = Page.axis, { ops } = Page.model, height = 200, top = 10, bottom = 176;
  const MOST = 3000;
  let dots = [];
  const cursor = Page.svg("line", { class: "cursor", y1: 0, y2: bottom });
  // The scale is that of the whole run, so that it does not change while one zooms.
  let least = Infinity, most = 0;
  for (let i = 0; i < ops.count; i++) {
    if (ops.done[i] < ops.begun[i]) continue;
    const took = Math.max(1000, ops.end[i] - ops.begun[i]);
    if (took < least) least = took;
    if (took > most) most = took;
  }
  const low = Math.floor(Math.log10(Math.min(least, 1e9))), high = Math.max(low + 1, Math.ceil(Math.log10(most || 1e9)));
  const y = took => bottom - (Math.max(low, Math.min(high, Math.log10(Math.max(1, took)))) - low) / (high - low) * (bottom - top);
  const shapes = {
    "ok": (x, y) => "M" + (x - 3) + "," + y + "a3,3 0 1 0 6,0a3,3 0 1 0 -6,0",
    "failed": (x, y) => "M" + (x - 4) + "," + (y - 4) + "h8v8h-8z",
    "unknown": (x, y) => "M" + (x - 5) + "," + (y + 4) + "h10l-5,-9z",
    "wrong impossible": (x, y) => "M" + x + "," + (y - 8) + "l2.5,5h5l-4,4l2,6l-5.500,-3.500l-5.500,3.500l2,-6l-4,-4h5z",
    "wrong lost": (x, y) => "M" + (x - 6) + "," + (y - 6) + "l12,12m0,-12l-12,12",
    "wrong stale": (x, y) => "M" + x + "," + (y - 7) + "l7,7l-7,7l-7,-7z",
    "wrong disorder": (x, y) => "M" + (x - 7) + "," + y + "h14m-7,-7v14",
  };
  function draw() {
    svg.setAttribute("viewBox", "0 0 " + axis.width + " " + height);
    svg.setAttribute("height", height);
    const parts = [], { from, to } = Page.view, { step, times } = axis.ticks();
    for (let power = low; power <= high; power++) {
      if (high - low > 5 && (power - low) % 2) continue;
      parts.push(Page.svg("line", { class: "grid", x1: axis.gutter, x2: axis.width - axis.right, y1: y(10 ** power), y2: y(10 ** power) }),
        Page.svg("text", { class: "small", x: axis.gutter - 8, y: y(10 ** power) + 4, "text-anchor": "end" }, Page.span(10 ** power)));
    }
    for (const time of times) parts.push(Page.svg("text", { class: "tick", x: axis.x(time), y: height - 5, "text-anchor": "middle" }, Page.time(time, step)));
    const notable = ops.notable.find(from, to, 500), plain = ops.plain.find(from, to, MOST - 500), paths = {};
    dots = [];
    for (const i of [...plain.found, ...notable.found]) {
      if (ops.begun[i] < from || ops.begun[i] > to) continue;
      const dot = { i, x: Math.round(axis.x(ops.begun[i]) * 10) / 10, y: Math.round(y(ops.end[i] - ops.begun[i]) * 10) / 10 }, kind = Page.bars.kind(i);
      dots.push(dot);
      paths[kind] = (paths[kind] || "") + shapes[kind](dot.x, dot.y);
    }
    for (const kind in shapes) if (paths[kind]) parts.push(Page.svg("path", { class: "dot " + kind, d: paths[kind] }));
    const total = plain.total + notable.total, shown = plain.found.length + notable.found.length;
    if (shown < total) parts.push(Page.svg("text", { class: "note", x: axis.width - axis.right, y: 14, "text-anchor": "end" }, "showing " + shown.toLocaleString("en") + " of " + Page.count(total, "operation") + ": zoom in"));
    Page.figures.quantiles(parts, y);
    if (!dots.length) parts.push(Page.svg("text", { class: "small", x: axis.gutter + 10, y: height / 2 }, "no operation begins in this stretch"));
    svg.replaceChildren(...parts, cursor);
  }
  function drawCursor() {
    const x = axis.x(Page.view.time), seen = x >= axis.gutter && x <= axis.width;
    cursor.setAttribute("visibility", seen ? "visible" : "hidden");
    cursor.setAttribute("x1", axis.near(Page.view.time));
    cursor.setAttribute("x2", axis.near(Page.view.time));
  }
  const near = event => {
    const box = svg.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let best = null, nearest = 10;
    for (const dot of dots) {
      const away = Math.hypot(dot.x - x, dot.y - y);
      if (away < nearest) { nearest = away; best = dot; }
    }
    return best;
  };
  function begin() {
    Page.hands.give(svg, false);
    svg.addEventListener("pointermove", event => {
      const dot = near(event);
      if (dot) Page.tip.show(event.clientX, event.clientY, Page.words.op(dot.i)); else Page.tip.hide();
    });
    svg.addEventListener("click", event => { const dot = near(event); if (dot) Page.view.setTime(ops.begun[dot.i]); });
    Page.view.on("range", draw);
    Page.view.on("time", drawCursor);
  }
  return { begin, shapes };
})();
