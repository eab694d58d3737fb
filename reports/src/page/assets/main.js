// Puts the parts together: order matters only in that who draws first is asked first.
(() => {
  const { view, axis } = Page;
  function measure() {
    const width = Page.byId("diagram").parentNode.clientWidth;
    if (width < 10) return;
    axis.width = width;
    axis.gutter = width < 700 ? 84 : 118;
    Page.diagram.layout();
    Page.overview.draw();
    view.redraw();
  }
  Page.header.begin();
  Page.controls.begin();
  Page.overview.begin();
  Page.diagram.begin();
  Page.hands.give(Page.diagram.svg, true);
  Page.inspector.begin();
  Page.charts.begin();
  Page.figures.begin();
  Page.keyview.begin();
  Page.legend.begin();
  view.begin();
  measure();
  addEventListener("resize", measure);
  // On paper everything is open.
  addEventListener("beforeprint", () => { for (const details of document.querySelectorAll("details")) details.open = true; });
})();
