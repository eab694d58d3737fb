// What the signs mean, drawn with the same classes as in the diagram; each has a sentence.
Page.legend = (() => {
  const sample = (...parts) => {
    const svg = Page.svg("svg", { width: 46, height: 20, viewBox: "0 0 46 20", "aria-hidden": "true" });
    svg.append(...parts);
    return svg;
  };
  const arrow = (kinds, end, short) => sample(Page.svg("path", { class: "msg " + kinds, d: short ? "M3,10H30" : "M3,10H43", "marker-end": "url(#" + end + ")" }));
  const bar = (kinds, open) => {
    const g = Page.svg("g", { class: "op " + kinds });
    g.append(Page.svg("rect", { x: 2, y: 3, width: 42, height: 14, rx: 3 }));
    if (open) g.append(Page.svg("path", { class: "open", d: "M44,3H2V17H44" }));
    return sample(g);
  };
  const band = kinds => sample(Page.svg("rect", { class: kinds, x: 2, y: 2, width: 42, height: 16 }));
  const mark = (kind, d) => sample(Page.svg("path", { class: kind, d }));
  function begin() {
    const lead = Page.svg("g", { class: "lead" });
    lead.append(Page.svg("rect", { x: 2, y: 4, width: 42, height: 12, rx: 2 }));
    const step = Page.svg("g", { class: "step" });
    step.append(Page.svg("rect", { x: 12, y: 0, width: 22, height: 20, rx: 10 }), Page.svg("text", { x: 23, y: 15, "text-anchor": "middle" }, "1"));
    const difference = Page.svg("g", { class: "difference" });
    difference.append(Page.svg("path", { d: "M23,0l-8,10l8,10l8,-10z" }));
    const [impossible, lost, stale, disorder] = Page.words.wrongSentences;
    const items = [
      ["Messages", [
        [arrow("chain", "head-chain"), "of the chain", "A message of the chain of causes that led to the violation."],
        [arrow("", "head"), "delivered", "A message that arrived; its slope is the time it took."],
        [arrow("lost", "cross", true), "lost", "A message that never arrived; the cross is where it was lost, and its words say why."],
        [arrow("copy", "head"), "a copy", "A second copy of a message, made by the network."],
        [arrow("flying", "ring", true), "in flight", "A message still under way when the run ended."],
        [arrow("health", "head"), "health check", "A question of the balancer whether a node is alive."]]],
      ["Operations", [
        [bar("ok"), "answered", "An operation of a client, from its call to its answer."],
        [bar("failed"), "failed", "The client was told that it had no effect."],
        [bar("unknown", true), "unknown", "No answer came: it may have taken effect, or may yet."],
        [bar("wrong lost"), "lost", lost], [bar("wrong stale"), "stale", stale],
        [bar("wrong impossible"), "impossible", impossible], [bar("wrong disorder"), "out of order", disorder]]],
      ["Nodes", [
        [sample(lead), "leader", "While a node believes itself leader, and of which term."],
        [band("band down"), "down", "The process of the node is gone."],
        [band("band pause"), "paused", "The process stands still and does not know it."],
        [band("band cut"), "cut off", "A partition, isolation or cut link: messages are dropped."],
        [sample(Page.svg("rect", { class: "band thin", x: 2, y: 8, width: 42, height: 4 })), "other fault", "A slow link, a slow disk, loss and the like; its name is on top."]]],
      ["Signs", [
        [mark("change", "M23,5l5,5l-5,5l-5,-5z"), "now holds", "A node's store changes: it now holds a value."],
        [mark("change", "M19,6l8,8m0,-8l-8,8"), "no longer holds", "A key is gone from a node's store."],
        [mark("change", "M19,3l9,7l-9,7z"), "starts", "A node's process starts."],
        [mark("change", "M18,5h10v10h-10z"), "ends", "A node's process ends."],
        [mark("said", "M23,18l-4,-5h-2v-8h14v8h-6z"), "says", "What a node says of itself: elections, decisions."],
        [sample(step), "step", "A step of the reason at the top of the page."],
        ...(Page.isPair ? [[sample(difference), "first difference", "Where the two runs first differ; the line goes through each run at its own moment."]] : [])]],
    ];
    Page.byId("legend").replaceChildren(Page.make("h2", {}, "Legend"), Page.make("div", { class: "groups" }, ...items.map(([name, rows]) =>
      Page.make("dl", {}, Page.make("dt", {}, name), ...rows.map(([picture, words, sentence]) => Page.tip.on(Page.make("dd", { tabindex: 0 }, picture, words, Page.make("span", { class: "sentence-print" }, sentence)), sentence))))));
  }
  return { begin };
})();
