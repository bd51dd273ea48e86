// What the page does beside htmx: sends a form once, says when news stop coming, and since when.
"use strict";
// A button pressed twice while the box is slow: the answer to the second would call the first a
// change by somebody else, or a number that is taken.
(() => {
  const AGAIN_MS = 5000;   // should no answer come, and after a download, which opens no page
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if ("sent" in form.dataset) { event.preventDefault(); return; }
    form.dataset.sent = "";
    setTimeout(() => delete form.dataset.sent, AGAIN_MS);
  });
  // Left and come back to: the page stands as it was
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
(() => {
  // Twice the pause between two questions and the time an answer may take
  const PATIENCE_MS = 12000;
  const banner = document.getElementById("connection");
  const time = document.getElementById("page-time");
  if (!banner || !time) return;
  let heardAt = performance.now();

  const lost = () => {
    const words = banner.dataset.lost.replace("{clock}", time.textContent);
    document.getElementById("connection-words").textContent = words;
    banner.hidden = false;
    document.documentElement.dataset.connection = "lost";
  };
  const back = (xhr) => {
    heardAt = performance.now();
    time.textContent = xhr.getResponseHeader("X-Page-Time") || time.textContent;
    banner.hidden = true;
    delete document.documentElement.dataset.connection;
  };

  // What was sent is taken out of its field, which outlives its form (hx-preserve), unless
  // something else was typed meanwhile
  const clear = ({ elt, parameters }) => {
    const field = elt.dataset && elt.dataset.clear && document.getElementById(elt.dataset.clear);
    if (field && field.value === parameters[field.name]) field.value = "";
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, successful } = event.detail;
    if (successful) back(xhr);
    else lost();
    if (successful) clear(event.detail.requestConfig);
  });
  // A refused change (the page was open across a restart of its server): load it anew
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403 && event.detail.requestConfig.verb === "post") {
      window.location.reload();
    }
  });
  // Timers of a hidden page are slowed down: it is only old once it is looked at again
  setInterval(() => {
    if (!document.hidden && performance.now() - heardAt > PATIENCE_MS) lost();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    const live = document.getElementById("live");
    if (document.hidden || !live) return;
    heardAt = performance.now();
    htmx.trigger(live, "look");
  });
})();
