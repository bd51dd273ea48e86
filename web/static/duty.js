// Drag and drop on the rota: it only opens the page of the change, where its effect is shown before
// anything is saved. Tapping does the same; without this script nothing is missing but dragging.
"use strict";
(() => {
  const hands = document.getElementById("hands");
  if (!hands) return;
  hands.hidden = false;
  let held = null;

  const target = (event) => event.target.closest && event.target.closest("a.piece");
  // What a stretch of the calendar is: its own link says it. A name alone has no time
  const told = (element) => element.href
    ? Object.fromEntries(new URL(element.href).searchParams) : { out: element.textContent.trim() };
  const fits = (piece) => piece && held && piece !== held && told(piece).out !== told(held).out;

  // What dropping `held` onto `piece` asks for
  const address = (piece) => {
    const from = told(held);
    const onto = told(piece);
    const asked = { ...onto, into: from.out, kind: onto.out ? "replace" : "addition" };
    if (onto.out && from.start && from.service === onto.service && from.level === onto.level) {
      Object.assign(asked, { kind: "swap", start: from.start, end: from.end, out: from.out,
        into: "", other: [onto.start, onto.end, onto.out].join("/") });
    }
    return new URL(piece.href).pathname + "?" + new URLSearchParams({ ...asked, look: "1" });
  };

  document.addEventListener("dragstart", (event) => {
    held = event.target.closest ? event.target.closest(".hand, a.piece:not(.piece-gap)") : null;
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", told(held).out);
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
