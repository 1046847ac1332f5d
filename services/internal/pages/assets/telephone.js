// What the telephone screen does beyond the form that it is: suggestions while one
// types, and keys within the list of slots. Single keys work only while that list
// has the focus (WCAG 2.1.4), so that no screen reader or dictation meets them.
(function () {
  "use strict";
  var focused = document.querySelector("main [autofocus]");
  if (focused && !document.getElementById("lotse-errors")) { focused.focus(); }

  var field = document.querySelector("[data-suggest]");
  if (field) { suggests(field); }

  function suggests(field) {
    var list = document.createElement("ul"), told = document.createElement("p");
    list.id = "suggestions";
    list.className = "counter-suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", document.querySelector("label[for=" + field.id + "]").textContent);
    told.className = "kern-sr-only";
    told.setAttribute("role", "status");
    field.parentNode.append(list, told);
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    var asked = 0, timer, active = -1;

    function show(open) {
      list.hidden = !open;
      field.setAttribute("aria-expanded", String(open));
      if (!open) { mark(-1); }
    }
    function mark(i) {
      var all = list.children;
      active = i;
      for (var k = 0; k < all.length; k++) { all[k].setAttribute("aria-selected", String(k === i)); }
      if (i >= 0) { field.setAttribute("aria-activedescendant", all[i].id); all[i].scrollIntoView({ block: "nearest" }); }
      else { field.removeAttribute("aria-activedescendant"); }
    }
    function choose(item) {
      var before = field.value.lastIndexOf(",");
      field.value = (before < 0 ? "" : field.value.slice(0, before + 1) + " ") + item.dataset.value;
      show(false);
    }
    function ask() {
      var mine = ++asked, words = field.value.trim();
      if (!words) { show(false); return; }
      fetch(field.dataset.suggest + "?q=" + encodeURIComponent(words), { credentials: "same-origin" })
        .then(function (r) { return r.ok ? r.text() : ""; })
        .then(function (html) {
          if (mine !== asked || document.activeElement !== field) { return; }
          list.innerHTML = html;
          mark(-1);
          show(list.children.length > 0);
          told.textContent = list.children.length + " " + field.dataset.found;
        }, function () { show(false); });
    }
    field.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(ask, 80); });
    field.addEventListener("blur", function () { setTimeout(function () { show(false); }, 150); });
    field.addEventListener("keydown", function (e) {
      var n = list.children.length;
      if (list.hidden || !n) { return; }
      if (e.key === "ArrowDown") { mark((active + 1) % n); e.preventDefault(); }
      else if (e.key === "ArrowUp") { mark((active + n - 1) % n); e.preventDefault(); }
      else if (e.key === "Escape") { show(false); e.preventDefault(); }
      else if (e.key === "Enter" && active >= 0) { choose(list.children[active]); } // and the form is sent
    });
    list.addEventListener("mousedown", function (e) {
      var item = e.target.closest("[role=option]");
      if (item) { e.preventDefault(); choose(item); field.form.requestSubmit(); }
    });
  }

  var slots = document.querySelector("[data-keys]");
  if (slots) {
    slots.addEventListener("keydown", function (e) {
      if (e.ctrlKey || e.altKey || e.metaKey) { return; }
      var all = Array.from(slots.querySelectorAll("[data-key]")), at = all.indexOf(document.activeElement);
      var columns = Array.from(slots.querySelectorAll(".counter-slots")), column = columns.findIndex(function (c) { return c.contains(document.activeElement); });
      var to = null;
      if (/^[1-9]$/.test(e.key)) {
        var hit = slots.querySelector("[data-key='" + e.key + "']");
        if (hit) { hit.focus(); hit.click(); e.preventDefault(); }
        return;
      }
      if (e.key === "ArrowDown") { to = all[at + 1]; }
      else if (e.key === "ArrowUp") { to = all[at - 1]; }
      else if (e.key === "ArrowRight" && columns[column + 1]) { to = columns[column + 1].querySelector("[data-key]"); }
      else if (e.key === "ArrowLeft" && columns[column - 1]) { to = columns[column - 1].querySelector("[data-key]"); }
      else if (e.key === "Escape") { to = document.getElementById("f-q") || document.getElementById("f-place"); }
      else if (e.key === "?") {
        var keys = document.getElementById("keys");
        keys.open = !keys.open;
        e.preventDefault();
        return;
      } else { return; }
      e.preventDefault();
      if (to) { to.focus(); if (to.select) { to.select(); } }
    });
  }

  // How long a slot is kept is told by the server in seconds: clocks differ.
  var left = document.querySelector("[data-seconds]");
  if (left) {
    var end = performance.now() + 1000 * Number(left.dataset.seconds);
    var tick = setInterval(function () {
      var s = Math.max(0, Math.round((end - performance.now()) / 1000));
      left.textContent = s > 0 ? left.dataset.text.replace("{m}", Math.floor(s / 60)).replace("{s}", String(s % 60).padStart(2, "0")) : left.dataset.over;
      if (s <= 0) { left.setAttribute("role", "alert"); clearInterval(tick); }
    }, 1000);
  }
})();
