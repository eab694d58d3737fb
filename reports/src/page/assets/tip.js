// The one tooltip. It follows the pointer and the focus, and holds text only.
Page.tip = (() => {
  const box = Page.byId("tip");
  const words = new WeakMap();
  const of = node => { for (; node && node.nodeType === 1; node = node.parentNode) if (words.has(node)) return node; return null; };

  function show(x, y, text) {
    box.textContent = text;
    box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = x + 14 + width > innerWidth ? Math.max(4, x - width - 14) : x + 14;
    const top = y + 18 + height > innerHeight ? Math.max(4, y - height - 14) : y + 18;
    box.style.left = left + "px";
    box.style.top = top + "px";
  }
  const hide = () => { box.hidden = true; };
  function on(element, text) {
    words.set(element, text);
    return element;
  }
  const read = element => { const text = words.get(element); return typeof text === "function" ? text() : text; };

  addEventListener("pointerover", event => {
    const element = of(event.target);
    if (element) show(event.clientX, event.clientY, read(element)); else hide();
  });
  addEventListener("focusin", event => {
    const element = of(event.target);
    if (!element || !event.target.matches(":focus-visible")) return hide();
    const place = element.getBoundingClientRect();
    show(Math.max(0, Math.min(innerWidth - 60, place.left)), place.bottom - 12, read(element));
  });
  addEventListener("focusout", hide);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", event => { if (event.key === "Escape") hide(); });
  return { on, of, show, hide };
})();
