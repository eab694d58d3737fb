// One sentence for each kind of thing that happens, used by the tooltip, the inspector and the live line.
Page.words = (() => {
  const data = Page.data, model = Page.model;
  const { messages, ops } = model;
  const wrongs = ["impossible", "lost", "stale", "out of order"];
  const wrongSentences = [
    "Impossible: its answer is a value nobody could have left there.",
    "Lost: it was acknowledged, and what it wrote is gone.",
    "Stale: its answer is older than what had been acknowledged before.",
    "Out of order: its answer goes back behind what was seen before.",
  ];
  const outcomes = ["answered", "failed", "unknown"];
  const kinds = {
    "crash": "A crash: the process ends at once; what was only in memory is gone.",
    "pause": "A pause: the process stands still, and believes afterwards that no time has passed.",
    "power-loss": "A power loss: the process ends, and what was not yet forced to disk is gone too.",
    "partition": "A partition: messages between the two sides are cut.",
    "isolate": "Isolation: nothing gets to or from these nodes.",
    "one-way": "A one-way cut: messages pass in one direction only.",
    "bridge": "A bridge: two halves see each other only through one node.",
    "flapping-link": "A flapping link: it is cut and mended again and again.",
    "slow-link": "A slow link: messages take longer here.",
    "slow-node": "A slow node: everything takes longer on it.",
    "loss": "Loss: some messages never arrive.",
    "duplicate": "Duplication: some messages arrive twice.",
    "reorder": "Reordering: later messages overtake earlier ones.",
    "delay-spike": "A delay spike: messages take much longer for a while.",
    "slow-disk": "A slow disk: forcing data to disk takes longer.",
    "full-disk": "A full disk: nothing more can be written.",
    "disk-errors": "Disk errors: reads or writes fail.",
    "bit-rot": "Bit rot: stored bytes change by themselves.",
    "clock-jump": "A clock jump: this node's clock shows another time.",
    "membership": "A change of membership: a node joins or leaves.",
  };
  const messageKinds = ["Message", "Request", "Reply", "Health check"];

  function message(i) {
    const { fate } = messages, took = Page.span(messages.ended[i] - messages.sent[i]);
    const fault = model.faults[messages.fault[i]];
    const cause = fault ? " (" + Page.isolate(Page.clean(fault.label)) + ")" : "";
    const end = [
      "arrived after " + took + (messages.fault[i] >= 0 ? ", touched by a fault" + cause : ""),
      "lost by the link" + cause, "cut by a partition" + cause, "lost: the receiver was down" + cause,
      "lost: the receiver crashed before it arrived" + cause, "still in flight when the run ended",
    ][fate[i]];
    return messageKinds[messages.kind[i]] + (messages.copy[i] ? " (a copy)" : "") + " from " + Page.lane(messages.from[i]) +
      " to " + Page.lane(messages.to[i]) + ", sent at " + Page.time(messages.sent[i]) + ": " + Page.quote(messages.text[i]) +
      "; " + end + "." + (messages.chain[i] ? " Part of the chain that led to the violation." : "");
  }
  function op(i) {
    const words = Page.isolate(Page.clean(Page.text(ops.words[i])));
    const answer = Page.text(ops.answer[i]) ? ": " + Page.quote(ops.answer[i]) : "";
    const end = ops.outcome[i] === 0 ? "answered after " + Page.span(ops.end[i] - ops.begun[i]) + answer
      : ops.outcome[i] === 1 ? "failed after " + Page.span(ops.end[i] - ops.begun[i]) + answer
        : "outcome unknown: it may have taken effect or not" + answer;
    return Page.lane(ops.client[i]) + (ops.probe[i] ? " (probing)" : "") + ": " + words + ", begun at " + Page.time(ops.begun[i]) + "; " + end +
      (ops.node[i] >= 0 ? "; node asked last: " + Page.lane(ops.node[i]) : "") +
      (ops.attempts[i] > 1 ? "; " + ops.attempts[i] + " attempts" : "") + "." +
      (ops.wrong[i] >= 0 ? " " + wrongSentences[ops.wrong[i]] : "");
  }
  function fault(fault) {
    return (kinds[fault.kind] || fault.kind + ".") + " " + Page.isolate(Page.clean(fault.label)) + ", from " + Page.time(fault.start) +
      (fault.end === null ? " to the end" : " to " + Page.time(fault.end)) + (fault.touched ? "; it touched " + Page.count(fault.touched, "message") : "") + ".";
  }
  function change([at, node, what, first, second, third], most) {
    if (what === 0) return Page.lane(node) + " starts" + (first.length ? " with " + Page.count(first.length, "key") + (second ? " from its disk" : "") : ", empty");
    if (what === 1) return Page.lane(node) + " is gone: its process ended";
    if (what === 3) return Page.lane(node) + " no longer holds " + Page.quote(first, 80);
    return Page.lane(node) + " now holds " + Page.short(first, 80) + " = " + Page.quote(second, most) + (third >= 0 ? ", version " + third : "");
  }
  const said = ([at, lane, text], most) => Page.lane(lane) + " says: " + Page.quote(text, most);
  const lead = row => Page.lane(row.node) + " believes itself leader" + (row.term >= 0 ? " of term " + row.term : "") + ", from " +
    Page.time(row.from) + " to " + Page.time(row.to) + ".";

  // Everything that happened at exactly this moment, in words. Indexed by time: no search over all messages.
  let byEnd;
  function endedAt(time) {
    if (!byEnd) {
      const ids = Uint32Array.from({ length: messages.count }, (_, i) => i).sort((a, b) => messages.ended[a] - messages.ended[b]);
      byEnd = { ids, at: Float64Array.from(ids, i => messages.ended[i]) };
    }
    return [...byEnd.ids.subarray(Page.lower(byEnd.at, time), Page.upper(byEnd.at, time))];
  }
  const equal = (sorted, time) => {
    const from = Page.lower(sorted, time), list = [];
    for (let i = from; i < sorted.length && sorted[i] === time; i++) list.push(i);
    return list;
  };
  function happened(time) {
    const list = [];
    for (const row of Page.marks.list) if (Page.marks.moment(row) === time) list.push(Page.clean(row.sentence).replace(/\.$|`/g, ""));
    for (const { run, reason } of Page.view.reasons()) for (const [number, step] of reason.steps.entries()) {
      if (step.at === time) list.push("step " + run.letter + (number + 1) + ": " + Page.isolate(Page.clean(step.text).replace(/^At \d+(\.\d+)? ?s,? |\.$|`/g, "")));
    }
    for (const row of model.faults) {
      if (row.start === time) list.push(Page.isolate(Page.clean(row.label)) + " begins");
      if (row.end === time) list.push(Page.isolate(Page.clean(row.label)) + " ends");
    }
    for (const row of model.leads) if (row.from === time) list.push(Page.lane(row.node) + " becomes leader" + (row.term >= 0 ? " of term " + row.term : ""));
    for (const i of Page.model.opsAt(time)) {
      list.push(ops.begun[i] === time ? Page.lane(ops.client[i]) + " begins " + Page.short(ops.words[i], 60)
        : Page.lane(ops.client[i]) + " ends " + Page.short(ops.words[i], 60) + ", " + outcomes[ops.outcome[i]] +
          (Page.text(ops.answer[i]) ? ": " + Page.short(ops.answer[i], 60) : "") + (ops.wrong[i] >= 0 ? ", " + wrongs[ops.wrong[i]] : ""));
    }
    for (const i of equal(model.changeTimes, time)) list.push(change(data.changes[i], 80));
    for (const i of equal(model.saidTimes, time)) list.push(said(data.said[i], 120));
    const sent = equal(model.flights.starts, time), ended = endedAt(time).filter(i => messages.ended[i] > messages.sent[i]);
    for (const i of sent) list.push(Page.lane(messages.from[i]) + " sends " + Page.short(messages.text[i], 60) + " to " + Page.lane(messages.to[i]) +
      (messages.fate[i] >= 1 && messages.fate[i] <= 4 ? " (it will be lost)" : ""));
    for (const i of ended) list.push(Page.short(messages.text[i], 60) + " from " + Page.lane(messages.from[i]) +
      (messages.fate[i] === 0 ? " arrives at " : " does not reach ") + Page.lane(messages.to[i]));
    return list;
  }
  return { message, op, fault, change, said, lead, happened, wrongs, wrongSentences, outcomes, kinds };
})();

// Operations that begin or end at exactly this moment.
Page.model.opsAt = (() => {
  const { ops } = Page.model;
  let ends;
  return time => {
    if (!ends) {
      const ids = Uint32Array.from({ length: ops.count }, (_, i) => i).sort((a, b) => ops.end[a] - ops.end[b]);
      ends = { ids, at: Float64Array.from(ids, i => ops.end[i]) };
    }
    const list = [];
    for (let i = Page.lower(ops.begun, time); i < ops.count && ops.begun[i] === time; i++) list.push(i);
    for (let i = Page.lower(ends.at, time); i < ends.at.length && ends.at[i] === time; i++) if (!list.includes(ends.ids[i])) list.push(ends.ids[i]);
    return list;
  };
})();
