// What a page cannot do from Python: the box has the focus, "/" leads back to it and Enter opens the one exact hit;
// somebody who leaves a form with something typed but not sent is asked first. Runs each time a page is opened.
(() => {
  const FORMS = ".st-key-details, .st-key-addresses, .st-key-add_customer";
  const LOST = "What you typed has not been saved and would be lost. Leave all the same?";
  const box = () => document.querySelector(".st-key-find input");
  const idle = () => document.activeElement === document.body;

  // Only a hit whose own e-mail or id is what stands in the box: an answer to an earlier text may still be on screen.
  const press = (text) => {
    const typed = text.trim().toLowerCase();
    const exact = document.querySelector(".st-key-exact");
    const words = (exact?.innerText ?? "").toLowerCase().split(/\s*\n\s*/);
    const meant = (word) => typed === word || typed.endsWith(`id=${word}`) || typed.includes(`<${word}>`);
    if (words.some((word) => word && meant(word))) exact.querySelector("button").click();
    return Boolean(exact);
  };
  const until = (done, times = 40) => {
    if (!done() && times) setTimeout(until, 50, done, times - 1);
  };

  const unsaved = (window.customerDeskUnsaved ??= begin());
  unsaved.clear();
  until(() => {
    if (box() && idle()) box().focus();
    return box();
  });

  function begin() {
    const forms = new Set();
    const form = (event) => event.target.closest?.(FORMS);
    const sent = (event) => forms.delete(form(event));
    const somewhere = () => [...forms].some((each) => each.isConnected);
    document.addEventListener("input", (event) => form(event) && forms.add(form(event)), true);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Enter") sent(event);
      if (event.key === "Enter" && event.target === box()) {
        const text = box().value;
        until(() => box()?.value !== text || press(text));
      }
      if (event.key === "/" && idle() && box()) {
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
    window.addEventListener("beforeunload", (event) => somewhere() && event.preventDefault());
    return forms;
  }
})();
