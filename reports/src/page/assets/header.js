// The verdict first, then why, step by step; at the end of the page all properties, and what to repeat the run with.
Page.header = (() => {
  const data = Page.data, clean = Page.clean;
  // At most three names: what the first reason explains comes first.
  const named = rows => Page.list([...rows.slice(0, 3).map(row => clean(row.property)), ...(rows.length > 3 ? [rows.length - 3 + " more"] : [])]);
  const explained = data.reasons.length ? data.reasons[0].property : "";
  const violated = data.verdicts.filter(row => row.verdict === "violated").sort((a, b) => (b.property === explained) - (a.property === explained));
  const missing = data.verdicts.filter(row => row.verdict !== "violated" && row.expected === "violated");

  // Words between backticks are code; the time a step begins with stands on its button already.
  const prose = text => clean(text).split("`").map((part, place) => (place % 2 ? Page.make("code", {}, Page.isolate(part)) : part)).filter(part => part !== "");
  const untimed = text => text.replace(/^At \d+(\.\d+)? ?s,? /, "");

  // What the scenario states decides; what it does not state is named as that.
  function headline() {
    const of = (verdicts, expected) => data.verdicts.filter(row => verdicts.includes(row.verdict) && row.expected === expected)
      .sort((a, b) => (b.property === explained) - (a.property === explained));
    const besides = of(["violated"], "unstated");
    const more = besides.length ? "; and " + besides.length + " more" + " of which nothing is stated" : "";
    if (data.defects.length) return ["bad", "✕", "NOT AS EXPECTED", "the scenario has a defect: " + clean(data.defects[0])];
    if (data.expectsNothing) return violated.length ? ["bad", "✕", "VIOLATED, and nothing was expected", named(violated)] : ["good", "✓", "NOTHING VIOLATED", "and nothing was expected"];
    const wanted = of(["violated"], "violated");
    if (data.asExpected) {
      return wanted.length ? ["seen", "✕", "VIOLATED, as expected", named(wanted) + more]
        : ["good", "✓", "AS EXPECTED", "every property holds that is to hold" + more.replace("; and", "; violated:")];
    }
    const parts = [], wrong = of(["violated"], "holds"), unsure = of(["unknown", "not-applicable"], "holds");
    if (wrong.length) parts.push("violated: " + named(wrong));
    if (unsure.length) parts.push("not known: " + named(unsure));
    if (missing.length) parts.push("not violated, though it should be: " + named(missing));
    return ["bad", "✕", "NOT AS EXPECTED", parts.join("; ")];
  }

  function verdict() {
    const [kind, sign, words, rest] = headline();
    const banner = Page.make("div", { class: "banner " + kind },
      Page.make("span", { class: "sign", "aria-hidden": "true" }, sign),
      Page.make("h1", {}, words + (rest ? ": " : ""), Page.make("b", {}, rest)));
    const facts = Page.make("dl", { class: "facts" });
    const fact = (name, ...value) => facts.append(Page.make("div", {}, Page.make("dt", {}, name), Page.make("dd", {}, ...value)));
    fact("Scenario", Page.tip.on(Page.make("bdi", { tabindex: 0 }, clean(data.scenario)), data.title + (data.watch ? "\n" + data.watch : "")));
    fact("System", Page.tip.on(Page.make("bdi", { tabindex: 0 }, clean(data.system)), data.about || data.system));
    fact("Seed", data.seed);
    fact("Digest", Page.tip.on(Page.make("code", { tabindex: 0 }, data.digest.slice(0, 12) + (data.digest.length > 12 ? "…" : "")),
      data.digest + "\nTwo runs with the same digest did the same, step for step."));
    const command = Page.make("div", { class: "command" }, Page.make("code", { tabindex: 0 }, data.command), copier());
    const parts = [banner, facts, command];
    for (const defect of data.defects) parts.push(Page.make("p", { class: "defect" }, "Defect: " + clean(defect)));
    for (const row of violated.slice(0, 2)) {
      parts.push(Page.make("p", { class: "sentence" }, Page.make("b", {}, clean(row.property) + ": "), ...prose(row.sentence)));
    }
    if (violated.length > 2) parts.push(Page.make("p", { class: "quiet" }, "and " + (violated.length - 2) + " more below"));
    const left = data.left_out || {};
    const omitted = [["messages", "message"], ["changes", "change"], ["said", "remark"]].filter(([name]) => left[name] > 0)
      .map(([name, word]) => Page.count(left[name], word));
    if (omitted.length) parts.push(Page.make("p", { class: "quiet" }, "Too much for a page: left out " + Page.list(omitted) + "."));
    Page.byId("verdict").replaceChildren(...parts);
  }

  function copier() {
    const button = Page.button("Copy", "Copies the command that repeats this run.", async () => {
      let done = false;
      try { await navigator.clipboard.writeText(data.command); done = true; } catch {
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

  function why() {
    const place = Page.byId("why"), reason = Page.view.reason();
    if (!reason) { place.replaceChildren(...witness()); return; }
    const tabs = data.reasons.length < 2 ? null : Page.make("div", { class: "tabs" }, ...data.reasons.map((row, index) =>
      Page.button(clean(row.property), null, () => { Page.view.setReason(index); why(); place.querySelectorAll(".tabs button")[index].focus(); },
        { "aria-pressed": String(index === Page.view.reasonIndex) })));
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
  function witness() {
    const facts = violated.flatMap(row => row.facts);
    return [Page.make("h2", {}, clean(data.title)), data.watch ? Page.make("p", {}, clean(data.watch)) : null,
      facts.length ? Page.make("ul", {}, ...facts.slice(0, 12).map(fact => Page.make("li", {}, clean(fact)))) : null].filter(Boolean);
  }
  // Marks the step the cursor stands on.
  function current() {
    for (const button of Page.byId("why").querySelectorAll(".moment")) {
      if (Number(button.dataset.at) === Page.view.time) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
    }
  }

  const signs = { holds: "✓ holds", violated: "✕ violated", unknown: "? unknown", "not-applicable": "– not applicable" };
  function verdicts() {
    const table = Page.make("table", {}, Page.make("thead", {}, Page.make("tr", {},
      ...["Property", "Verdict", "Expected", "What was found"].map(name => Page.make("th", { scope: "col" }, name)))));
    const order = ["violated", "unknown", "holds", "not-applicable"];
    const rows = [...data.verdicts].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    table.append(Page.make("tbody", {}, ...rows.map(row => Page.make("tr", { class: row.verdict },
      Page.make("th", { scope: "row" }, Page.tip.on(Page.make("span", { tabindex: 0, class: "hint" }, clean(row.property)), row.meaning)),
      Page.make("td", { class: "nowrap" }, signs[row.verdict] || row.verdict),
      Page.make("td", {}, row.expected === "unstated" ? "–" : row.expected),
      Page.make("td", {}, clean(row.sentence), ...links(row), row.facts.length
        ? Page.make("ul", {}, ...row.facts.slice(0, 20).map(fact => Page.make("li", {}, clean(fact)))) : null)))));
    Page.byId("verdicts").replaceChildren(Page.make("h2", {}, "All properties"), table);
  }
  function links(row) {
    return row.operations.filter(i => data.ops[i]).slice(0, 8).map(i => Page.button(Page.cut(clean(Page.text(data.ops[i][1])), 30) + " at " + Page.time(data.ops[i][3]),
      "Moves the cursor to where this operation begins.", () => { Page.view.setTime(data.ops[i][3], true); Page.byId("diagram").scrollIntoView({ block: "nearest" }); }, { class: "moment" }));
  }

  function about() {
    const lines = [["Title", data.title], ["What to watch", data.watch], ["System", data.system + (data.about ? ": " + data.about : "")],
      ["Flaws", data.flaws.join(", ")], ["Settings", data.settings.join(", ")], ["Digest", data.digest],
      ["Length", Page.time(data.end) + (data.healed === null ? "" : ", everything healed at " + Page.time(data.healed))],
      ["Size", Page.count(data.ops.length, "operation") + ", " + Page.count(data.messages.length, "message") + ", " + Page.count(data.changes.length, "change") + " of stores"]];
    Page.byId("about").replaceChildren(Page.make("h2", {}, "This run"), Page.make("dl", { class: "lines" },
      ...lines.filter(([, value]) => value).flatMap(([name, value]) => [Page.make("dt", {}, name), Page.make("dd", {}, Page.make("bdi", {}, clean(value)))])));
    if (!data.story) return;
    const story = Page.byId("story");
    story.hidden = false;
    story.querySelector("pre").textContent = data.story;
  }
  function begin() {
    verdict(); why(); verdicts(); about();
    Page.view.on("time", current);
  }
  return { begin };
})();
