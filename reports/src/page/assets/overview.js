// The whole run as a strip: how many messages, which faults, what went wrong; the present view is a frame to drag.
Page.overview = (() => {
  const svg = Page.byId("overview"), model = Page.model, data = Page.data, axis = Page.axis;
  const height = 46, { start, finish } = model;
  const room = (finish - start) * 0.02;
  const x = time => axis.gutter + (time - start + room) / (finish - start + 2 * room) * axis.inner();
  const time = place => start - room + (place - axis.gutter) / axis.inner() * (finish - start + 2 * room);
  const frame = Page.svg("rect", { class: "frame", y: 1, height: height - 2, rx: 3, tabindex: 0, role: "slider", "aria-label": "Present view",
    "aria-valuemin": 0, "aria-valuemax": Math.round(finish / 1e6) });
  const cursor = Page.svg("line", { class: "cursor", y1: 0, y2: height });
  Page.tip.on(frame, "The stretch shown below. Drag it; with the keys, left and right.");

  // Counted once: how many messages were sent in each 400th of the run.
  const bins = new Float64Array(400);
  for (let i = 0; i < model.messages.count; i++) {
    bins[Math.max(0, Math.min(399, Math.floor((model.messages.sent[i] - start) / (finish - start) * 400)))]++;
  }
  const top = Math.max(1, ...bins);

  function draw() {
    svg.setAttribute("viewBox", "0 0 " + axis.width + " " + height);
    svg.setAttribute("height", height);
    const parts = [Page.svg("text", { class: "lane-name", x: 8, y: 28 }, "whole run"),
      Page.svg("rect", { class: "ground", x: axis.gutter, y: 0, width: axis.inner(), height, rx: 4 })];
    let path = "M" + x(start) + "," + (height - 2);
    bins.forEach((count, bin) => { path += "L" + x(start + (bin + 0.5) / 400 * (finish - start)).toFixed(1) + "," + (height - 2 - 26 * Math.sqrt(count / top)).toFixed(1); });
    const density = Page.svg("path", { class: "density", d: path + "L" + x(finish) + "," + (height - 2) + "Z" });
    Page.tip.on(density, "How many messages were sent, over the whole run.");
    parts.push(density);
    for (const fault of model.faults.slice(0, 200)) {
      const mark = Page.svg("rect", { class: "fault-mark", x: x(fault.start), y: 3, width: Math.max(2, x(fault.to) - x(fault.start)), height: 7 });
      Page.tip.on(mark, () => Page.words.fault(fault));
      parts.push(mark);
    }
    if (data.healed !== null) parts.push(Page.tip.on(Page.svg("line", { class: "healed", x1: x(data.healed), x2: x(data.healed), y1: 0, y2: height }), "From here on no fault was left: " + Page.time(data.healed)));
    const wrong = [...model.ops.notable.ids].filter(i => model.ops.wrong[i] >= 0);
    const every = Math.max(1, Math.ceil(wrong.length / 150));
    wrong.filter((_, place) => place % every === 0).forEach(i => {
      const at = x(model.ops.end[i]);
      parts.push(Page.tip.on(Page.svg("path", { class: "wrong-mark", d: "M" + at + ",24l5,9h-10z" }), () => Page.words.op(i)));
    });
    for (const row of Page.marks.list) for (const at of new Set(row.at)) {
      parts.push(Page.tip.on(Page.svg("path", { class: "difference-mark", d: "M" + x(at) + ",10l5,7l-5,7l-5,-7z" }), () => Page.clean(row.sentence).replace(/`/g, "")));
    }
    svg.replaceChildren(...parts, frame, cursor);
    move();
  }
  function move() {
    const { from, to } = Page.view;
    frame.setAttribute("x", x(from));
    frame.setAttribute("width", Math.max(6, x(to) - x(from)));
    frame.setAttribute("aria-valuenow", Math.round((from + to) / 2e6));
    frame.setAttribute("aria-valuetext", Page.time(from, to - from) + " to " + Page.time(to, to - from));
    cursor.setAttribute("x1", x(Page.view.time));
    cursor.setAttribute("x2", x(Page.view.time));
  }
  function begin() {
    let grip = null; // how far into the frame the hand took hold
    const place = event => time(event.clientX - svg.getBoundingClientRect().left);
    svg.addEventListener("pointerdown", event => {
      const { from, to } = Page.view, at = place(event);
      grip = at >= from && at <= to ? at - from : (to - from) / 2;
      if (at < from || at > to) Page.view.setRange(at - grip, at - grip + to - from);
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener("pointermove", event => {
      if (grip === null) return;
      const width = Page.view.to - Page.view.from, from = place(event) - grip;
      Page.view.setRange(from, from + width);
    });
    for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => { grip = null; });
    frame.addEventListener("keydown", event => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      Page.view.pan(event.key === "ArrowLeft" ? -0.2 : 0.2);
      event.preventDefault();
      event.stopPropagation();
    });
    Page.view.on("range", move);
    Page.view.on("time", move);
  }
  return { begin, draw };
})();
