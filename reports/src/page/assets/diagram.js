// The space-time diagram: its lanes, its axis, the faults, the steps of the reason, and the cursor.
// Bars and arrows have files of their own; all is drawn anew for each frame, but only what is in view.
Page.diagram = (() => {
  const svg = Page.byId("diagram"), data = Page.data, model = Page.model, axis = Page.axis;
  const group = name => Page.svg("g", { class: "layer-" + name });
  const layers = {};
  for (const name of ["back", "bars", "arrows-dim", "arrows", "marks", "words", "front", "cursor", "hover"]) layers[name] = group(name);
  const place = { axis: 26, steps: 26, ribbon: 0, rows: 0, lanes: [], height: 400, top: 0, head: Page.isPair ? 30 : 0 };
  const heads = []; // from where to where each run reaches

  // How many faults are open at once decides how many rows their names get, once for all views.
  const overlaps = model.faults.slice(0, 400).map(fault => model.faults.filter(other => other.start <= fault.start && fault.start < other.to).length);
  place.rows = Math.min(4, Math.max(0, ...overlaps) + (model.faults.length > 2 ? 1 : 0));

  // The parties of the chain: they get the more room.
  const involved = new Set();
  for (let i = 0; i < model.ops.count; i++) if (model.ops.chain[i]) involved.add(model.ops.client[i]);
  for (let i = 0; i < model.messages.count; i++) if (model.messages.chain[i]) { involved.add(model.messages.from[i]); involved.add(model.messages.to[i]); }

  function definitions() {
    const defs = Page.svg("defs");
    const marker = (id, d, orient, kind) => {
      const element = Page.svg("marker", { id, viewBox: "-10 -10 20 20", markerWidth: 20, markerHeight: 20, markerUnits: "userSpaceOnUse", orient, class: kind });
      element.append(Page.svg("path", { d }));
      defs.append(element);
    };
    marker("head", "M0,0L-9,-4L-9,4Z", "auto", "head");
    marker("head-chain", "M0,0L-12,-5.5L-12,5.5Z", "auto", "head chain");
    marker("head-long", "M0,0L-8,-3.5L-8,3.5Z", "auto", "head chain");
    marker("cross", "M-5,-5L5,5M-5,5L5,-5", "0", "cross");
    marker("ring", "M4,0A4,4 0 1 1 -4,0A4,4 0 1 1 4,0", "0", "ring");
    const pattern = (id, size, angle, d) => {
      const element = Page.svg("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(" + angle + ")", class: id });
      element.append(Page.svg("path", { d }));
      defs.append(element);
    };
    pattern("hatch-down", 7, 45, "M0,0V7");
    pattern("hatch-pause", 7, 0, "M0,3.5H3.5");
    pattern("hatch-cut", 10, -45, "M0,0V10");
    const fade = Page.svg("linearGradient", { id: "fade" });
    fade.append(Page.svg("stop", { offset: "0", class: "fade-from" }), Page.svg("stop", { offset: "1", class: "fade-to" }));
    const clip = Page.svg("clipPath", { id: "inside" });
    clip.append(Page.svg("rect", { id: "inside-box", y: 0 }));
    defs.append(fade, clip);
    svg.append(defs);
    for (const name in layers) {
      if (!["front", "cursor"].includes(name)) layers[name].setAttribute("clip-path", "url(#inside)");
      svg.append(layers[name]);
    }
  }

  // With more lanes than a screen holds, clients without a part in the chain are strips that share a name, unless
  // somebody wants them apart.
  const crowded = data.lanes.length > 12;
  const canGather = crowded && !Page.isPair && data.lanes.some((_, lane) => lane >= data.nodes && !involved.has(lane));
  const isThin = lane => canGather && !Page.view.apart && lane >= data.nodes && lane < data.lanes.length && !involved.has(lane);
  // The strips side by side that a lane is one of: the first, and how many.
  function strips(lane) {
    let first = lane, last = lane;
    while (isThin(first - 1)) first--;
    while (isThin(last + 1)) last++;
    return [first, last - first + 1];
  }

  function layout() {
    const lanes = data.lanes.length;
    place.ribbon = place.rows * 19;
    place.top = place.axis + place.steps + place.ribbon + 6;
    // As high as the window still has room below what stands above; the line of the moment sticks to its bottom.
    const above = svg.getBoundingClientRect().top + scrollY;
    const room = Math.max(240, innerHeight * 0.4, innerHeight - Math.min(above, innerHeight * 0.5) - place.top - 66);
    // Where there are many lanes, clients without a part in the chain get a thinner one.
    const thin = data.lanes.map((_, lane) => (isThin(lane) ? Math.max(9, 22 / strips(lane)[1]) : 0));
    const weights = data.lanes.map((_, lane) => (thin[lane] ? 0 : lane < data.nodes ? 1.15 : lanes > 8 && involved.size && !involved.has(lane) ? (Page.isPair ? 0.45 : 0.6) : 1));
    const sum = list => list.reduce((sum, number) => sum + number, 0);
    const least = Page.isPair ? 31 : crowded && !Page.view.apart ? 24 : 36;
    const unit = Math.max(least, Math.min(96, (room - place.head * Page.runs.length - sum(thin)) / sum(weights)));
    let from = place.top;
    place.lanes = [];
    // Run by run, each under its heading if there are two.
    for (const run of Page.runs) {
      const head = heads[run.place] = { top: from };
      from += place.head;
      for (const lane of run.lanes) {
        const height = thin[lane] || weights[lane] * unit;
        place.lanes[lane] = { middle: from + height / 2, height };
        from += height;
      }
      head.bottom = from;
    }
    place.height = Math.round(from + 6);
    svg.setAttribute("viewBox", "0 0 " + axis.width + " " + place.height);
    svg.setAttribute("height", place.height);
    const box = svg.querySelector("#inside-box");
    box.setAttribute("x", axis.gutter);
    box.setAttribute("width", axis.inner() + axis.right);
    box.setAttribute("height", place.height);
  }
  const y = lane => place.lanes[lane].middle;
  const tall = lane => place.lanes[lane].height;
  const barHeight = lane => Math.min(26, tall(lane) * (isThin(lane) ? 0.75 : tall(lane) < 36 ? 0.62 : 0.5));

  // A button of the picture: reached with Tab, pressed with Enter.
  function pressable(element, id, name, press) {
    element.setAttribute("tabindex", 0);
    element.setAttribute("role", press ? "button" : "img");
    element.setAttribute("aria-label", name);
    element.dataset.id = id;
    if (press) {
      element.addEventListener("click", event => { event.stopPropagation(); press(); });
      element.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { press(); event.preventDefault(); } });
    }
    return element;
  }

  function drawAxis(parts) {
    const { step, times } = axis.ticks();
    for (const time of times) {
      const x = axis.x(time);
      if (x > axis.width - 26) continue;
      parts.back.push(Page.svg("line", { class: "grid", x1: x, x2: x, y1: place.axis, y2: place.height }));
      parts.front.push(Page.svg("text", { class: "tick", x, y: 17, "text-anchor": "middle" }, Page.time(time, step)));
    }
    parts.front.push(Page.svg("text", { class: "small", x: 8, y: 17 }, axis.gutter < 100 ? "time" : Page.runs[0].stage === "processes" ? "real time" : "simulated time"));
    if (data.healed !== null && data.healed >= Page.view.from && data.healed <= Page.view.to) {
      const x = axis.x(data.healed), line = Page.svg("line", { class: "healed", x1: x, x2: x, y1: place.axis, y2: place.height });
      parts.back.push(Page.tip.on(line, "From here on no fault was left: " + Page.time(data.healed)));
      parts.back.push(Page.svg("text", { class: "small", x: x + 4, y: place.height - 6 }, "all healed"));
    }
  }

  // The steps of the reason as numbers along the top, or of two runs in the heading of each; those too close together
  // share one sign.
  function drawSteps(parts, run, top, bottom) {
    const steps = (Page.view.reasonOf(run) || { steps: [] }).steps.map((step, index) => ({ ...step, number: index + 1 }))
      .filter(step => step.at !== null && step.at >= Page.view.from && step.at <= Page.view.to).sort((a, b) => a.at - b.at);
    const signs = [];
    for (const step of steps) {
      const x = axis.x(step.at), last = signs[signs.length - 1];
      if (last && x - last.x < 26 + 8 * (last.steps.length - 1)) last.steps.push(step); else signs.push({ x, steps: [step] });
    }
    for (const { x, steps } of signs) {
      const words = steps.map(step => step.number).join(","), wide = Math.max(22, 12 + Page.labels.width(words, 14, true));
      for (const step of steps) parts.back.push(Page.svg("line", { class: "step-line", x1: axis.x(step.at), x2: axis.x(step.at), y1: top + 21, y2: bottom }));
      const sign = Page.svg("g", { class: "step" });
      sign.append(Page.svg("rect", { x: x - wide / 2, y: top, width: wide, height: 22, rx: 11 }),
        Page.svg("text", { x, y: top + 16, "text-anchor": "middle" }, words));
      const sentence = steps.map(step => step.number + ". " + Page.clean(step.text)).join("\n");
      // Several steps in one sign: each press goes on to the next of them.
      pressable(sign, "step" + run.letter + words, "Step " + run.letter + sentence, () => Page.view.setTime((steps.find(step => step.at > Page.view.time) || steps[0]).at));
      parts.front.push(Page.tip.on(sign, sentence));
    }
  }

  // What stands above the lanes of one of two runs: its letter, its name, and its steps.
  function drawHead(parts, run) {
    const { top } = heads[run.place], name = Page.clean(run.name);
    // As far as the first step in view.
    const steps = (Page.view.reasonOf(run) || { steps: [] }).steps.filter(step => step.at !== null && step.at >= Page.view.from && step.at <= Page.view.to);
    const room = Math.min(axis.width, ...steps.map(step => axis.x(step.at) - 24)) - 32;
    parts.back.push(Page.svg("rect", { class: "run-head", x: axis.gutter, y: top, width: axis.width, height: place.head }));
    parts.front.push(Page.svg("rect", { class: "run-head", x: 0, y: top, width: axis.gutter, height: place.head }),
      Page.svg("text", { class: "run-letter", x: 8, y: top + 22 }, run.letter),
      Page.tip.on(Page.svg("text", { class: "run-name", x: 32, y: top + 21 }, Page.labels.fit(name, Math.max(axis.gutter - 36, room), 16, true)), name + (run.about ? ": " + run.about : "")));
  }

  const cuts = new Set(["partition", "isolate", "one-way", "bridge", "flapping-link"]);
  const stops = new Set(["crash", "power-loss"]);
  function drawFaults(parts) {
    const { from, to } = Page.view, rows = Array.from({ length: place.rows }, () => []);
    const shown = model.faults.filter(fault => fault.start <= to && fault.to >= from).slice(0, 150).map(fault => {
      const left = axis.near(fault.start), right = Math.max(left + 3, axis.near(fault.to));
      let row = rows.findIndex(list => !list.length || list[list.length - 1] < left);
      if (row < 0) row = rows.length - 1;
      rows[row].push(left, right + 2);
      return { fault, left, right, row };
    });
    for (const { fault, left, right, row } of shown) {
      const label = Page.clean(fault.label);
      for (const lane of fault.nodes) {
        // What is down is drawn from what the nodes did, not from what was done to them.
        if (stops.has(fault.kind) && lane < data.nodes && model.ups[lane].at.length) continue;
        const thin = !cuts.has(fault.kind) && fault.kind !== "pause" && !stops.has(fault.kind);
        const band = Page.svg("rect", { class: "band " + (thin ? "thin" : cuts.has(fault.kind) ? "cut" : fault.kind === "pause" ? "pause" : "down"), x: left, width: right - left,
          y: thin ? y(lane) + tall(lane) * 0.5 - 5 : y(lane) - tall(lane) * 0.5, height: thin ? 4 : tall(lane) });
        parts.back.push(Page.tip.on(band, () => Page.words.fault(fault)));
      }
      // Its name on top: in the bar if it fits, else behind it if nothing else is there.
      const inside = Math.min(right, axis.width) - Math.max(left, axis.gutter) - 8, wide = Page.labels.width(label, 12, true);
      const next = Math.min(axis.width, ...rows[row].filter(x => x > right + 2));
      const outside = wide > inside && right + wide + 8 < next;
      const top = place.axis + place.steps + row * 19;
      const mark = Page.svg("g", { class: "fault " + (cuts.has(fault.kind) ? "cut" : "") });
      mark.append(Page.svg("rect", { x: left, y: top, width: right - left, height: 16, rx: 3 }));
      const words = outside ? label : Page.labels.fit(label, inside, 12, true);
      if (words) mark.append(Page.svg("text", { x: outside ? right + 5 : Math.max(left, axis.gutter) + 4, y: top + 12, class: outside ? "outside" : null }, words));
      pressable(mark, "fault" + fault.index, Page.words.fault(fault), () => Page.view.setTime(fault.start, true));
      parts.marks.push(Page.tip.on(mark, () => Page.words.fault(fault)));
    }
    if (place.rows) parts.front.push(Page.svg("text", { class: "small", x: 8, y: place.axis + place.steps + 12 }, "faults"));
  }

  // Whether a lane has room for two lines of words beside it.
  const double = lane => lane < data.nodes && tall(lane) > 44;
  function drawLanes(parts) {
    data.lanes.forEach((name, lane) => {
      if (Page.runOf[lane].lanes.indexOf(lane) % 2 === 0 && !isThin(lane)) parts.back.push(Page.svg("rect", { class: "stripe", x: axis.gutter, y: y(lane) - tall(lane) / 2, width: axis.width, height: tall(lane) }));
      Page.labels.block(axis.gutter, y(lane) - 2, axis.width, y(lane) + 2);
      parts.back.push(Page.svg("line", { class: "lane" + (lane < data.nodes ? "" : " client"), x1: axis.gutter, x2: axis.width, y1: y(lane), y2: y(lane) }));
      if (isThin(lane)) return nameStrips(parts, lane);
      const text = Page.svg("text", { class: "lane-name" + (tall(lane) < 20 ? " thin" : ""), x: 8, y: y(lane) + (double(lane) ? -3 : 5) }, Page.labels.fit(Page.bareLane(lane), axis.gutter - (double(lane) || lane >= data.nodes ? 14 : 84), 16, true));
      parts.front.push(Page.tip.on(text, Page.lane(lane) + (lane < data.nodes ? ", a node" : ", a client or helper")));
    });
    for (const run of Page.runs) if (run.nodes.length < run.lanes.length) {
      const first = run.lanes[run.nodes.length], line = y(first) - tall(first) / 2;
      parts.back.push(Page.svg("line", { class: "divide", x1: 0, x2: axis.width, y1: line, y2: line }));
    }
  }

  function nameStrips(parts, lane) {
    const [first, count] = strips(lane);
    if (lane !== first) return;
    const names = Page.list(Array.from({ length: count }, (_, place) => Page.lane(first + place))), middle = (y(first) + y(first + count - 1)) / 2;
    const words = count === 1 ? Page.lane(first) : Page.lane(first) + (count === 2 ? ", " : " … ") + Page.lane(first + count - 1);
    parts.front.push(Page.tip.on(Page.svg("text", { class: "lane-name gathered", x: 8, y: middle + 5 }, Page.labels.fit(words, axis.gutter - 14, 14, false)), names + ": clients or helpers without a part in the chain, a strip each"));
  }

  let focused = null;
  function draw() {
    const parts = {};
    for (const name in layers) parts[name] = [];
    Page.labels.reset();
    hits.length = 0;
    // Focus must outlive the drawing: it is remembered by name.
    focused = svg.contains(document.activeElement) && document.activeElement !== svg ? document.activeElement.dataset.id : null;
    drawLanes(parts);
    drawAxis(parts);
    drawFaults(parts);
    for (const run of Page.runs) {
      if (Page.isPair) drawHead(parts, run);
      drawSteps(parts, run, Page.isPair ? heads[run.place].top + 4 : place.axis + 1, heads[run.place].bottom);
    }
    if (Page.isPair) Page.marks.draw(parts);
    Page.bars.draw(parts);
    Page.arrows.draw(parts);
    for (const name in layers) if (name !== "cursor" && name !== "hover") layers[name].replaceChildren(...parts[name]);
    layers.hover.replaceChildren();
    if (focused) {
      const again = [...svg.querySelectorAll("[data-id]")].find(element => element.dataset.id === focused);
      (again || svg).focus({ preventScroll: true });
    }
  }

  // The cursor: a line, the time on top, what each node is at that moment, and where messages are just now.
  function drawCursor() {
    const time = Page.view.time, x = axis.x(time), parts = [];
    data.lanes.forEach((_, lane) => {
      if (lane >= data.nodes) return;
      const words = state(lane, time);
      const own = double(lane);
      parts.push(Page.svg("text", { class: "small state " + words[1], x: own ? 8 : axis.gutter - 6, y: y(lane) + (own ? 15 : 4), "text-anchor": own ? "start" : "end" },
        Page.labels.fit(own ? words[0] : words[0].replace(", term ", " "), own ? axis.gutter - 12 : 76, 12.5, false)));
    });
    if (x >= axis.gutter - 1 && x <= axis.width) {
      const words = Page.time(time, Math.max(1, (Page.view.to - Page.view.from) / 2000)), wide = Page.labels.width(words, 14, true) + 16;
      const left = Math.max(axis.gutter, Math.min(axis.width - wide, x - wide / 2));
      // The line leaves out the row of the steps, so that it does not strike their numbers through.
      parts.push(Page.svg("path", { class: "cursor", d: "M" + x + ",22v5M" + x + "," + (place.axis + 24) + "V" + place.height }),
        Page.svg("rect", { class: "cursor-box", x: left, y: 1, width: wide, height: 22, rx: 4 }),
        Page.svg("text", { class: "cursor-words", x: left + wide / 2, y: 17, "text-anchor": "middle" }, words));
      for (const hit of hits) {
        if (hit.message === undefined || !(hit.x1 <= x && x < hit.x2) || parts.length > 150) continue;
        const part = (x - hit.x1) / (hit.x2 - hit.x1);
        parts.push(Page.svg("circle", { class: "ball" + (hit.chain ? " chain" : ""), cx: x, cy: hit.y1 + part * (hit.y2 - hit.y1), r: hit.chain ? 6 : 4 }));
      }
    }
    layers.cursor.replaceChildren(...parts);
  }
  function state(node, time) {
    if (!model.up(node, time)) return ["down", "is-down"];
    const paused = model.faultsAt(time).some(fault => fault.kind === "pause" && fault.nodes.includes(node));
    const lead = model.lead(node, time);
    if (paused) return ["paused" + (lead ? ", leader" : ""), "is-down"];
    return lead ? ["leader" + (lead.term >= 0 ? ", term " + lead.term : ""), "is-leader"] : ["up", ""];
  }

  // Lines and boxes under the pointer are found by geometry: thin arrows need no wide invisible twins.
  const hits = [];
  function under(x, y) {
    let best = null, nearest = 7;
    for (const hit of hits) {
      const dx = hit.x2 - hit.x1, dy = hit.y2 - hit.y1;
      const part = Math.max(0, Math.min(1, ((x - hit.x1) * dx + (y - hit.y1) * dy) / (dx * dx + dy * dy || 1)));
      const away = Math.hypot(x - hit.x1 - part * dx, y - hit.y1 - part * dy) - (hit.chain ? 2 : 0);
      if (away < nearest) { nearest = away; best = hit; }
    }
    return best;
  }
  function begin() {
    definitions();
    Page.view.on("range", draw);
    Page.view.on("time", drawCursor);
  }
  return { begin, layout, draw, canGather, y, tall, barHeight, place, heads, hits, under, layers, pressable, state, svg };
})();
