// What is shown now: the stretch of time, the moment of the cursor, the key, the reason. Everything that draws listens here.
Page.view = (() => {
  const { start, finish } = Page.model, data = Page.data;
  const room = (finish - start) * 0.02;
  const most = finish - start + 2 * room;
  const view = { from: 0, to: 1, time: 0, key: -1, chosen: Page.runs.map(() => 0), dim: true, apart: false, show: [true, true, true] };
  const listeners = { range: [], time: [], key: [] };
  const waiting = new Set();
  let frame = 0;

  // Many changes within one frame are drawn once.
  function changed(...what) {
    for (const kind of what) waiting.add(kind);
    if (!frame) frame = requestAnimationFrame(flush);
  }
  function flush() {
    frame = 0;
    const kinds = new Set(waiting);
    waiting.clear();
    for (const kind of ["range", "key", "time"]) {
      if (kinds.has(kind) || (kind === "time" && kinds.has("range"))) for (const listener of listeners[kind]) listener(view);
    }
    remember();
  }
  view.on = (kind, listener) => listeners[kind].push(listener);
  view.redraw = () => changed("range", "key", "time");

  view.setRange = (from, to) => {
    const width = Math.min(most, Math.max(1000, to - from)); // no closer than a microsecond
    const middle = (from + to) / 2;
    from = Math.max(start - room, Math.min(finish + room - width, middle - width / 2));
    view.from = from; view.to = from + width;
    changed("range");
  };
  view.zoom = (factor, around) => {
    const width = Math.min(most, Math.max(1000, (view.to - view.from) * factor));
    const part = (around - view.from) / (view.to - view.from);
    view.setRange(around - part * width, around + (1 - part) * width);
  };
  view.pan = part => view.setRange(view.from + part * (view.to - view.from), view.to + part * (view.to - view.from));
  // From the first to the last that belongs to the chain, or is a step, within a stretch.
  function extent(from, to) {
    const times = [];
    const { messages, ops, stepTimes } = Page.model;
    for (const kind of messages.groups) for (const i of kind[0].find(from, to, 2000).found) times.push(messages.sent[i], messages.drawnEnd[i]);
    for (const i of ops.notable.find(from, to, 2000).found) times.push(ops.begun[i], ops.outcome[i] === 2 ? ops.begun[i] : ops.end[i]);
    for (const at of stepTimes) if (at >= from && at <= to) times.push(at);
    const inside = times.filter(time => time >= from && time <= to);
    return messages.hasChain && inside.length ? [Math.min(...inside), Math.max(...inside)] : null;
  }
  view.whole = () => view.setRange(start - room, finish + room);
  view.crucial = () => {
    let [from, to] = data.window;
    if (to <= from) return view.whole();
    const told = extent(from, to);
    // If the story takes a small part of the window, its arrows would be bare strokes: come closer.
    if (told && told[1] - told[0] < (to - from) / 6) {
      const wide = Math.max(1e5, (told[1] - told[0]) * 0.7);
      from = Math.max(from, told[0] - wide);
      to = Math.min(to, told[1] + wide);
    }
    const edge = (to - from) * 0.03;
    view.setRange(from - edge, to + edge);
  };
  // Moves the cursor; with `follow` the view comes along when the moment is out of sight.
  view.setTime = (time, follow) => {
    view.time = Math.max(start, Math.min(finish, Math.round(time)));
    if (follow && (view.time < view.from || view.time > view.to)) {
      const near = view.to - view.from, away = Math.max(view.from - view.time, view.time - view.to);
      // A jump far off lands in a wider stretch: in a very close view there might be nothing around it to see.
      const width = away > 3 * near ? Math.max(near, (finish - start) / 60) : near;
      view.setRange(view.time - width / 2, view.time + width / 2);
    }
    changed("time");
  };
  view.setKey = key => { view.key = key; changed("key", "time"); };
  // The reason on show of a run; and of all runs, those that have one.
  view.reasonOf = run => run.reasons[view.chosen[run.place]];
  view.reasons = () => Page.runs.map(run => ({ run, reason: view.reasonOf(run) })).filter(({ reason }) => reason);
  view.setReason = (run, index) => { view.chosen[run.place] = index; changed("range"); };
  view.nextOf = (times, back) => {
    const place = back ? Page.lower(times, view.time) - 1 : Page.upper(times, view.time);
    if (place >= 0 && place < times.length) view.setTime(times[place], true);
    return place >= 0 && place < times.length;
  };

  // ---- The address names the moment and the view. Browsers allow few changes of it: at most five a second.
  let timer = 0, written = "";
  const escaped = text => { try { return encodeURIComponent(text); } catch { return ""; } }; // half a character cannot be escaped
  function remember() {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      const address = "#t=" + view.time + "&v=" + Math.round(view.from) + ":" + Math.round(view.to) +
        (view.key >= 0 ? "&k=" + escaped(Page.text(view.key)) : "");
      if (address === written) return;
      written = address;
      try { history.replaceState(null, "", address); } catch { /* some viewers forbid it; the page works without */ }
    }, 200);
  }
  function recall() {
    const words = new URLSearchParams(location.hash.slice(1));
    const range = (words.get("v") || "").match(/^(-?\d+):(-?\d+)$/);
    const time = /^\d+$/.test(words.get("t") || "") ? Number(words.get("t")) : null;
    if (range && Number(range[2]) > Number(range[1])) view.setRange(Number(range[1]), Number(range[2]));
    if (time !== null) view.setTime(time, true);
    const key = Page.model.keys.find(key => Page.text(key) === words.get("k"));
    if (words.get("k") && key !== undefined) view.setKey(key);
    return time !== null;
  }
  view.begin = () => {
    view.crucial();
    const named = data.verdicts.filter(row => row.verdict === "violated").flatMap(row => row.keys);
    const key = named.map(name => Page.model.keys.find(key => Page.text(key) === name)).find(key => key !== undefined);
    view.key = key === undefined ? (Page.model.keys.length ? Page.model.keys[0] : -1) : key;
    if (!recall()) {
      const step = view.reasons().flatMap(({ reason }) => reason.steps).find(step => step.at !== null);
      const difference = Page.marks.important();
      if (difference) Page.marks.go(difference); else view.setTime(step ? step.at : data.window[0], true);
    }
    view.redraw();
    addEventListener("hashchange", () => { if (location.hash !== written) recall(); });
  };
  return view;
})();

// The time axis all pictures share: a gutter for names on the left, then time.
Page.axis = {
  gutter: 118, right: 14, width: 1000,
  x(time) { return this.gutter + (time - Page.view.from) / (Page.view.to - Page.view.from) * this.inner(); },
  time(x) { return Page.view.from + (x - this.gutter) / this.inner() * (Page.view.to - Page.view.from); },
  inner() { return Math.max(50, this.width - this.gutter - this.right); },
  // A place on the screen kept within reach of the picture: far-off numbers upset some drawing engines.
  near(time) { return Math.max(this.gutter - 40, Math.min(this.width + 40, this.x(time))); },
  ticks() {
    const raw = (Page.view.to - Page.view.from) / Math.max(2, this.inner() / 130);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(part => part * power).find(step => step >= raw);
    const times = [];
    for (let time = Math.ceil(Page.view.from / step) * step; time <= Page.view.to; time += step) if (time >= 0) times.push(Math.round(time));
    return { step, times };
  },
};
