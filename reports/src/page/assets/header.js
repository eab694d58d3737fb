// The verdict first, then why, step by step; at the end of the page all properties, and what to repeat the run with.
Page.header = (() => {
  const clean = Page.clean;
  // At most three names: what the first reason explains comes first.
  const named = rows => Page.list([...rows.slice(0, 3).map(row => clean(row.property)), ...(rows.length > 3 ? [rows.length - 3 + " more"] : [])]);
  // The verdicts of a run that are these, what its first reason explains before the others.
  const of = (run, wanted) => {
    const explained = run.reasons.length ? run.reasons[0].property : "";
    return run.verdicts.filter(wanted).sort((a, b) => (b.property === explained) - (a.property === explained));
  };
  const violatedIn = run => of(run, row => row.verdict === "violated");

  // Words between backticks are code; the time a step begins with stands on its button already.
  const prose = text => clean(text).split("`").map((part, place) => (place % 2 ? Page.make("code", {}, Page.isolate(part)) : part)).filter(part => part !== "");
  const untimed = text => text.replace(/^At \d+(\.\d+)? ?s,? /, "");

  // What the scenario states decides; what it does not state is named as that.
  function headline(run) {
    const stated = (verdicts, expected) => of(run, row => verdicts.includes(row.verdict) && row.expected === expected);
    const besides = stated(["violated"], "unstated"), violated = violatedIn(run);
    const more = besides.length ? "; and " + besides.length + " more" + " of which nothing is stated" : "";
    if (run.defects.length) return ["bad", "✕", "NOT AS EXPECTED", "the scenario has a defect: " + clean(run.defects[0])];
    if (run.expectsNothing) return violated.length ? ["bad", "✕", "VIOLATED, and nothing was expected", named(violated)] : ["good", "✓", "NOTHING VIOLATED", "and nothing was expected"];
    const wanted = stated(["violated"], "violated");
    if (run.asExpected) {
      return wanted.length ? ["seen", "✕", "VIOLATED, as expected", named(wanted) + more]
        : ["good", "✓", "AS EXPECTED", "every property holds that is to hold" + more.replace("; and", "; violated:")];
    }
    const parts = [], wrong = stated(["violated"], "holds"), unsure = stated(["unknown", "not-applicable"], "holds");
    const missing = run.verdicts.filter(row => row.verdict !== "violated" && row.expected === "violated");
    if (wrong.length) parts.push("violated: " + named(wrong));
    if (unsure.length) parts.push("not known: " + named(unsure));
    if (missing.length) parts.push("not violated, though it should be: " + named(missing));
    return ["bad", "✕", "NOT AS EXPECTED", parts.join("; ")];
  }

  // What the head says of a run: its verdict, its facts, and the command that has it again.
  function parts(run) {
    const [kind, sign, words, rest] = headline(run);
    const banner = Page.make("div", { class: "banner " + kind },
      Page.make("span", { class: "sign", "aria-hidden": "true" }, sign),
      Page.make("h1", {}, words + (rest ? ": " : ""), Page.make("b", {}, rest)));
    const facts = Page.make("dl", { class: "facts" });
    const fact = (name, ...value) => facts.append(Page.make("div", {}, Page.make("dt", {}, name), Page.make("dd", {}, ...value)));
    fact("Scenario", Page.tip.on(Page.make("bdi", { tabindex: 0 }, clean(run.scenario)), run.title + (run.watch ? "\n" + run.watch : "")));
    fact("System", Page.tip.on(Page.make("bdi", { tabindex: 0 }, clean(run.system)), run.about || run.system));
    fact("Seed", run.seed);
    if (run.stage === "processes") fact("Took place", Page.tip.on(Page.make("span", { tabindex: 0 }, "on processes"),
      "Real processes, sockets and files, in real time: no two such runs are the same."));
    else fact("Digest", Page.tip.on(Page.make("code", { tabindex: 0 }, run.digest.slice(0, 12) + (run.digest.length > 12 ? "…" : "")),
      run.digest + "\nTwo runs with the same digest did the same, step for step."));
    return { banner, facts };
  }
  const command = run => Page.make("div", { class: "command" }, Page.make("code", { tabindex: 0 }, run.command), copier(run));
  function verdict(run) {
    const { banner, facts } = parts(run), violated = violatedIn(run), all = [banner, facts, command(run)];
    for (const defect of run.defects) all.push(Page.make("p", { class: "defect" }, "Defect: " + clean(defect)));
    for (const row of violated.slice(0, 2)) {
      all.push(Page.make("p", { class: "sentence" }, Page.make("b", {}, clean(row.property) + ": "), ...prose(row.sentence)));
    }
    if (violated.length > 2) all.push(Page.make("p", { class: "quiet" }, "and " + (violated.length - 2) + " more below"));
    const missed = omitted();
    if (missed) all.push(missed);
    Page.byId("verdict").replaceChildren(...all);
  }
  function omitted() {
    const left = Page.data.left_out || {};
    const list = [["messages", "message"], ["changes", "change"], ["said", "remark"]].filter(([name]) => left[name] > 0)
      .map(([name, word]) => Page.count(left[name], word));
    return list.length ? Page.make("p", { class: "quiet" }, "Too much for a page: left out " + Page.list(list) + ".") : null;
  }

  function copier(run) {
    const button = Page.button("Copy", run.stage === "processes" ? "Copies the command that has another such run." : "Copies the command that repeats this run.", async () => {
      let done = false;
      try { await navigator.clipboard.writeText(run.command); done = true; } catch {
        // From a disk some browsers refuse the clipboard: select the words and use the old way.
        const range = document.createRange();
        range.selectNodeContents(button.previousSibling);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        try { done = document.execCommand("copy"); } catch { done = false; }
      }
      button.textContent = done ? "Copied" : "Press Ctrl+C";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    return button;
  }

  // Why it came to that, in a place of its own: the reason that is chosen, with its steps.
  function why(run, place) {
    const reason = Page.view.reasonOf(run);
    if (!reason) { place.replaceChildren(...witness(run)); return; }
    const tabs = run.reasons.length < 2 ? null : Page.make("div", { class: "tabs" }, ...run.reasons.map((row, index) =>
      Page.button(clean(row.property), null, () => { Page.view.setReason(run, index); why(run, place); place.querySelectorAll(".tabs button")[index].focus(); },
        { "aria-pressed": String(index === Page.view.chosen[run.place]) })));
    const steps = Page.make("ol", {}, ...reason.steps.map(step => Page.make("li", {},
      step.at === null ? null : Page.button((step.at / 1e9).toFixed(3) + " s", "Moves the cursor to this moment.", () => Page.view.setTime(step.at, true), { class: "moment", "data-at": step.at }),
      Page.make("span", {}, ...prose(step.at === null ? step.text : untimed(step.text))))));
    place.replaceChildren(...[tabs,
      Page.make("h2", {}, Page.make("b", {}, reason.head + ": "), ...prose(reason.short || reason.found)),
      reason.short && reason.found ? Page.make("p", { class: "quiet" }, ...prose(reason.found)) : null, steps,
      reason.mends ? Page.make("p", {}, Page.make("b", {}, "What mends it: "), ...prose(reason.mends)) : null].filter(Boolean));
    current();
  }
  // Without a reason: the facts of what was violated, or what was watched.
  function witness(run) {
    const facts = violatedIn(run).flatMap(row => row.facts);
    return [Page.make("h2", {}, clean(run.title)), run.watch ? Page.make("p", {}, clean(run.watch)) : null,
      facts.length ? Page.make("ul", {}, ...facts.slice(0, 12).map(fact => Page.make("li", {}, clean(fact)))) : null].filter(Boolean);
  }
  // Marks the step the cursor stands on.
  function current() {
    for (const button of Page.byId("top").querySelectorAll(".moment")) {
      if (Number(button.dataset.at) === Page.view.time) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
    }
  }

  const signs = { holds: "✓ holds", violated: "✕ violated", unknown: "? unknown", "not-applicable": "– not applicable" };
  function verdicts(run) {
    const table = Page.make("table", {}, Page.make("thead", {}, Page.make("tr", {},
      ...["Property", "Verdict", "Expected", "What was found"].map(name => Page.make("th", { scope: "col" }, name)))));
    const order = ["violated", "unknown", "holds", "not-applicable"];
    const rows = [...run.verdicts].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    table.append(Page.make("tbody", {}, ...rows.map(row => Page.make("tr", { class: row.verdict },
      Page.make("th", { scope: "row" }, Page.tip.on(Page.make("span", { tabindex: 0, class: "hint" }, clean(row.property)), row.meaning)),
      Page.make("td", { class: "nowrap" }, signs[row.verdict] || row.verdict),
      Page.make("td", {}, row.expected === "unstated" ? "–" : row.expected),
      Page.make("td", {}, clean(row.sentence), ...links(row), row.facts.length
        ? Page.make("ul", {}, ...row.facts.slice(0, 20).map(fact => Page.make("li", {}, clean(fact)))) : null)))));
    Page.byId("verdicts").replaceChildren(Page.make("h2", {}, "All properties"), table);
  }
  function links(row) {
    const { data } = Page;
    return row.operations.filter(i => data.ops[i]).slice(0, 8).map(i => Page.button(Page.cut(clean(Page.text(data.ops[i][1])), 30) + " at " + Page.time(data.ops[i][3]),
      "Moves the cursor to where this operation begins.", () => { Page.view.setTime(data.ops[i][3], true); Page.byId("diagram").scrollIntoView({ block: "nearest" }); }, { class: "moment" }));
  }

  // `ops`, `messages`, `changes`: how many there are.
  function lines(run, { ops, messages, changes }) {
    const rows = [...(Page.isPair ? [["Scenario", run.scenario], ["Seed", run.seed]] : []), ["Title", run.title], ["What to watch", run.watch], ["System", run.system + (run.about ? ": " + run.about : "")],
      ["Flaws", run.flaws.join(", ")], ["Settings", run.settings.join(", ")], ["Digest", run.digest],
      ["Length", Page.time(run.end) + (run.healed === null ? "" : ", everything healed at " + Page.time(run.healed))],
      ["Size", Page.count(ops, "operation") + ", " + Page.count(messages, "message") + ", " + Page.count(changes, "change") + " of stores"]];
    return Page.make("dl", { class: "lines" },
      ...rows.filter(([, value]) => value).flatMap(([name, value]) => [Page.make("dt", {}, name), Page.make("dd", {}, Page.make("bdi", {}, clean(value)))]));
  }
  function about(run) {
    Page.byId("about").replaceChildren(Page.make("h2", {}, "This run"), lines(run, { ops: run.ops.length, messages: run.messages.length, changes: run.changes.length }));
    if (!run.story) return;
    const story = Page.byId("story");
    story.hidden = false;
    story.querySelector("pre").textContent = run.story;
  }
  function begin() {
    Page.view.on("time", current);
    if (Page.isPair) return Page.beside.begin();
    const [run] = Page.runs;
    verdict(run); why(run, Page.byId("why")); verdicts(run); about(run);
  }
  return { begin, parts, why, command, lines, omitted, prose, untimed, current };
})();
