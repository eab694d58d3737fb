// The times of the reason's steps. Some are written in whole milliseconds only; these are brought to the very event
// they speak of, so that the cursor stands where something happened. Then come the moments the keys go through.
(() => {
  const data = Page.data, model = Page.model, { messages, ops } = model, half = 500000;
  const nearest = (times, at) => {
    const place = Page.lower(times, at);
    const near = [times[place - 1], times[place]].filter(time => time !== undefined && Math.abs(time - at) <= half);
    return near.sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
  };
  const names = (text, words) => words && text.includes(words);
  function exact({ text, at }, run) {
    const isOf = lane => Page.runOf[lane] === run;
    if (at === null || at % 1e6 !== 0 || model.moments[Page.lower(model.moments, at)] === at) return at;
    // A message or an answer whose words stand in the step, within the rounding.
    for (const spans of model.messages.groups.flat()) {
      const from = Page.lower(spans.starts, at - half), to = Page.upper(spans.starts, at + half);
      for (let place = from; place < to; place++) {
        const i = spans.ids[place];
        if (isOf(messages.from[i]) && names(text, Page.text(messages.text[i])) && names(text, data.lanes[messages.from[i]] + " sent")) return messages.sent[i];
      }
    }
    for (const spans of [ops.notable, ops.plain]) for (const i of spans.find(at - half, at + half, 1000).found) {
      if (isOf(ops.client[i]) && Math.abs(ops.end[i] - at) <= half && names(text, Page.text(ops.words[i])) && names(text, data.lanes[ops.client[i]])) return ops.end[i];
    }
    return nearest(model.chain, at) || nearest(model.moments, at) || at;
  }
  const times = [];
  for (const run of Page.runs) for (const reason of run.reasons) for (const step of reason.steps) {
    step.at = exact(step, run);
    if (step.at !== null) times.push(step.at);
  }
  const unique = list => Float64Array.from(list).sort().filter((time, place, sorted) => place === 0 || time !== sorted[place - 1]);
  model.stepTimes = unique(times);
  // Merged only if a step brought a new moment: there may be hundreds of thousands.
  for (const name of ["moments", "chain"]) {
    const fresh = times.filter(time => model[name][Page.lower(model[name], time)] !== time);
    if (fresh.length) model[name] = unique([...model[name], ...fresh]);
  }
})();
