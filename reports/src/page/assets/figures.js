// Figures on the shared axis, as the charts of the run's folder have them: quantiles and rates by window, how many keys
// differ, how far each node is behind. Below each stands what it says at the moment of the cursor.
Page.figures = (() => {
  const data = Page.data, axis = Page.axis, figures = data.figures;
  const top = 12, bottom = 96, height = 120;
  const start = i => i * figures.width, end = i => Math.min((i + 1) * figures.width, data.read);
  const count = figures.ended.length, columns = figures.differing.length;
  const windowAt = time => (time > data.read ? -1 : Math.min(count - 1, Math.floor(time / figures.width)));
  const columnAt = time => (time > data.read ? -1 : Math.min(columns - 1, Math.floor(time / data.read * columns)));
  const edge = column => data.read * column / columns;
  const span = (i, from, to) => from(i) <= Page.view.to && to(i) >= Page.view.from;
  const numbers = length => Array.from({ length }, (_, i) => i);

  // ---- Quantiles, in the picture of the latencies.
  const quantiles = [["p50", 0, "circle"], ["p95", 1, "square"], ["p99", 2, "triangle"]].filter(([, which]) => figures.latency.some(row => row[which] !== null));
  const shapes = { circle: (x, y) => "M" + (x - 4) + "," + y + "a4,4 0 1 0 8,0a4,4 0 1 0 -8,0", square: (x, y) => "M" + (x - 4) + "," + (y - 4) + "h8v8h-8z", triangle: (x, y) => "M" + (x - 5) + "," + (y + 4) + "h10l-5,-9z" };
  function drawQuantiles(parts, y) {
    const ends = [];
    for (const [name, which, shape] of quantiles) {
      let line = "", marks = "", pen = "M", last = null;
      for (const i of numbers(count)) {
        const value = figures.latency[i][which];
        if (value === null) { pen = "M"; continue; }
        const x = axis.near((start(i) + end(i)) / 2), at = y(value);
        line += pen + x.toFixed(1) + "," + at.toFixed(1);
        pen = "L";
        if (x > axis.gutter && x < axis.width) { marks += shapes[shape](x, at); last = [x, at]; }
      }
      parts.push(Page.svg("path", { class: "quantile " + name, d: line || "M0,0" }), Page.svg("path", { class: "quantile mark " + name, d: marks || "M0,0" }));
      if (last) ends.push([...last, name]);
    }
    // The names stand at the ends of the lines, one above the other where these run together.
    let free = Infinity;
    for (const [x, y, name] of ends.sort((a, b) => b[1] - a[1])) {
      free = Math.min(free - 14, y + 4);
      parts.push(Page.svg("text", { class: "series", x: Math.min(x + 10, axis.width - 34), y: free }, name));
    }
  }

  // ---- Small pictures, each with its scale.
  function frame(svg, high, unit) {
    svg.setAttribute("viewBox", "0 0 " + axis.width + " " + height);
    svg.setAttribute("height", height);
    const y = value => bottom - value / high * (bottom - top), parts = [], { step, times } = axis.ticks();
    const round = 10 ** Math.floor(Math.log10(high / 2)), tick = Math.max(unit === Page.span ? 0 : 1, Math.floor(high / 2 / round) * round);
    for (let value = 0; value <= high; value += tick) {
      parts.push(Page.svg("line", { class: "grid", x1: axis.gutter, x2: axis.width - axis.right, y1: y(value), y2: y(value) }),
        Page.svg("text", { class: "small", x: axis.gutter - 8, y: y(value) + 4, "text-anchor": "end" }, value === 0 ? "0" : unit(value)));
    }
    for (const time of times) parts.push(Page.svg("text", { class: "tick", x: axis.x(time), y: height - 5, "text-anchor": "middle" }, Page.time(time, step)));
    return { y, parts };
  }
  const plain = value => Math.round(value).toLocaleString("en");

  // ---- Operations by outcome.
  const sorts = ["ok", "wrong impossible", "wrong lost", "wrong stale", "wrong disorder", "failed", "unknown"];
  const sortWords = ["answered", "impossible", "lost", "stale", "out of order", "failed", "of unknown outcome"];
  const used = numbers(sorts.length).filter(sort => figures.ended.some(row => row[sort] > 0));
  const per = figures.counted ? 1 : figures.width / 1e9;
  const highest = Math.max(1, ...figures.ended.map(row => row.reduce((sum, number) => sum + number, 0) / per));
  function drawRate(svg) {
    const { y, parts } = frame(svg, highest * 1.1, plain);
    for (const i of numbers(count).filter(i => span(i, start, end))) {
      const left = axis.near(start(i)), right = Math.max(left + 1, axis.near(end(i)) - 1);
      let below = 0;
      for (const sort of used) {
        const value = figures.ended[i][sort] / per;
        if (!value) continue;
        const high = Math.max(1, y(below) - y(below + value));
        parts.push(Page.svg("rect", { class: "rate " + sorts[sort], x: left, width: right - left, y: y(below + value), height: high }));
        below += value;
        if (sort >= 1 && sort <= 4 && left > axis.gutter - 10) parts.push(Page.svg("path", { class: "dot " + sorts[sort], d: Page.charts.shapes[sorts[sort]]((Math.max(left, axis.gutter) + right) / 2, Math.max(top, y(below) - 6)) }));
      }
    }
    return parts;
  }
  function readRate(time) {
    const i = windowAt(time);
    if (i < 0) return "after the run: probes are not counted";
    const words = used.filter(sort => figures.ended[i][sort]).map(sort => plain(figures.ended[i][sort] / per) + " " + sortWords[sort]);
    return "from " + Page.time(start(i), figures.width) + " to " + Page.time(end(i), figures.width) + (words.length ? ": " + Page.list(words) + (figures.counted ? "" : ", a second") : ": none ended");
  }

  // ---- Keys that differ, and lag.
  const most = Math.max(1, ...figures.differing);
  function steps(values, y) { // a line that holds each value for the width of its column
    let line = "", area = "", pen = "M";
    for (const column of numbers(columns).filter(column => span(column, edge, c => edge(c + 1)))) {
      const left = axis.near(edge(column)).toFixed(1), right = axis.near(edge(column + 1)).toFixed(1), at = y(values[column]).toFixed(1);
      line += pen + left + "," + at + "H" + right;
      pen = "V" + at + "L";
      area += "M" + left + "," + bottom + "V" + at + "H" + right + "V" + bottom + "Z";
    }
    return [line, area];
  }
  function drawDiffer(svg) {
    const { y, parts } = frame(svg, most * 1.1, plain), [line, area] = steps(figures.differing, y);
    parts.push(Page.svg("path", { class: "differing-area", d: area || "M0,0" }), Page.svg("path", { class: "differing-line", d: line || "M0,0" }));
    return parts;
  }
  const within = " in the " + Page.span(data.read / columns) + " around it";
  const readDiffer = time => (columnAt(time) < 0 ? "after the run: not followed"
    : (figures.differing[columnAt(time)] === 0 ? "none" : "at most " + Page.count(figures.differing[columnAt(time)], "key")) + within);

  const laggers = numbers(figures.lag.length).filter(node => figures.lag[node].length);
  const longest = Math.max(1e6, ...laggers.map(node => Math.max(...figures.lag[node].map(lag => lag || 0))));
  function drawLag(svg) {
    const { y, parts } = frame(svg, longest * 1.1, Page.span), words = [];
    for (const node of laggers) {
      let line = "", last = null, before = null;
      for (const column of numbers(columns).filter(column => span(column, edge, c => edge(c + 1)))) {
        const lag = figures.lag[node][column], left = axis.near(edge(column)), right = axis.near(edge(column + 1));
        if (lag === null) { if (before !== null) line += "V" + bottom; before = null; continue; }
        line += (before === null ? "M" + left.toFixed(1) + "," + bottom : "") + "L" + right.toFixed(1) + "," + y(lag).toFixed(1);
        before = lag;
        if (right < axis.width && (!last || lag >= last[2])) last = [right, y(lag), lag];
      }
      const tone = " lag" + node % 6;
      parts.push(Page.svg("path", { class: "lag" + tone, d: line || "M0,0" }));
      if (last && last[0] > axis.gutter) words.push([last, node]);
    }
    const taken = [];
    for (const [[x, at], node] of words.sort((a, b) => a[0][1] - b[0][1])) {
      const place = [Math.min(x + 6, axis.width - 40), Math.max(top + 6, at + 4)];
      while (taken.some(([left, high]) => Math.abs(left - place[0]) < 40 && Math.abs(high - place[1]) < 14)) place[1] += 14;
      if (place[1] > bottom) continue;
      taken.push(place);
      parts.push(Page.svg("text", { class: "series", x: place[0], y: place[1] }, Page.lane(node)));
    }
    return parts;
  }
  function readLag(time) {
    const column = columnAt(time);
    if (column < 0) return "after the run: not followed";
    const words = laggers.filter(node => figures.lag[node][column] !== null).map(node => Page.lane(node) + " " + Page.span(figures.lag[node][column]));
    return (words.length ? "at most " + Page.list(words) : "no node is behind") + within;
  }

  const pictures = [];
  function add(id, title, small, draw, read) {
    const svg = Page.svg("svg", { id, role: "img", "aria-label": title + " over time", class: "figure" });
    const reading = Page.make("p", { class: "reading", id: id + "-reading" }), cursor = Page.svg("line", { class: "cursor", y1: 0, y2: bottom });
    Page.byId("figures").append(Page.make("h2", {}, title + " ", Page.make("small", { class: "quiet" }, small)), svg, reading);
    Page.hands.give(svg, false);
    pictures.push({ svg, draw, read, reading, cursor });
  }
  function redraw() { for (const { svg, draw, cursor } of pictures) svg.replaceChildren(...draw(svg), cursor); }
  function moment() {
    const { time } = Page.view, x = axis.x(time), at = axis.near(time);
    for (const { cursor, reading, read } of pictures) {
      cursor.setAttribute("visibility", x >= axis.gutter && x <= axis.width ? "visible" : "hidden");
      cursor.setAttribute("x1", at);
      cursor.setAttribute("x2", at);
      reading.replaceChildren(Page.make("b", {}, "At " + Page.time(time) + ": "), read(time) + ".");
    }
    const i = windowAt(time), row = i < 0 ? null : figures.latency[i];
    const words = row ? [...quantiles.map(([name, which]) => [name, row[which]]), ["slowest", row[3]]].filter(([, value]) => value !== null).map(([name, value]) => name + " " + Page.span(value)) : [];
    Page.byId("latency-reading").replaceChildren(Page.make("b", {}, "At " + Page.time(time) + ": "), i < 0 ? "after the run: probes are not counted." : "answered from " + Page.time(start(i), figures.width) + " to " + Page.time(end(i), figures.width) + ": " + (words.length ? Page.list(words) : "none") + ".");
  }
  function begin() {
    // The windows of two runs are not of one width: their figures stand on the page of each.
    if (Page.isPair) { Page.byId("latency-reading").hidden = true; return; }
    const window = "each window of " + Page.span(figures.width);
    if (used.length) add("rate", figures.counted ? "Operations" : "Operations a second", (figures.counted ? "how many ended in " : "those that ended in ") + window + ", by outcome: " + Page.list(used.map(sort => sortWords[sort])), drawRate, readRate);
    if (columns) add("differ", "Keys that differ", "between nodes that are up", drawDiffer, readDiffer);
    if (laggers.length) add("lag", "How far nodes are behind", "the age of the oldest change that each lacks", drawLag, readLag);
    Page.view.on("range", redraw);
    Page.view.on("time", moment);
  }
  return { begin, quantiles: drawQuantiles };
})();
