// What pages do beyond what the server renders. Without it they work as well.
(function () {
  "use strict";
  // Errors of a form get the focus, also where autofocus does not reach.
  var errors = document.getElementById("lotse-errors");
  if (errors) { errors.focus(); }

  // A second press of a button does nothing while the first one is under way; the
  // server would do it once in any case.
  document.addEventListener("submit", function (e) {
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    if (e.target.method === "post") {
      e.target.dataset.sent = "yes";
      setTimeout(function () { delete e.target.dataset.sent; }, 3000);
    }
  });

  // Wide regions can be scrolled by keyboard; where there is nothing to scroll, they
  // are no stop.
  function scrolls() {
    document.querySelectorAll(".lotse-scroll").forEach(function (r) {
      r.tabIndex = r.scrollWidth > r.clientWidth + 1 ? 0 : -1;
    });
  }
  scrolls();
  addEventListener("resize", scrolls);
  document.fonts.ready.then(scrolls); // letters of another width make other widths

  // Selects marked so send their form when they change; a button does so without scripts.
  document.addEventListener("change", function (e) {
    if (e.target.closest("[data-send]")) { e.target.form.requestSubmit(); }
  });

  if (!window.Idiomorph) { return; }
  // What the reader has opened or typed stays when a part is morphed.
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = function (name, node, change) {
    if (name === "open" && node.tagName === "DETAILS") { return false; }
    if (name === "tabindex" && node.classList.contains("lotse-scroll")) { return false; }
    return true;
  };
  document.addEventListener("htmx:afterSettle", scrolls);
  // A stream that ends is opened again; the reader is told only when it takes long.
  document.addEventListener("htmx:sseError", function () { document.documentElement.classList.add("lotse-stale"); });
  document.addEventListener("htmx:sseOpen", function () { document.documentElement.classList.remove("lotse-stale"); });
})();
