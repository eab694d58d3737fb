// Pointer and wheel on every picture with the shared time axis: drag pans, a click sets the cursor, the wheel zooms.
Page.hands = (() => {
  const axis = Page.axis, view = Page.view;
  // The cursor catches on the nearest moment at which something happened.
  function snap(time) {
    const { moments } = Page.model, place = Page.lower(moments, time);
    const near = [moments[place - 1], moments[place]].filter(at => at !== undefined).sort((a, b) => Math.abs(a - time) - Math.abs(b - time))[0];
    return near !== undefined && Math.abs(axis.x(near) - axis.x(time)) < 6 ? near : time;
  }
  function give(svg, withArrows) {
    let grip = null;
    const where = event => {
      const box = svg.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    svg.addEventListener("pointerdown", event => {
      const [x, y] = where(event);
      if (event.button || x < axis.gutter) return;
      const onCursor = Math.abs(x - axis.x(view.time)) < 7 || withArrows && y < 24;
      grip = { x, from: view.from, to: view.to, moved: false, cursor: onCursor, target: event.target };
    });
    svg.addEventListener("pointermove", event => {
      const [x, y] = where(event);
      if (!grip) { if (withArrows) point(event, x, y); return; }
      if (!grip.moved && Math.abs(x - grip.x) < 4) return;
      // Held only once it moves: a plain click still reaches what it was made on.
      if (!grip.moved) { grip.moved = true; svg.setPointerCapture(event.pointerId); svg.classList.add("dragging"); Page.tip.hide(); }
      if (grip.cursor) view.setTime(snap(axis.time(Math.max(axis.gutter, Math.min(axis.width - axis.right, x)))));
      else {
        const shift = (x - grip.x) / axis.inner() * (grip.to - grip.from);
        view.setRange(grip.from - shift, grip.to - shift);
      }
    });
    svg.addEventListener("pointerup", event => {
      if (grip && !grip.moved) {
        const [x, y] = where(event), hit = withArrows && Page.diagram.under(x, y);
        if (!event.target.closest("[role=button]")) {
          view.setTime(hit && hit.message !== undefined && Math.abs(x - hit.x1) > 200 ? axis.time(x) : snap(axis.time(x)));
        }
      }
      release();
    });
    // A drag must not press the button it happens to end on.
    svg.addEventListener("click", event => { if (svg.dataset.dragged) { event.stopPropagation(); event.preventDefault(); } }, true);
    const release = () => {
      if (grip && grip.moved) { svg.dataset.dragged = "1"; setTimeout(() => delete svg.dataset.dragged, 0); }
      grip = null;
      svg.classList.remove("dragging");
    };
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("pointerleave", () => { if (!grip && withArrows) Page.arrows.highlight(null); });
    svg.addEventListener("wheel", event => {
      const [x] = where(event);
      if (x < axis.gutter) return; // over the names the page scrolls as usual
      event.preventDefault();
      const scale = event.deltaMode === 1 ? 30 : 1;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) view.pan((event.deltaX || event.deltaY) * scale / axis.inner());
      else view.zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY * scale)) * 0.0025), axis.time(x));
    }, { passive: false });
  }
  function point(event, x, y) {
    if (x < axis.gutter) return;
    const own = Page.tip.of(event.target);
    const hit = own && !event.target.classList.contains("msg") && !event.target.closest(".band, .down-time") ? null : Page.diagram.under(x, y);
    Page.arrows.highlight(hit);
    if (hit) Page.tip.show(event.clientX, event.clientY, Page.words.message(hit.message));
    else if (!own) Page.tip.hide();
  }
  return { give };
})();
