// Buttons and keys. Every key has a button or a sentence in the help that `?` opens.
Page.controls = (() => {
  const view = Page.view, model = Page.model;
  const middle = () => (view.time > view.from && view.time < view.to ? view.time : (view.from + view.to) / 2);

  // ---- Playing: a view's width of simulated time goes by in twenty seconds; or moment by moment where motion is unwelcome.
  let playing = 0, then = 0, button;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  function play() {
    if (playing) return stop();
    then = performance.now();
    playing = requestAnimationFrame(tick);
    button.textContent = "❚❚ Pause";
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    button.textContent = "▶ Play";
  }
  function tick(now) {
    const passed = Math.min(200, now - then);
    if (still.matches) {
      if (now - then > 900) { then = now; if (!view.nextOf(model.moments)) return stop(); }
    } else {
      then = now;
      view.setTime(view.time + Math.max(1, passed / 20000 * (view.to - view.from)), true);
    }
    if (view.time >= model.finish) return stop();
    playing = requestAnimationFrame(tick);
  }

  const around = (times, words) => { if (!view.nextOf(times)) { if (times.length) view.setTime(times[0], true); else say("There is no " + words + " in this run."); } };
  // Said above the diagram until the cursor moves on.
  let saidAt = -1;
  const say = words => { saidAt = view.time; Page.byId("said-by-control").textContent = words; };
  // Of the reason on show: going through those of all would jump between several stories.
  const stepTimes = () => Float64Array.from(view.reasons().flatMap(({ reason }) => reason.steps).map(step => step.at).filter(at => at !== null)).sort();
  function diverge() {
    const found = Page.differ.first();
    if (!found) return say("Nodes that are up never hold different values.");
    view.setTime(found.from, true);
    view.setKey(found.key);
    say(Page.differ.sentence(found));
  }
  const differ = () => { const row = Page.marks.next(); if (row) say(Page.clean(row.sentence).replace(/`/g, "")); else say("The two runs do not differ in what was compared."); };
  const actions = {
    former: () => view.nextOf(model.moments, true), next: () => view.nextOf(model.moments),
    formerChain: () => view.nextOf(model.chain, true), nextChain: () => view.nextOf(model.chain),
    fault: () => around(model.faultTimes, "fault"), violation: () => around(stepTimes(), "step with a time"),
    closer: () => view.zoom(0.6, middle()), wider: () => view.zoom(1 / 0.6, middle()),
    left: () => view.pan(-0.2), right: () => view.pan(0.2), play, diverge, differ, whole: view.whole, crucial: view.crucial,
  };
  const keys = [
    ["ArrowLeft", "←", "former", "the former moment at which something happened"], ["ArrowRight", "→", "next", "the next moment"],
    [",", ",", "formerChain", "the former moment of the chain"], [".", ".", "nextChain", "the next moment of the chain"],
    ["S-ArrowLeft", "Shift ←", "left", "pan left"], ["S-ArrowRight", "Shift →", "right", "pan right"],
    ["+", "+", "closer", "zoom in"], ["=", null, "closer"], ["-", "−", "wider", "zoom out"],
    [" ", "Space", "play", "play, pause"], ["w", "W", "crucial", "the crucial window"], ["0", "0", "whole", "the whole run"],
    ["d", "D", "diverge", "the first divergence"], ["f", "F", "fault", "the next fault"], ["n", "N", "violation", "the next step of the violation"],
    ["?", "?", "help", "this list"],
  ];
  if (Page.isPair) keys.splice(-1, 0, ["x", "X", "differ", "the next mark at which the two runs first differ"]);
  actions.help = () => { const dialog = Page.byId("keys"); if (dialog.open) dialog.close(); else dialog.showModal(); };

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target, dialog = Page.byId("keys").open;
    if (target.matches("input, textarea, select") || (dialog && event.key !== "?")) return;
    if (event.key === " " && target.matches("button, summary, [role=button]")) return;
    if (event.key.startsWith("Arrow") && target.closest(".command, pre")) return;
    const name = (event.shiftKey && event.key.startsWith("Arrow") ? "S-" : "") + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    const row = keys.find(row => row[0] === name);
    if (!row) return;
    event.preventDefault();
    actions[row[2]]();
  }

  function toggle(words, tip, on, change) {
    const box = Page.make("input", { type: "checkbox" });
    box.checked = on;
    box.addEventListener("change", () => change(box.checked));
    return Page.tip.on(Page.make("label", { class: "toggle" }, box, words), tip);
  }
  function begin() {
    button = Page.button("▶ Play", "Lets time pass (space).", play, { class: "play" });
    const one = (words, tip, action, name) => Page.button(words, tip, actions[action], name ? { "aria-label": name } : null);
    const group = (...parts) => Page.make("span", { class: "group" }, ...parts);
    const showing = (words, kind, tip) => toggle(words, tip, view.show[kind], on => { view.show[kind] = on; view.redraw(); });
    const counts = model.messages.groups.map(kind => kind.reduce((sum, spans) => sum + spans.ids.length, 0));
    Page.byId("bar").append(
      group(one("◀", "The former moment (←).", "former", "The former moment"), button, one("▶︎|", "The next moment (→).", "next", "The next moment")),
      group(Page.isPair ? one("≠ First difference", "Where the two runs first differ, in each way in which they were compared (X).", "differ") : null,
        model.stepTimes.length ? one("Next step", "The next moment of the violation: the next step of the reason shown above (N).", "violation") : null,
        one("First divergence", "The first moment at which nodes that are up hold different values for a key, never mended if there is such a one (D).", "diverge"),
        model.faults.length ? one("Next fault", "The next moment at which a fault begins or ends (F).", "fault") : null),
      group(one("Crucial window", "The stretch in which it went wrong (W).", "crucial"), one("Whole run", "From the beginning to the end (0).", "whole"),
        one("−", "Zoom out (−).", "wider", "Zoom out"), one("+", "Zoom in (+).", "closer", "Zoom in")),
      group(model.messages.hasChain ? toggle("chain first", "Dims every message that is not of the chain of causes.", view.dim, on => { view.dim = on; view.redraw(); }) : null,
        counts[0] ? showing("nodes", 0, "Messages between nodes.") : null, counts[1] ? showing("clients", 1, "Requests and replies.") : null,
        counts[2] ? showing("health checks", 2, "Health checks.") : null),
      group(Page.diagram.canGather ? toggle("clients apart", "Gives every client a lane of its own, which may be more than a screen holds.", view.apart,
        on => { view.apart = on; Page.diagram.layout(); view.redraw(); }) : null),
      Page.button("?", "All keys (?).", actions.help, { "aria-label": "Keys" }));
    Page.byId("overview").after(Page.make("p", { id: "said-by-control", "aria-live": "polite" }));
    Page.byId("keys").append(Page.make("h2", {}, "Keys"), Page.make("dl", {}, ...keys.filter(row => row[1]).flatMap(row =>
      [Page.make("dt", {}, Page.make("kbd", {}, row[1])), Page.make("dd", {}, row[3])])),
      Page.make("p", {}, "In the diagram: the wheel zooms, dragging pans, a click moves the cursor; drag the cursor itself or the axis to travel. The address of the page names the moment: copy it to share it."),
      Page.button("Close", null, actions.help));
    addEventListener("keydown", pressed);
    view.on("time", () => { if (view.time !== saidAt) Page.byId("said-by-control").textContent = ""; });
  }
  return { begin, playing: () => playing !== 0 };
})();
