// The run, made ready for questions by time: columns instead of rows, and a history for every node and key.
Page.model = (() => {
  const data = Page.data;
  // Plain loops: with a hundred thousand rows, `from` with a function takes several times as long.
  const column = (rows, place) => {
    const numbers = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) numbers[i] = rows[i][place] === null ? -1 : rows[i][place];
    return numbers;
  };
  const all = count => {
    const numbers = new Uint32Array(count);
    for (let i = 0; i < count; i++) numbers[i] = i;
    return numbers;
  };

  // ---- Messages
  const rows = data.messages;
  const messages = {
    count: rows.length, from: column(rows, 0), to: column(rows, 1), kind: column(rows, 2), text: column(rows, 3),
    sent: column(rows, 4), ended: column(rows, 5), fate: column(rows, 6), copy: column(rows, 7),
    fault: column(rows, 8), chain: column(rows, 9),
  };
  // A message lost as it was sent has no length; it gets the usual one, so that it can be seen.
  const sample = [];
  for (let i = 0, step = Math.max(1, rows.length >> 9); i < rows.length; i += step) {
    if (messages.fate[i] === 0 && messages.kind[i] < 3) sample.push(messages.ended[i] - messages.sent[i]);
  }
  sample.sort((a, b) => a - b);
  const usual = sample.length ? Math.max(1, sample[sample.length >> 1]) : 1e6;
  messages.drawnEnd = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    messages.drawnEnd[i] = messages.fate[i] === 5 ? Math.max(data.end, messages.sent[i])
      : messages.ended[i] > messages.sent[i] ? messages.ended[i]
        : messages.sent[i] + (messages.fate[i] === 0 ? 0 : usual * (messages.fate[i] < 3 ? 0.5 : 1));
  }
  // Three kinds that can be shown or hidden, each apart in: of the chain, lost, and the rest.
  const groups = [0, 1, 2].map(() => [[], [], []]);
  for (let i = 0; i < rows.length; i++) {
    const kind = messages.kind[i] === 0 ? 0 : messages.kind[i] === 3 ? 2 : 1;
    const weight = messages.chain[i] ? 0 : messages.fate[i] >= 1 && messages.fate[i] <= 4 ? 1 : 2;
    groups[kind][weight].push(i);
  }
  messages.groups = groups.map(kind => kind.map(ids => new Page.Spans(ids, messages.sent, messages.drawnEnd)));
  messages.hasChain = rows.some(row => row[9] === 1);
  const flights = new Page.Spans(all(rows.length), messages.sent, messages.drawnEnd);

  // ---- Operations
  const calls = data.ops;
  const ops = {
    count: calls.length, client: column(calls, 0), words: column(calls, 1), key: column(calls, 2), begun: column(calls, 3),
    done: column(calls, 4), outcome: column(calls, 5), answer: column(calls, 6), node: column(calls, 7),
    attempts: column(calls, 8), wrong: column(calls, 9), probe: column(calls, 10), chain: column(calls, 11),
  };
  ops.end = Float64Array.from(calls, (_, i) => (ops.done[i] >= ops.begun[i] ? ops.done[i] : Math.max(data.end, ops.begun[i])));
  const notable = [], plain = [];
  for (let i = 0; i < calls.length; i++) (ops.wrong[i] >= 0 || ops.chain[i] ? notable : plain).push(i);
  ops.notable = new Page.Spans(notable, ops.begun, ops.end);
  ops.plain = new Page.Spans(plain, ops.begun, ops.end);
  // A client that has several operations open at once gets several rows within its lane.
  ops.row = new Uint8Array(calls.length);
  ops.rows = data.lanes.map(() => 1);
  const free = data.lanes.map(() => [0]);
  for (let i = 0; i < calls.length; i++) {
    const client = ops.client[i], rowsOf = free[client];
    let row = rowsOf.findIndex(until => until <= ops.begun[i]);
    if (row < 0) row = rowsOf.length < 4 ? rowsOf.length : rowsOf.indexOf(Math.min(...rowsOf));
    rowsOf[row] = ops.end[i];
    ops.row[i] = row;
    ops.rows[client] = Math.max(ops.rows[client], row + 1);
  }

  // ---- What nodes hold. The same text may stand under several numbers: one number stands for it.
  const numbers = new Map(), known = new Int32Array(data.texts.length).fill(-1);
  const same = index => {
    if (!(index >= 0 && index < known.length)) return -1;
    if (known[index] >= 0) return known[index];
    const text = data.texts[index], first = numbers.get(text);
    if (first === undefined) numbers.set(text, index);
    return known[index] = first === undefined ? index : first;
  };
  const histories = Array.from({ length: data.nodes }, () => new Map());
  const ups = Array.from({ length: data.nodes }, () => ({ at: [], up: [], left: [] }));
  const NONE = -1;
  function note(node, key, at, value, version) {
    let history = histories[node].get(key);
    if (!history) histories[node].set(key, history = { at: [], value: [], version: [] });
    const last = history.at.length - 1;
    if (last >= 0 && history.at[last] === at) { history.value[last] = value; history.version[last] = version; return; }
    if (last < 0 ? value === NONE : history.value[last] === value && history.version[last] === version) return;
    history.at.push(at); history.value.push(value); history.version.push(version);
  }
  for (const change of data.changes) { // taken apart by place: taking apart by pattern is slow in a loop this long
    const at = change[0], node = change[1], what = change[2], first = change[3], second = change[4], third = change[5];
    if (node >= data.nodes) continue;
    if (what === 2) note(node, same(first), at, same(second), third);
    else if (what === 3) note(node, same(first), at, NONE, -1);
    else {
      const holds = new Map(what === 0 ? first.map(([key, value, version]) => [same(key), [same(value), version]]) : []);
      for (const key of histories[node].keys()) if (!holds.has(key)) note(node, key, at, NONE, -1);
      for (const [key, [value, version]] of holds) note(node, key, at, value, version);
      ups[node].at.push(at); ups[node].up.push(what === 0);
      ups[node].left.push(what === 1 && first ? new Map(first.map(([key, value, version]) => [same(key), { value: same(value), version }])) : null);
    }
  }
  const changeTimes = Float64Array.from(data.changes, row => row[0]);
  const named = new Set(histories.flatMap(history => [...history.keys()]));
  for (let i = 0; i < calls.length; i++) if (ops.key[i] >= 0) named.add(ops.key[i] = same(ops.key[i]));
  const keys = [...named];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  keys.sort((a, b) => compare(Page.text(a), Page.text(b)));

  // ---- Questions
  function up(node, time) { // before its first word on the matter a node counts as up, unless it boots later
    const history = ups[node], place = Page.upper(history.at, time) - 1;
    return place < 0 ? !(history.up.length && history.up[0]) : history.up[place];
  }
  // Of a node that is down: since when, and what its disk gives back, if that is known.
  function left(node, time) {
    const history = ups[node], place = Page.upper(history.at, time) - 1;
    return place < 0 || history.up[place] ? null : { at: history.at[place], holds: history.left[place] };
  }
  function held(node, key, time) {
    const history = histories[node].get(key);
    const place = history ? Page.upper(history.at, time) - 1 : -1;
    return place < 0 || history.value[place] === NONE
      ? { value: NONE, version: -1, at: place < 0 ? -1 : history.at[place] }
      : { value: history.value[place], version: history.version[place], at: history.at[place] };
  }
  const endOf = to => (to === null || to === undefined || to < 0 ? data.end : to);
  const leads = data.leads.map(([node, term, from, to]) => ({ node, term, from, to: endOf(to) }));
  const faults = data.faults.map((fault, index) => ({ ...fault, index, to: endOf(fault.end) }));
  const lead = (node, time) => leads.find(row => row.node === node && row.from <= time && time < row.to);
  const faultsAt = time => faults.filter(fault => fault.start <= time && time < fault.to);
  const said = data.lanes.map(() => ({ at: [], text: [] }));
  for (const [at, lane, text] of data.said) if (said[lane]) { said[lane].at.push(at); said[lane].text.push(text); }
  const saidTimes = Float64Array.from(data.said, row => row[0]);
  function lastSaid(lane, time) {
    const place = Page.upper(said[lane].at, time) - 1;
    return place < 0 ? null : { at: said[lane].at[place], text: said[lane].text[place] };
  }
  const inFlight = (time, most) => {
    const { found, total } = flights.find(time, time, 20000);
    // What arrived at this very moment is no longer in flight.
    const open = found.filter(i => messages.fate[i] === 5 || messages.drawnEnd[i] > time);
    open.sort((a, b) => messages.chain[b] - messages.chain[a] || messages.sent[b] - messages.sent[a]);
    return { found: open.slice(0, most), total: total > 20000 ? total : open.length };
  };
  const underWay = time => [...ops.notable.find(time, time, 200).found, ...ops.plain.find(time, time, 200).found]
    .filter(i => ops.end[i] > time);

  // ---- The moments at which something happened, for the arrow keys; and those of the chain alone.
  const collect = wanted => {
    const times = [];
    for (let i = 0; i < rows.length; i++) if (wanted(messages.chain[i])) {
      times.push(messages.sent[i]);
      if (messages.ended[i] >= 0) times.push(messages.ended[i]);
    }
    for (let i = 0; i < calls.length; i++) if (wanted(ops.chain[i] || ops.wrong[i] >= 0)) {
      times.push(ops.begun[i]);
      if (ops.done[i] >= 0) times.push(ops.done[i]);
    }
    return times;
  };
  const unique = times => {
    const sorted = new Float64Array(times).sort();
    let kept = 0;
    for (let place = 0; place < sorted.length; place++) if (place === 0 || sorted[place] !== sorted[kept - 1]) sorted[kept++] = sorted[place];
    return sorted.slice(0, kept);
  };
  const bounds = [...faults.flatMap(fault => fault.end === null ? [fault.start] : [fault.start, fault.end])];
  const steps = data.reasons.flatMap(reason => reason.steps.map(step => step.at)).filter(at => at !== null);
  const moments = unique(collect(() => true).concat(Array.from(changeTimes), Array.from(saidTimes), bounds,
    leads.flatMap(row => [row.from, row.to]), steps).filter(time => time >= 0));
  const chain = unique(collect(Boolean).concat(steps));
  const start = 0;
  const finish = Math.max(data.end, moments.length ? moments[moments.length - 1] : 0, 1);

  return { messages, ops, flights, keys, histories, ups, up, held, left, same, leads, lead, faults, faultsAt, lastSaid, inFlight,
    underWay, moments, chain, faultTimes: unique(bounds), stepTimes: unique(steps), changeTimes, saidTimes, said, start, finish, NONE };
})();
