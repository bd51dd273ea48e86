// Drag and drop on the rota: it only opens the page of the change, where its effect is shown before
// anything is saved. Tapping does the same; without this script nothing is missing but dragging.
"use strict";
(() => {
  const hands = document.getElementById("hands");
  if (!hands) return;
  hands.hidden = false;
  let held = null;

  const target = (event) => event.target.closest && event.target.closest(".piece[data-start]");
  const fits = (piece) => piece && held && piece !== held && piece.dataset.name !== held.dataset.name;

  // What dropping `held` onto `piece` asks for
  const address = (piece) => {
    const { service, level, start, end, name } = piece.dataset;
    const from = held.dataset;
    let asked;
    if (!name) {
      asked = { kind: "addition", service, level, start, end, into: from.name };
    } else if (from.start && from.service === service && from.level === level) {
      asked = { kind: "swap", service, level, start: from.start, end: from.end, out: from.name,
        other: [start, end, name].join("/") };
    } else {
      asked = { kind: "replace", service, level, start, end, out: name, into: from.name };
    }
    return hands.dataset.change + "?" + new URLSearchParams({ ...asked, look: "1" });
  };

  document.addEventListener("dragstart", (event) => {
    held = event.target.closest ? event.target.closest("[draggable=true][data-name]") : null;
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.name);
    held.classList.add("held");
  });
  document.addEventListener("dragend", () => {
    if (held) held.classList.remove("held");
    document.querySelectorAll(".over").forEach((each) => each.classList.remove("over"));
    held = null;
  });
  document.addEventListener("dragover", (event) => {
    const piece = target(event);
    document.querySelectorAll(".over").forEach((each) => each !== piece && each.classList.remove("over"));
    if (!fits(piece)) return;
    event.preventDefault();
    piece.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const piece = target(event);
    if (!fits(piece)) return;
    event.preventDefault();
    window.location.assign(address(piece));
  });
})();
