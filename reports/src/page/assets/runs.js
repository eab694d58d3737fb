// The runs of the page: one, or two on one time axis. Each has the fields of a page of its own, its lanes in the order
// in which they are shown, and which of them are nodes; in two runs a letter stands before the name of every lane.
Page.runs = (() => {
  const data = Page.data;
  if (!data.runs) {
    const lanes = data.lanes.map((_, lane) => lane);
    return [Object.assign(Object.create(data), { letter: "", lanes, nodes: lanes.slice(0, data.nodes), place: 0 })];
  }
  return data.runs.map((run, place) => ({ ...run, place, verdicts: run.verdicts.map(i => data.verdicts[i]), reasons: run.reasons.map(i => data.reasons[i]) }));
})();
Page.isPair = Page.runs.length > 1;
Page.runOf = [];
for (const run of Page.runs) for (const lane of run.lanes) Page.runOf[lane] = run;

// The name of a lane where its run is known from the place; and everywhere else.
Page.bareLane = Page.lane;
if (Page.isPair) Page.lane = lane => Page.isolate((Page.runOf[lane] ? Page.runOf[lane].letter + " " : "") + Page.clean(Page.data.lanes[lane] === undefined ? "?" : Page.data.lanes[lane]));
