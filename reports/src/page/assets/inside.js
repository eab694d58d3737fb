// What goes on inside of nodes at the moment of the cursor: syncs and timers under way, what their disks give back while
// they are down, clocks that are off. Only what the trace and the scenario prove; of the rest nothing is said.
Page.inside = (() => {
  const data = Page.data, model = Page.model, inside = data.inside;
  const MOST = 4;
  const spans = rows => new Page.Spans(rows.map((_, i) => i).sort((a, b) => rows[a][2] - rows[b][2]),
    rows.map(row => row[2]), rows.map(row => (row[3] < 0 ? Infinity : row[3])));
  const timers = spans(inside.timers), syncs = spans(inside.syncs);
  const open = (rows, spans, node, time) => spans.find(time, time, 4000).found.map(i => rows[i])
    .filter(row => row[0] === node && row[2] <= time && (row[3] < 0 || row[3] > time));
  // The syncs that each node had done, by when.
  const done = Array.from({ length: data.nodes }, () => []);
  for (const row of inside.syncs) if (row[4] === 1) done[row[0]].push(row);
  for (const rows of done) rows.sort((a, b) => a[3] - b[3]);
  const doneTimes = done.map(rows => Float64Array.from(rows, row => row[3]));
  const clocks = new Map(inside.clocks.map(clock => [clock.node, clock]));
  const some = data.left_out.inside > 0 ? "Of very many, some are left out of this page." : "";

  function offset(node, time) {
    const clock = clocks.get(node);
    return clock ? clock.jumps.reduce((sum, [from, to, by]) => sum + (from <= time && (to === null || time < to) ? by : 0), clock.offset) + time * clock.drift / 1e6 : 0;
  }
  function clock(node, time) {
    if (!clocks.has(node)) return ["right"];
    const off = offset(node, time), { drift } = clocks.get(node);
    return [Math.abs(off) < 1 ? "right" : Page.span(Math.abs(off)) + (off > 0 ? " ahead" : " behind"),
      drift ? "runs " + Math.abs(drift).toLocaleString("en") + " ppm too " + (drift > 0 ? "fast" : "slow") : null];
  }
  // How much of a timer is left by the clock of its node; moving a clock moves no timer, its pace does.
  const left = (row, time) => row[5] - (time - row[2]) * (1 + (clocks.has(row[0]) ? clocks.get(row[0]).drift / 1e6 : 0));
  function timer(node, time) {
    const rows = open(inside.timers, timers, node, time).map(row => [left(row, time), row]).sort((a, b) => a[0] - b[0]);
    const words = rows.slice(0, MOST).map(([rest, row]) => Page.tip.on(Page.make("span", {}, Page.short(row[1], 30) + ": " +
      (rest >= 1 ? Page.span(rest) + " left" : rest > -1 ? "due now" : "due " + Page.span(-rest) + " ago, not handled")),
    "Armed at " + Page.time(row[2]) + " for " + Page.span(row[5]) + " by its clock" + ["; it was still armed at the end.", "; it was handled at ", "; it was disarmed at ", "; the process ended at "][row[4]] + (row[3] >= 0 ? Page.time(row[3]) + "." : "")));
    return rows.length > MOST ? [...words, "and " + (rows.length - MOST) + " more"] : words.length ? words : [some ? "none on this page" : "none"];
  }
  function disk(node, time) {
    if (!model.up(node, time)) {
      const down = model.left(node, time);
      if (!down) return [];
      const bytes = inside.lost.filter(row => row[1] === node && row[0] === down.at).reduce((sum, row) => sum + row[2], 0);
      return [down.holds ? "gives back " + (down.holds.size ? Page.count(down.holds.size, "key") : "nothing") : null,
        bytes ? "lost " + Page.count(bytes, "byte") + " that no sync had covered" : null];
    }
    const now = open(inside.syncs, syncs, node, time), place = Page.upper(doneTimes[node], time) - 1, last = place < 0 ? null : done[node][place];
    return [...now.slice(0, MOST).map(row => Page.tip.on(Page.make("b", {}, "syncing " + Page.short(row[1], 24) + " for " + Page.span(time - row[2])),
      "Asked for at " + Page.time(row[2]) + (row[5] ? ", failed " + Page.count(row[5], "time") : "") + ["; never done", "; done at " + Page.time(row[3]), "", "; the process ended before it was done"][row[4]] + ".")),
    now.length > MOST ? "and " + (now.length - MOST) + " more syncs" : null,
    last ? (some ? "a sync was done " : "last sync done ") + (time > last[3] ? Page.span(time - last[3]) + " ago" : "now") + " (" + Page.short(last[1], 24) + ")" : inside.syncs.length && !some ? "no sync done yet" : null];
  }

  const downs = data.changes.some(change => change[2] === 1 && change[3]);
  const kinds = [
    ["disk", inside.syncs.length || downs, disk, "Syncs that were asked for and are not done; the last that was done; of a node that is down what its disk gives back."],
    ["timers", inside.timers.length, (node, time) => (model.up(node, time) ? timer(node, time) : []), "Timers that are armed, and how much is left of each by the node's own clock."],
    ["clock", inside.clocks.length, clock, "How far the node's clock is from true time, where the scenario or a fault sets it wrong."],
  ].filter(kind => kind[1]);
  // A row for each kind of which there is something to say.
  function rows(time, nodes) {
    const told = kinds.map(([name, , tell, tip]) => [name, tip, nodes.map(node => tell(node, time).filter(Boolean))]);
    return told.filter(([, , cells]) => cells.some(words => words.length)).map(([name, tip, cells]) => Page.make("tr", { class: name },
      Page.tip.on(Page.make("th", { scope: "row" }, name), tip + (name === "clock" || !some ? "" : " " + some)),
      ...cells.map(words => Page.make("td", {}, ...words.map(word => Page.make("div", {}, word))))));
  }
  return { rows, offset };
})();
