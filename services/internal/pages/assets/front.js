// Prints a ticket, and takes the kiosk back to its start when nobody touches it.
(function () {
  "use strict";
  var print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", function () { window.print(); });
  }
  var back = document.querySelector("[data-return]"), timer;
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(function () { location.replace(back.href); }, 1000 * Number(back.dataset.return));
  }
  if (back) {
    ["pointerdown", "keydown"].forEach(function (e) { addEventListener(e, wait); });
    wait();
  }
})();
