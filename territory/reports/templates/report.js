"use strict";
(function () {
  var root = document.documentElement;
  var data = JSON.parse(document.getElementById("calendar-data").textContent);

  function add(parent, tag, className, words) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (words !== undefined) { node.textContent = words; }
    parent.appendChild(node);
    return node;
  }

  document.getElementById("language").addEventListener("click", function () {
    var next = root.dataset.lang === "zh" ? "en" : "zh";
    root.dataset.lang = next;
    root.lang = next === "zh" ? "zh-CN" : "en";
  });

  var map = document.getElementById("map");
  function show(rep, on) {
    var group = map.querySelector('g[data-rep="' + rep + '"]');
    if (group) { group.classList.toggle("off", !on); }
  }
  var chips = Array.prototype.slice.call(document.querySelectorAll("button[data-toggle]"));
  chips.forEach(function (chip) {
    chip.addEventListener("click", function () {
      var on = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(on));
      show(chip.dataset.toggle, on);
    });
  });
  var all = document.getElementById("all-reps");
  if (all) {
    all.addEventListener("click", function () {
      var on = chips.some(function (chip) { return chip.getAttribute("aria-pressed") !== "true"; });
      chips.forEach(function (chip) {
        chip.setAttribute("aria-pressed", String(on));
        show(chip.dataset.toggle, on);
      });
    });
  }

  var select = document.getElementById("calendar-rep");
  var body = document.getElementById("calendar-body");
  data.reps.forEach(function (rep, index) {
    add(select, "option", "", rep[0] + " " + rep[1]).value = String(index);
  });

  function fillDay(cell, day, visits) {
    var label = add(cell, "span", "day", day.date.slice(5));
    if (day.provisional) { label.textContent += " *"; }
    if (day.zh) {
      add(cell, "span", "zh", day.zh);
      add(cell, "span", "en", day.en);
    }
    if (!day.working) { cell.className = "away"; }
    visits.forEach(function (visit) {
      var customer = data.customers[visit[3]];
      var line = add(cell, "span", "visit" + (visit[4] ? " moved" : ""));
      line.title = visit[1] + "–" + visit[2] + " " + customer[0] + " " + customer[1] + " (" + customer[2] + ")";
      line.appendChild(document.createTextNode(visit[1] + " "));
      add(line, "b", customer[2], customer[2]);
      line.appendChild(document.createTextNode(" " + customer[1]));
    });
  }

  function fill(rep) {
    body.textContent = "";
    var byDay = data.days.map(function () { return []; });
    (data.visits[rep] || []).forEach(function (visit) { byDay[visit[0]].push(visit); });
    var row = null;
    data.days.forEach(function (day, index) {
      if (row === null || day.weekday === 0) {
        row = add(body, "tr");
        for (var gap = 0; index === 0 && gap < day.weekday; gap += 1) { add(row, "td", "away"); }
      }
      fillDay(add(row, "td"), day, byDay[index]);
    });
  }

  select.addEventListener("change", function () { fill(Number(select.value)); });
  if (data.reps.length) { fill(0); }
  document.getElementById("print").addEventListener("click", function () { window.print(); });
}());
