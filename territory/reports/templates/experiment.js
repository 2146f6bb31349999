"use strict";
(function () {
  var root = document.documentElement;
  document.getElementById("language").addEventListener("click", function () {
    var next = root.dataset.lang === "zh" ? "en" : "zh";
    root.dataset.lang = next;
    root.lang = next === "zh" ? "zh-CN" : "en";
  });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
})();
