// The head and the tables of a page of two runs: what is said of both, then each under its letter, side by side.
Page.beside = (() => {
  const { clean } = Page, header = Page.header;

  function together() {
    const { faults, differences, same } = Page.data.together, row = (at, go, words) => Page.make("li", {},
      Page.button((at / 1e9).toFixed(3) + " s", "Moves the cursor to this moment.", go, { class: "moment", "data-at": at }), ...header.prose(words));
    const list = [...differences].sort((a, b) => Page.marks.moment(a) - Page.marks.moment(b));
    return Page.make("section", { id: "together", "aria-label": "What is the same, and what is not" },
      Page.make("ul", {}, ...list.map(it => row(Page.marks.moment(it), () => Page.marks.go(it), it.sentence))),
      Page.make("p", {}, ...header.prose(faults), " ", Page.make("span", { class: "quiet" }, clean(same.join(" ")))), header.omitted());
  }
  // The reason in a few sentences and its steps as numbers; all of it in words is a press away.
  function side(run) {
    const { banner } = header.parts(run), heading = banner.querySelector("h1"), steps = Page.make("p", { class: "steps" }), why = Page.make("div", { class: "why", hidden: true });
    heading.prepend(banner.firstChild, Page.make("span", { class: "letter" }, run.letter), Page.make("bdi", {}, clean(run.name)), ": ");
    banner.replaceChildren(Page.make("div", {}, heading, Page.make("p", {}, clean(run.about))));
    const more = Page.button("in words", "The steps in words, and the other reasons if there are any.", () => {
      why.hidden = !why.hidden;
      more.setAttribute("aria-expanded", String(!why.hidden));
      window.dispatchEvent(new Event("resize")); // what is below has another place now
    }, { class: "more-words", "aria-expanded": "false", "aria-label": "The steps of " + run.letter + " in words" });
    // Where no sentence sums it up, what it came to: the last two steps.
    const summary = reason => reason.short || [reason.found, ...reason.steps.slice(-2).map(step => step.text)].join(" ");
    const number = (step, place) => Page.button(String(place + 1), clean(step.text).replace(/`/g, ""), () => Page.view.setTime(step.at, true),
      { class: "moment number", "data-at": step.at, "aria-label": "Step " + run.letter + (place + 1) + ": " + clean(step.text).replace(/`/g, "") });
    const draw = reason => steps.replaceChildren(...(reason
      ? [Page.make("b", {}, reason.head + ": "), ...header.prose(summary(reason)), " ", ...reason.steps.map((step, place) => (step.at === null ? null : number(step, place))).filter(Boolean), " ", more]
      : [Page.make("b", {}, clean(run.title)), " ", more]));
    let shown = Page.view.reasonOf(run);
    header.why(run, why);
    draw(shown);
    Page.view.on("range", () => {
      if (shown === Page.view.reasonOf(run)) return;
      draw(shown = Page.view.reasonOf(run));
      header.current();
    });
    return Page.make("section", { class: "side", "aria-label": "Run " + run.letter + ": " + clean(run.name) }, banner, steps, why);
  }

  const short = { holds: "✓ holds", violated: "✕ violated", unknown: "? unknown", "not-applicable": "– not applicable" };
  function verdicts() {
    const names = [...new Set(Page.runs.flatMap(run => run.verdicts.map(row => row.property)))];
    const of = name => Page.runs.map(run => run.verdicts.find(row => row.property === name));
    const differs = name => { const [one, other] = of(name).map(row => row && row.verdict); return one !== other; };
    names.sort((a, b) => differs(b) - differs(a));
    const cell = row => Page.make("td", { class: row && row.verdict === "violated" ? "is-violated" : null },
      row ? Page.make("b", { class: "nowrap" }, short[row.verdict] || row.verdict) : "not judged", row ? ": " + clean(row.sentence) : "");
    Page.byId("verdicts").replaceChildren(Page.make("h2", {}, "All properties, those first whose verdicts differ"), Page.make("table", {},
      Page.make("thead", {}, Page.make("tr", {}, Page.make("th", { scope: "col" }, "Property"),
        ...Page.runs.map(run => Page.make("th", { scope: "col" }, Page.make("span", { class: "letter" }, run.letter), clean(run.name))))),
      Page.make("tbody", {}, ...names.map(name => {
        const rows = of(name), { meaning } = rows.find(Boolean);
        return Page.make("tr", { class: differs(name) ? "differing" : null },
          Page.make("th", { scope: "row" }, Page.tip.on(Page.make("span", { tabindex: 0, class: "hint" }, clean(name)), meaning), differs(name) ? Page.make("span", { class: "sign" }, " ≠") : null), ...rows.map(cell));
      }))));
  }
  function about() {
    Page.byId("about").replaceChildren(...Page.runs.flatMap(run => [Page.make("h2", {}, "Run " + run.letter), header.command(run), header.lines(run, run)]));
    const story = Page.byId("story");
    story.replaceWith(...Page.runs.map(run => Page.make("details", { class: "story" }, Page.make("summary", {}, "The story of " + run.letter + " in words"), Page.make("pre", {}, run.story))));
  }
  function begin() {
    const top = Page.byId("top");
    top.classList.add("pair");
    top.replaceChildren(...Page.runs.map(side), together());
    verdicts();
    about();
  }
  return { begin };
})();
