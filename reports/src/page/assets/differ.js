// Where nodes disagree: at one moment, and for the first time.
Page.differ = (() => {
  const model = Page.model, data = Page.data;
  // A node that never holds anything (a witness, a proxy) cannot disagree.
  const holders = model.histories.map((history, node) => node).filter(node => model.histories[node].size > 0);

  // Whether nodes that are up hold different things for a key; holding nothing counts when another holds something.
  function at(key, time) {
    let seen;
    for (const node of holders) {
      if (!model.up(node, time)) continue;
      const { value } = model.held(node, key, time);
      if (seen === undefined) seen = value; else if (seen !== value) return true;
    }
    return false;
  }

  // Walks through the history of one key; calls `found(from, to, forGood)` for each stretch of disagreement.
  function walk(key, found) {
    const times = new Set();
    for (const node of holders) {
      const history = model.histories[node].get(key);
      if (history) for (const time of history.at) times.add(time);
    }
    for (const node of holders) for (const time of model.ups[node].at) times.add(time);
    let from = -1;
    for (const time of Float64Array.from(times).sort()) {
      const differs = at(key, time);
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
    for (const key of keys) walk(key, (from, to, forGood) => {
      if (forGood && (!lasting || from < lasting.from)) lasting = { key, from, to, forGood };
      if (!longest || to - from > longest.to - longest.from) longest = { key, from, to, forGood };
    });
    return answer = lasting || longest;
  }

  function sentence(stretch) {
    const holds = holders.filter(node => model.up(node, stretch.from)).map(node => {
      const { value } = model.held(node, stretch.key, stretch.from);
      return Page.lane(node) + " holds " + (value === model.NONE ? "nothing" : Page.short(value, 24));
    });
    return (stretch.forGood ? "First difference that is never mended: key " : "No difference lasts; the longest (" +
      Page.span(stretch.to - stretch.from) + "): key ") + Page.short(stretch.key, 24) + ": " + Page.list(holds) + ".";
  }
  return { at, first, sentence, holders };
})();
