// Names typed in the members' grid are offered wherever a row asks whose it is.
(function () {
  "use strict";

  function offer() {
    const list = document.getElementById("member-names");
    const typed = document.querySelectorAll('#grid-members input[name$="-name"], #grid-members input[name$="-who"]');
    if (!list || !typed.length) { return; }
    const names = Array.prototype.map.call(typed, function (field) { return field.value.trim(); });
    list.replaceChildren.apply(list, names.filter(Boolean).map(function (name) {
      const option = document.createElement("option");
      option.value = name;
      return option;
    }));
  }

  document.addEventListener("focusin", function (event) {
    if (event.target.getAttribute("list") === "member-names") { offer(); }
  });
})();
