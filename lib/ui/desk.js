// What a page cannot do from Python: the box has the focus, "/" leads back to it and Enter opens the one exact hit;
// somebody who leaves a form with something typed but not sent is asked first. Runs each time a page is opened.
(() => {
  const FORMS = '.st-key-details, .st-key-add_customer, .st-key-add_address, [class*="st-key-amend_"]';
  const KEPT = '[class*="st-key-unsaved_"]'; // the desk itself keeps these, until the page is loaded anew
  const LOST = "What you typed has not been saved and would be lost. Leave all the same?";
  const box = () => document.querySelector(".st-key-find input");
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);

  // The hash of `finding.py`: an answer to an earlier text may still be on screen, and must not be opened.
  const mark = (text) => {
    let hash = 2166136261;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
    return hash;
  };
  const press = (text) => {
    const button = document.querySelector(`.st-key-exact_${mark(text.trim())} button`);
    button?.click();
    return button;
  };
  const until = (done, times = 40) => {
    if (!done() && times) setTimeout(until, 50, done, times - 1);
  };

  const unsaved = (window.customerDeskUnsaved ??= begin());
  unsaved.clear();
  until(() => {
    if (box() && !typing()) box().focus();
    return box();
  });

  function begin() {
    const forms = new Set();
    const first = new WeakMap(); // what stood in a field when it was first entered
    const form = (event) => event.target.closest?.(FORMS);
    const differs = (field) => first.has(field) && first.get(field) !== field.value;
    const somewhere = () => [...forms].some((each) => each.isConnected);
    const sent = (event) => {
      const own = form(event);
      forms.delete(own);
      own?.querySelectorAll("input").forEach((field) => first.set(field, field.value));
    };
    document.addEventListener("focusin", ({ target }) => {
      if (target.matches?.("input") && !first.has(target)) first.set(target, target.value);
    }, true);
    document.addEventListener("input", (event) => {
      const own = form(event);
      if (own) forms[[...own.querySelectorAll("input")].some(differs) ? "add" : "delete"](own);
    }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sent(event);
      if (event.key === "Enter" && event.target === box()) {
        const text = box().value;
        until(() => box()?.value !== text || press(text));
      }
      if (event.key === "/" && !typing() && box()) {
        event.preventDefault();
        box().focus();
      }
    }, true);
    document.addEventListener("click", (event) => {
      if (event.target.closest?.("button")) sent(event);
      const link = event.target.closest?.("a[href]");
      const apart = event.ctrlKey || event.metaKey || event.shiftKey;
      if (link && apart) open(link.href, "_blank", "noopener"); // Streamlit would open it here all the same
      if (link && (apart || (link.target !== "_blank" && somewhere() && !confirm(LOST)))) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    }, true);
    window.addEventListener("beforeunload", (event) => {
      if (somewhere() || document.querySelector(KEPT)) event.preventDefault();
    });
    return forms;
  }
})();
