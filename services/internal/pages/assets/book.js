// What citizens' pages do beyond what the server renders: count the time left, say
// what has changed, and solve the challenge. Without it they work as well.
(function () {
  "use strict";
  var say = document.getElementById("book-say");
  function tell(text) { // the same words again are heard again
    if (!say) { return; }
    say.textContent = "";
    setTimeout(function () { say.textContent = text; }, 50);
  }

  // The time left is what the server said, counted from now: clocks differ.
  document.querySelectorAll(".book-timer[data-left]").forEach(function (box) {
    var end = performance.now() + 1000 * Number(box.dataset.left);
    var left = box.querySelector(".book-left");
    var told = "";
    function once(what, text) { if (told !== what) { told = what; tell(text); } }
    function tick() {
      var s = Math.max(0, Math.round((end - performance.now()) / 1000));
      var clock = Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
      left.textContent = s > 0 ? box.dataset.minutes.replace("#", clock) : "";
      box.classList.toggle("book-soon", s <= 120);
      if (s === 0) {
        once("over", box.dataset.over);
        box.querySelector(".kern-title").textContent = box.dataset.over;
        return;
      }
      if (s <= 120) { once("soon", box.dataset.warn); }
      setTimeout(tick, 1000);
    }
    tick();
  });

  document.querySelectorAll(".book-print").forEach(function (b) {
    b.hidden = false;
    b.addEventListener("click", function () { print(); });
  });

  // When the free slots change, whoever stood on one keeps their place; whose slot has
  // gone hears of it and stands on the next one.
  var stood = null, soon = 0;
  document.addEventListener("htmx:beforeSwap", function () {
    var part = document.querySelector(".book-free-part");
    var on = document.activeElement;
    if (part && !stood) { stood = { id: part.contains(on) ? on.id : "", all: ids(part) }; }
  });
  document.addEventListener("htmx:afterSettle", function () { // for each element of the part
    clearTimeout(soon);
    soon = setTimeout(settled, 30);
  });
  function settled() {
    var part = document.querySelector(".book-free-part"), was = stood;
    stood = null;
    if (!part || !was) { return; }
    if (was.id && !document.getElementById(was.id)) {
      var at = was.all.indexOf(was.id);
      var next = was.all.slice(at).concat(was.all.slice(0, at).reverse()).map(function (id) { return document.getElementById(id); }).find(Boolean);
      if (next) { next.focus({ preventScroll: true }); }
      tell(part.dataset.gone);
    } else if (was.all.join() !== ids(part).join()) {
      tell(part.dataset.changed);
    }
  }
  function ids(part) {
    return Array.prototype.map.call(part.querySelectorAll("button[id], a[id]"), function (n) { return n.id; });
  }

  // The challenge is solved beside the page while a slot is chosen.
  var part = document.querySelector("[data-challenge]");
  if (!part || !window.Worker) { return; }
  var solution = null, waits = null, failed = false;
  var me = document.querySelector('script[src$="/book.js"]').src;
  function give(text) {
    solution = text;
    failed = !text;
    if (waits) { var w = waits; waits = null; w(); }
  }
  fetch(part.dataset.challenge, { headers: { Accept: "application/json" } })
    .then(function (r) { return r.json(); })
    .then(function (challenge) {
      var worker = new Worker(me.replace(/book\.js$/, "solve.js"));
      worker.onmessage = function (e) { worker.terminate(); give(e.data); };
      worker.onerror = function () { give(""); };
      worker.postMessage(challenge);
    })
    .catch(function () { give(""); });
  document.addEventListener("submit", function (e) {
    var field = e.target.querySelector('input[name="altcha"]');
    if (!field || failed) { return; }
    if (solution) { field.value = solution; return; }
    e.preventDefault();
    e.stopImmediatePropagation();
    var button = e.submitter;
    waits = function () { e.target.requestSubmit(button); };
  }, true);
})();
