// Where nodes disagree: at one moment, and for the first time.
Page.differ = (() => {
  const model = Page.model, data = Page.data;
  // A node that never holds anything (a witness, a proxy) cannot disagree.
  const holders = model.histories.map((history, node) => node).filter(node => model.histories[node].size > 0);
  // Each with those of its own run: what another run holds is no disagreement.
  const groups = Page.runs.map(run => holders.filter(node => Page.runOf[node] === run));

  // Whether nodes that are up hold different things for a key; holding nothing counts when another holds something.
  const at = (key, time) => groups.some(group => within(group, key, time));
  function within(group, key, time) {
    let seen;
    for (const node of group) {
      if (!model.up(node, time)) continue;
      const { value } = model.held(node, key, time);
      if (seen === undefined) seen = value; else if (seen !== value) return true;
    }
    return false;
  }

  // Walks through the history of one key; calls `found(from, to, forGood)` for each stretch of disagreement.
  function walk(group, key, found) {
    const times = new Set();
    for (const node of group) {
      const history = model.histories[node].get(key);
      if (history) for (const time of history.at) times.add(time);
    }
    for (const node of group) for (const time of model.ups[node].at) times.add(time);
    let from = -1;
    for (const time of Float64Array.from(times).sort()) {
      const differs = within(group, key, time);
      if (differs && from < 0) from = time;
      if (!differs && from >= 0) { found(from, time, false); from = -1; }
    }
    if (from >= 0) found(from, data.end, true);
  }

  // The first disagreement that is never mended; if every one is mended, the longest.
  let answer;
  function first() {
    if (answer !== undefined) return answer;
    let lasting = null, longest = null;
    const keys = model.keys.slice(0, 5000);
    for (const group of groups) for (const key of keys) walk(group, key, (from, to, forGood) => {
      if (forGood && (!lasting || from < lasting.from)) lasting = { group, key, from, to, forGood };
      if (!longest || to - from > longest.to - longest.from) longest = { group, key, from, to, forGood };
    });
    return answer = lasting || longest;
  }

  function sentence(stretch) {
    const holds = stretch.group.filter(node => model.up(node, stretch.from)).map(node => {
      const { value } = model.held(node, stretch.key, stretch.from);
      return Page.lane(node) + " holds " + (value === model.NONE ? "nothing" : Page.short(value, 24));
    });
    return (stretch.forGood ? "First difference that is never mended: key " : "No difference lasts; the longest (" +
      Page.span(stretch.to - stretch.from) + "): key ") + Page.short(stretch.key, 24) + ": " + Page.list(holds) + ".";
  }
  const differsIn = (run, key, time) => within(groups[run.place], key, time);
  return { at, differsIn, first, sentence, holders };
})();
